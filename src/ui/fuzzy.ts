/** Fuzzy finding for the command palette: the typed symbols in order, better when together or at the start of words. */

export interface FuzzyMatch {
  /** Higher is better. */
  readonly score: number
  /** Indices in the text of the symbols that met. */
  readonly positions: readonly number[]
}

/** Text beyond this is not looked at. */
const MAX_TEXT = 256

function isWordStart(text: string, at: number): boolean {
  if (at === 0) return true
  const before = text.charAt(at - 1)
  const here = text.charAt(at)
  return /[^\p{L}\p{N}]/u.test(before) || (/\p{Ll}/u.test(before) && /\p{Lu}/u.test(here))
}

/** One word against a text; undefined when its symbols are not all there in order. */
function matchWord(word: string, text: string, lower: string): FuzzyMatch | undefined {
  const whole = lower.indexOf(word)
  if (whole >= 0) {
    const start = wordStartOf(word, text, lower) ?? whole
    const score = 100 + (isWordStart(text, start) ? 60 : 0) + (start === 0 ? 40 : 0)
    return { score, positions: unitsFrom(start, word.length) }
  }
  const positions: number[] = []
  let score = 0
  let from = 0
  for (const symbol of word) {
    const at = lower.indexOf(symbol, from)
    if (at < 0) return undefined
    score += at === from && from > 0 ? 8 : isWordStart(text, at) ? 10 : 1
    positions.push(...unitsFrom(at, symbol.length))
    from = at + symbol.length
  }
  return { score: Math.min(90, score) - Math.min(20, (positions.at(-1) ?? 0) - (positions[0] ?? 0)), positions }
}

function unitsFrom(start: number, length: number): number[] {
  return Array.from({ length }, (_, i) => start + i)
}

/** First place where the word stands whole at the start of a word of the text. */
function wordStartOf(word: string, text: string, lower: string): number | undefined {
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) if (isWordStart(text, at)) return at
  return undefined
}

/** Every word of the query against a text; undefined when one is missing. */
export function fuzzyMatch(query: string, text: string): FuzzyMatch | undefined {
  const seen = text.slice(0, MAX_TEXT)
  const lower = seen.toLowerCase()
  const comparable = lower.length === seen.length ? lower : seen
  let score = 0
  const positions = new Set<number>()
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue
    const match = matchWord(word, seen, comparable)
    if (!match) return undefined
    score += match.score
    for (const position of match.positions) positions.add(position)
  }
  return { score: score - Math.min(20, seen.length / 10), positions: [...positions].sort((a, b) => a - b) }
}

export interface Findable {
  readonly label: string
  /** Further words by which it is found. */
  readonly keywords?: string
}

export interface Found<Item> {
  readonly item: Item
  /** Indices in the label to mark. */
  readonly positions: readonly number[]
}

/** The best items for a query, best first; equal ones keep their order. An empty query gives the first items. */
export function findItems<Item extends Findable>(query: string, items: Iterable<Item>, most: number): Found<Item>[] {
  const found: (Found<Item> & { score: number })[] = []
  const isEmpty = query.trim() === ''
  for (const item of items) {
    if (isEmpty) {
      found.push({ item, positions: [], score: 0 })
      if (found.length === most) break
      continue
    }
    const inLabel = fuzzyMatch(query, item.label)
    const match =
      inLabel ?? (item.keywords === undefined ? undefined : fuzzyMatch(query, `${item.label} ${item.keywords}`))
    if (!match) continue
    const positions = match.positions.filter((position) => position < item.label.length)
    found.push({ item, positions, score: inLabel ? match.score : match.score / 2 })
  }
  found.sort((a, b) => b.score - a.score)
  return found.slice(0, most)
}

/** A label in runs, marked or not, for drawing. */
export function markedRuns(label: string, positions: readonly number[]): { text: string; marked: boolean }[] {
  const marked = new Set(positions)
  const runs: { text: string; marked: boolean }[] = []
  for (let at = 0; at < label.length; at++) {
    const last = runs.at(-1)
    if (last?.marked === marked.has(at)) last.text += label.charAt(at)
    else runs.push({ text: label.charAt(at), marked: marked.has(at) })
  }
  return runs
}

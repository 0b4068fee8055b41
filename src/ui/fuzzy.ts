/** Fuzzy finding for the command palette: the typed symbols in order, better when together, at the start of words, or a whole one. */

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

/** The best place where a word stands whole in a text. */
function matchTogether(word: string, text: string, lower: string): FuzzyMatch | undefined {
  let best: FuzzyMatch | undefined
  for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) {
    const end = at + word.length
    const starts = isWordStart(text, at)
    const isAll = starts && !/[\p{L}\p{N}]/u.test(text.charAt(end))
    const score = 100 + (starts ? 60 : 0) + (at === 0 ? 40 : 0) + (isAll ? 45 : 0)
    if (!best || score > best.score) best = { score, positions: unitsFrom(at, word.length) }
  }
  return best
}

/** One word against a text; undefined when its symbols are not all there in order. */
function matchWord(word: string, { text, lower }: Searched): FuzzyMatch | undefined {
  const together = matchTogether(word, text, lower)
  if (together) return together
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

interface Searched {
  readonly text: string
  /** In lower case, unit by unit where that is possible. */
  readonly lower: string
}

function searched(whole: string): Searched {
  const text = whole.slice(0, MAX_TEXT)
  const lower = text.toLowerCase()
  return { text, lower: lower.length === text.length ? lower : text }
}

/** Every word of the query against a text, or for half of the score its keywords; undefined when one is in neither. */
export function fuzzyMatch(query: string, text: string, keywords = ''): FuzzyMatch | undefined {
  const own = searched(text)
  const other = searched(keywords)
  let score = 0
  const positions = new Set<number>()
  for (const word of query.toLowerCase().split(/\s+/)) {
    if (word === '') continue
    const match = matchWord(word, own)
    const further = matchWord(word, other)
    if (!match && !further) return undefined
    const half = further ? further.score / 2 : -Infinity
    score += Math.max(match?.score ?? -Infinity, half)
    if (match && match.score >= half) for (const position of match.positions) positions.add(position)
  }
  return { score: score - Math.min(20, own.text.length / 10), positions: [...positions].sort((a, b) => a - b) }
}

export interface Findable {
  readonly label: string
  /** Further words by which it is found. */
  readonly keywords?: string
  /** Added to its score: what is likelier to be meant than others of this name, or less likely. */
  readonly bias?: number
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
    const match = fuzzyMatch(query, item.label, item.keywords)
    if (match) found.push({ item, positions: match.positions, score: match.score + (item.bias ?? 0) })
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

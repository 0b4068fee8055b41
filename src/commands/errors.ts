/** Explains pasted messages of engines, runtimes and CRIU, without asking anybody: a search in the known ones. */
import { knownErrors, type KnownError } from './error-list.ts'

export { knownErrors, type ErrorTool, type KnownError } from './error-list.ts'

/** Text that is looked at, in UTF-16 units: the end of a longer one, where errors stand. */
export const MAX_PASTE = 256 * 1024
/** One line, of which the rest is left out. */
const MAX_LINE = 8192

export interface ErrorMatch {
  readonly error: KnownError
  /** The line that it was found in, as pasted. */
  readonly line: string
}

/** What is known of the text, each message once, in the order of the list: causes before what follows from them. */
export function explainErrors(text: string): readonly ErrorMatch[] {
  const lines = text
    .slice(-MAX_PASTE)
    .split(/\r\n?|\n/)
    .map((line) => line.slice(0, MAX_LINE))
  const lower = lines.map((line) => plain(line).trim())
  return knownErrors.flatMap((error) => {
    const { patterns, lines: whole = [] } = error
    const at = lower.findIndex((line) => whole.includes(line) || patterns.some((parts) => standsIn(line, parts)))
    return at < 0 ? [] : [{ error, line: lines[at] ?? '' }]
  })
}

/** Known messages that hold all of the words, for looking through the list. Without words: all. */
export function searchErrors(words: string): readonly KnownError[] {
  const wanted = plain(words.slice(0, MAX_LINE)).split(/\s+/).filter(Boolean)
  return knownErrors.filter((error) => {
    const { tool, meaning, why, remedy, patterns, lines = [] } = error
    const text = plain([tool, meaning, why, remedy, ...patterns.flat(), ...lines].join(' '))
    return wanted.every((word) => text.includes(word))
  })
}

/** Small letters and straight quotes: terminals, browsers and chat programs change both. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[‘’]/g, "'").replace(/[“”]/g, '"')
}

/** Each part behind the one before. */
function standsIn(line: string, parts: readonly string[]): boolean {
  let from = 0
  for (const part of parts) {
    const at = line.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return true
}

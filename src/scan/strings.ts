/**
 * Strings in memory. Printable are, as for GNU `strings`, ASCII 0x20 to 0x7e and tab; in UTF-8 also the characters from
 * U+00A0 on that are assigned to no private use. UTF-16 strings are ASCII characters in two bytes each, as `strings -e l`
 * and `-e b` find them, at even and odd addresses. Runs go on over the border between chunks and end at gaps.
 *
 * The search is by probes: a string of n bytes fills every window of n bytes in it, so that windows are read from their
 * last byte to the first, and the next one begins behind the byte that belongs to no string.
 */
import { scanLimits } from './limits.ts'
import { ByteStrings } from './strings/byte-strings.ts'
import type { StringSink } from './strings/sink.ts'
import { WideStrings } from './strings/wide-strings.ts'

export interface StringOptions {
  /** Least number of characters, at least 1. */
  readonly minLength: number
  readonly ascii?: boolean | undefined
  /** UTF-8 includes ASCII. */
  readonly utf8?: boolean | undefined
  readonly utf16le?: boolean | undefined
  /**
   * With both UTF-16 encodings, a run such as 0 a 0 b 0 could be either: the one with more characters counts, of two
   * equal ones the one at an even place.
   */
  readonly utf16be?: boolean | undefined
  /** Longest string in bytes, even, at least twice `minLength`; longer runs come in pieces of that length. */
  readonly maxLength?: number | undefined
}

/**
 * Finds the strings in chunks of memory. Places are numbers, such as the distance from an even address; chunks that
 * follow one another belong together.
 */
export class StringScan {
  readonly #finders: readonly (ByteStrings | WideStrings)[]
  #next = 0

  constructor(options: StringOptions, sink: StringSink) {
    const { minLength, ascii, utf8, utf16le = false, utf16be = false, maxLength = scanLimits.string } = options
    const least = Math.max(1, Math.floor(minLength))
    const most = Math.max(2 * least, 4, maxLength & ~1)
    const finders: (ByteStrings | WideStrings)[] = []
    if (utf8 === true || ascii === true) finders.push(new ByteStrings(least, most, utf8 === true, sink))
    if (utf16le || utf16be) finders.push(new WideStrings(least, most, utf16le, utf16be, sink))
    this.#finders = finders
  }

  /** The bytes at a place; they are not kept. */
  feed(at: number, bytes: Uint8Array): void {
    if (at !== this.#next) this.gap()
    for (const finder of this.#finders) finder.feed(at, bytes)
    this.#next = at + bytes.length
  }

  /** What follows does not continue what came before. */
  gap(): void {
    for (const finder of this.#finders) finder.end()
  }

  /** Nothing follows. */
  end(): void {
    this.gap()
  }
}

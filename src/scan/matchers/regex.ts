/**
 * One regular expression over the blocks of a run. Matches are what a loop of `exec` over the whole run would find:
 * leftmost, not overlapping. Where the expression has anchors (regex/anchors.ts), someone else has looked for those and
 * only the places around them are tried, unless there are so many that running over the whole block is cheaper.
 */
import { scanLimits } from '../limits.ts'
import type { RegexBlock } from '../regex/block.ts'
import { exactText } from '../regex/block.ts'
import type { ByteRegex } from '../regex/byte-regex.ts'
import { isZero } from '../zero.ts'

/** Told each match; `offset` counts from the start of the run. `cut`: the match goes on beyond `length`. */
export type OnMatch = (regex: ByteRegex, offset: number, length: number, cut: boolean) => void

/** Bytes that a block has before its core (but for the run's start) and behind it (but for its end). */
export const CONTEXT_BEFORE = scanLimits.match
export const CONTEXT_BEHIND = 2 * scanLimits.match

/** The expression is tried at single places while these are fewer than one in so many bytes. */
const SPARSE = 24
/** Occurrences of anchors in one block that are looked at one by one. */
const OCCURRENCES = 8192
/** More places than this, and the block is turned to text as a whole. */
const PIECEWISE = 32

/** Places [from, to] at which a match may start. */
interface Range {
  readonly from: number
  readonly to: number
}

export class RegexMatcher {
  readonly #regex: ByteRegex
  readonly #global: RegExp
  readonly #sticky: RegExp
  readonly #behind: number
  readonly #need: number
  readonly #onMatch: OnMatch
  /** Where in the run the next match may start. */
  #resume = 0
  #matchesZeros: boolean | undefined
  /** Places around the anchors noted in the current block. */
  #ranges: Range[] = []
  #noted = 0
  #places = 0

  constructor(regex: ByteRegex, onMatch: OnMatch) {
    this.#regex = regex
    this.#onMatch = onMatch
    this.#global = new RegExp(regex.source, 'g')
    this.#sticky = new RegExp(regex.source, 'y')
    const { behind, ahead, max } = regex.facts
    this.#behind = Math.min(behind, CONTEXT_BEFORE)
    this.#need = Math.min(max, scanLimits.match + 1) + Math.min(ahead, scanLimits.match - 1)
  }

  /** Index of the pattern that the expression belongs to. */
  get pattern(): number {
    return this.#regex.pattern
  }

  /** A new run begins. */
  reset(): void {
    this.#resume = 0
  }

  /** Anchor `index` of the expression stands at `at` in the block that is scanned next. */
  note(block: RegexBlock, index: number, at: number): void {
    const anchor = this.#regex.anchors[index]
    this.#noted += 1
    if (!anchor || this.#isDense(block)) return
    const { bytes, coreFrom, coreTo } = block
    const to = Math.min(at - anchor.beforeMin, coreTo - 1)
    const lowest = Math.max(coreFrom, at - Math.min(anchor.beforeMax, scanLimits.match))
    let from = at
    while (from > lowest && anchor.before[bytes[from - 1] ?? 0] === 1) from -= 1
    if (from > to) return
    this.#ranges.push({ from, to })
    this.#places += to - from + 1
  }

  /** Finds the matches that start in the core of the next block of the run. All anchors in it have been noted. */
  scan(block: RegexBlock): void {
    if (this.#regex.anchors.length === 0) {
      if (!this.#skipsZeros(block)) this.#scanAll(block)
      return
    }
    if (this.#isDense(block)) this.#scanAll(block)
    else this.#scanRanges(block, mergeRanges(this.#ranges))
    this.#ranges = []
    this.#noted = 0
    this.#places = 0
  }

  #isDense({ coreFrom, coreTo }: RegexBlock): boolean {
    return this.#noted > OCCURRENCES || this.#places * SPARSE > coreTo - coreFrom
  }

  #skipsZeros({ bytes }: RegexBlock): boolean {
    if (!isZero(bytes)) return false
    if (this.#matchesZeros === undefined) {
      this.#global.lastIndex = 0
      this.#matchesZeros = this.#global.test('\0'.repeat(CONTEXT_BEFORE + scanLimits.match + CONTEXT_BEHIND))
    }
    return !this.#matchesZeros
  }

  #scanAll(block: RegexBlock): void {
    const text = block.text(this.#regex.standIn)
    const regex = this.#global
    regex.lastIndex = Math.max(block.coreFrom, this.#resume - block.base)
    for (;;) {
      const match = regex.exec(text)
      if (!match || match.index >= block.coreTo) return
      regex.lastIndex = this.#report(block, match.index, match[0].length)
    }
  }

  /** Reports a match; the index at which the search goes on. */
  #report(block: RegexBlock, at: number, length: number): number {
    const cut = length > scanLimits.match
    const end = at + (cut ? scanLimits.match : length)
    this.#resume = block.base + end
    this.#onMatch(this.#regex, block.base + at, end - at, cut)
    return end
  }

  #scanRanges(block: RegexBlock, ranges: readonly Range[]): void {
    const whole = ranges.length > PIECEWISE ? block.text(this.#regex.standIn) : undefined
    for (const range of ranges) {
      let at = Math.max(range.from, this.#resume - block.base)
      if (at > range.to) continue
      const start = whole === undefined ? Math.max(0, at - this.#behind) : 0
      const text = whole ?? exactText(block.bytes.subarray(start, range.to + this.#need))
      while (at <= range.to) {
        this.#sticky.lastIndex = at - start
        const matched = this.#sticky.test(text)
        at = matched ? this.#report(block, at, this.#sticky.lastIndex + start - at) : at + 1
      }
    }
  }
}

/** Ranges in ascending order that do not touch. */
function mergeRanges(ranges: Range[]): readonly Range[] {
  ranges.sort((a, b) => a.from - b.from)
  const merged: Range[] = []
  for (const range of ranges) {
    const last = merged.at(-1)
    if (last && range.from <= last.to + 1)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    else merged.push(range)
  }
  return merged
}

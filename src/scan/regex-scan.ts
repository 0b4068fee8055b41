/**
 * Regular expressions over a run of contiguous chunks. The run is cut into blocks at fixed distances from its start,
 * whatever the chunks are, so that the result depends on the run alone. Each block is seen together with 4 KiB before
 * and 8 KiB behind it: a match (4 KiB at most) and what assertions look at (4 KiB to either side) are all there.
 */
import { scanLimits } from './limits.ts'
import { chooseMatchers } from './matchers/choose.ts'
import type { Matcher } from './matchers/matcher.ts'
import { CONTEXT_BEFORE, CONTEXT_BEHIND, RegexMatcher, type OnMatch } from './matchers/regex.ts'
import { makeBlock, type RegexBlock } from './regex/block.ts'
import type { ByteRegex } from './regex/byte-regex.ts'
import { nonZeroParts } from './zero.ts'

const BLOCK = scanLimits.regexBlock

/** An anchor of one of the expressions. */
interface AnchorOwner {
  readonly matcher: RegexMatcher
  /** Index among the anchors of its expression. */
  readonly index: number
}

export class RegexScan {
  readonly #matchers: readonly RegexMatcher[]
  /** Looks for the anchors of all expressions at once; a needle's `pattern` is an index into `#owners`. */
  readonly #anchorMatchers: readonly Matcher[]
  readonly #owners: readonly AnchorOwner[]
  readonly #skipZeros: boolean
  /** Bytes of the longest anchor but one. */
  readonly #reach: number
  readonly #onStep: (offset: number, pattern?: number) => void
  readonly #buffer = new Uint8Array(CONTEXT_BEFORE + BLOCK + CONTEXT_BEHIND)
  /** Bytes in the buffer, where they begin in the run, and from which of them on matches are still wanted. */
  #filled = 0
  #base = 0
  #coreFrom = 0

  constructor(regexes: readonly ByteRegex[], onMatch: OnMatch, onStep: (offset: number, pattern?: number) => void) {
    this.#matchers = regexes.map((regex) => new RegexMatcher(regex, onMatch))
    this.#owners = regexes.flatMap((regex, i) =>
      regex.needles.flatMap((_, index) => (this.#matchers[i] ? [{ matcher: this.#matchers[i], index }] : [])),
    )
    const needles = regexes.flatMap((regex) => regex.needles)
    this.#skipZeros = needles.every((needle) => needle.nonZero)
    this.#reach = needles.reduce((most, needle) => Math.max(most, needle.value.length), 1) - 1
    this.#anchorMatchers = chooseMatchers(needles.map((needle, pattern) => ({ ...needle, pattern })))
    this.#onStep = onStep
  }

  /** The next bytes of the run. */
  feed(bytes: Uint8Array): void {
    for (let taken = 0; taken < bytes.length;) {
      const full = this.#coreFrom + BLOCK + CONTEXT_BEHIND
      const part = bytes.subarray(taken, taken + full - this.#filled)
      this.#buffer.set(part, this.#filled)
      this.#filled += part.length
      taken += part.length
      if (this.#filled === full) this.#scanBlock(this.#coreFrom + BLOCK)
    }
  }

  /** The run ends: its last block is searched and a new run begins. */
  end(): void {
    if (this.#coreFrom < this.#filled) this.#scanBlock(this.#filled)
    this.#filled = 0
    this.#base = 0
    this.#coreFrom = 0
    for (const matcher of this.#matchers) matcher.reset()
  }

  #scanBlock(coreTo: number): void {
    const block = makeBlock(this.#buffer.subarray(0, this.#filled), this.#coreFrom, coreTo, this.#base)
    this.#noteAnchors(block)
    for (const matcher of this.#matchers) {
      this.#onStep(this.#base + this.#coreFrom, matcher.pattern)
      matcher.scan(block)
    }
    const start = Math.max(0, coreTo - CONTEXT_BEFORE)
    this.#buffer.copyWithin(0, start, this.#filled)
    this.#filled -= start
    this.#base += start
    this.#coreFrom = coreTo - start
  }

  #noteAnchors(block: RegexBlock): void {
    this.#onStep(block.base + block.coreFrom)
    const { bytes, coreFrom, coreTo } = block
    const find = (from: number, to: number): void => {
      for (const matcher of this.#anchorMatchers)
        matcher.find(bytes, from, to, (needle, at) => {
          const owner = this.#owners[needle.pattern]
          owner?.matcher.note(block, owner.index, at)
        })
    }
    const end = Math.min(coreTo + scanLimits.match, bytes.length)
    if (this.#skipZeros) nonZeroParts(bytes, coreFrom, end, this.#reach, find)
    else find(coreFrom, end)
  }
}

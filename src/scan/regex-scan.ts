/**
 * Regular expressions over a run of contiguous chunks. The run is cut into blocks at fixed distances from its start,
 * whatever the chunks are, so that the result depends on the run alone. Each block is seen together with 4 KiB before
 * and 8 KiB behind it: a match (4 KiB at most) and what assertions look at (4 KiB to either side) are all there.
 */
import { scanLimits } from './limits.ts'
import { CONTEXT_BEFORE, CONTEXT_BEHIND, RegexMatcher, type OnMatch } from './matchers/regex.ts'
import { makeBlock } from './regex/block.ts'
import type { ByteRegex } from './regex/byte-regex.ts'

const BLOCK = scanLimits.regexBlock

export class RegexScan {
  readonly #matchers: readonly RegexMatcher[]
  readonly #onStep: (offset: number) => void
  readonly #buffer = new Uint8Array(CONTEXT_BEFORE + BLOCK + CONTEXT_BEHIND)
  /** Bytes in the buffer, where they begin in the run, and from which of them on matches are still wanted. */
  #filled = 0
  #base = 0
  #coreFrom = 0

  constructor(regexes: readonly ByteRegex[], onMatch: OnMatch, onStep: (offset: number) => void) {
    this.#matchers = regexes.map((regex) => new RegexMatcher(regex, onMatch))
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
    for (const matcher of this.#matchers) {
      this.#onStep(this.#base + this.#coreFrom)
      matcher.scan(block)
    }
    const start = Math.max(0, coreTo - CONTEXT_BEFORE)
    this.#buffer.copyWithin(0, start, this.#filled)
    this.#filled -= start
    this.#base += start
    this.#coreFrom = coreTo - start
  }
}

/**
 * Needles over a run of contiguous chunks: the chunks are searched in place, the places where two meet by way of the
 * last bytes of the one and the first of the other.
 */
import { scanLimits } from './limits.ts'
import { chooseMatchers } from './matchers/choose.ts'
import type { Matcher } from './matchers/matcher.ts'
import type { Needle } from './needle.ts'
import { nonZeroParts } from './zero.ts'

/** Told each hit; `offset` counts from the start of the run. */
export type OnNeedle = (needle: Needle, offset: number) => void

export class NeedleScan {
  readonly #matchers: readonly Matcher[]
  readonly #onFound: OnNeedle
  readonly #onStep: (offset: number) => void
  /** Bytes of the longest needle that may lie on one side of a border. */
  readonly #reach: number
  readonly #skipZeros: boolean
  /** The last bytes of the run so far, at most `#reach`, then room for the first bytes of a chunk. */
  readonly #seam: Uint8Array
  #tail = 0

  constructor(needles: readonly Needle[], onFound: OnNeedle, onStep: (offset: number) => void) {
    this.#matchers = chooseMatchers(needles)
    this.#onFound = onFound
    this.#onStep = onStep
    this.#reach = needles.reduce((most, needle) => Math.max(most, needle.value.length), 1) - 1
    this.#skipZeros = needles.every((needle) => needle.nonZero)
    this.#seam = new Uint8Array(2 * this.#reach)
  }

  /** A new run begins. */
  reset(): void {
    this.#tail = 0
  }

  /** The next bytes of the run; `offset` is where they begin in it. */
  feed(offset: number, bytes: Uint8Array): void {
    if (this.#tail > 0) this.#scanSeam(offset, bytes)
    for (let from = 0; from < bytes.length; from += scanLimits.step) {
      this.#onStep(offset + from)
      const stop = Math.min(from + scanLimits.step, bytes.length)
      this.#scanStep(offset, bytes, from, stop)
    }
    this.#keepTail(bytes)
  }

  #scanSeam(offset: number, bytes: Uint8Array): void {
    const border = this.#tail
    const start = offset - border
    const taken = Math.min(this.#reach, bytes.length)
    this.#seam.set(bytes.subarray(0, taken), border)
    for (const matcher of this.#matchers)
      matcher.find(this.#seam, 0, border + taken, (needle, at) => {
        if (at < border && at + needle.value.length > border) this.#onFound(needle, start + at)
      })
  }

  /** Needles that start in [from, stop). */
  #scanStep(offset: number, bytes: Uint8Array, from: number, stop: number): void {
    const end = Math.min(stop + this.#reach, bytes.length)
    const scan = (partFrom: number, partEnd: number): void => {
      for (const matcher of this.#matchers)
        matcher.find(bytes, partFrom, partEnd, (needle, at) => {
          if (at < stop) this.#onFound(needle, offset + at)
        })
    }
    if (this.#skipZeros) nonZeroParts(bytes, from, end, this.#reach, scan)
    else scan(from, end)
  }

  #keepTail(bytes: Uint8Array): void {
    const reach = this.#reach
    if (bytes.length >= reach) {
      this.#seam.set(bytes.subarray(bytes.length - reach))
      this.#tail = reach
      return
    }
    const kept = Math.min(this.#tail, reach - bytes.length)
    this.#seam.copyWithin(0, this.#tail - kept, this.#tail)
    this.#seam.set(bytes, kept)
    this.#tail = kept + bytes.length
  }
}

/**
 * Many needles in one pass, after S. Wu and U. Manber, "A fast algorithm for multi-pattern searching" (1994): a table
 * over pairs of bytes says how far the window may skip; where it says 0, the needles whose window ends with that pair
 * are compared. Every needle takes part with a window of the same length out of its anchor.
 */
import { frequencyOf } from '../byte-frequency.ts'
import { fittingBytes, standsAt, type Needle } from '../needle.ts'
import type { Matcher, OnFound } from './matcher.ts'

const PAIRS = 65536
/** Longer windows bring nothing. */
const LONGEST = 64

/** Start of the window of `length` bytes within the anchor whose last pair is the rarest. */
function windowStart(needle: Needle, length: number): number {
  const { value, mask, anchorStart, anchorEnd } = needle
  const rarity = (i: number): number => frequencyOf(value[i] ?? 0, mask[i] ?? 0)
  let best = anchorStart
  let bestLikelihood = Infinity
  for (let start = anchorStart; start + length <= anchorEnd; start++) {
    const end = start + length
    const likelihood = rarity(end - 1) * rarity(end - 2)
    if (likelihood < bestLikelihood) {
      best = start
      bestLikelihood = likelihood
    }
  }
  return best
}

/** The matcher. Anchors of all needles must have at least two bytes. */
export function manyMatcher(needles: readonly Needle[]): Matcher {
  const window = needles.reduce(
    (least, { anchorStart, anchorEnd }) => Math.min(least, anchorEnd - anchorStart),
    LONGEST,
  )
  const shift = new Uint8Array(PAIRS).fill(window - 1)
  const ends = new Map<number, number[]>()
  /** Per needle: index of the window's last byte in the needle. */
  const lastOf = new Int32Array(needles.length)
  needles.forEach((needle, index) => {
    const start = windowStart(needle, window)
    lastOf[index] = start + window - 1
    for (let i = 1; i < window; i++)
      for (const pair of pairsAt(needle, start + i)) {
        shift[pair] = Math.min(shift[pair] ?? 0, window - 1 - i)
        if (i === window - 1) ends.set(pair, [...(ends.get(pair) ?? []), index])
      }
  })
  const { first, members } = flattenBuckets(ends)
  const slack = 3 * window

  function verify(bytes: Uint8Array, from: number, to: number, i: number, pair: number, onFound: OnFound): void {
    const stop = first[pair + 1] ?? 0
    for (let k = first[pair] ?? 0; k < stop; k++) {
      const index = members[k] ?? 0
      const needle = needles[index]
      const at = i - (lastOf[index] ?? 0)
      if (needle && at >= from && at + needle.value.length <= to && standsAt(needle, bytes, at)) onFound(needle, at)
    }
  }

  return {
    cost: 4 / (window - 1) + 0.1 + needles.length * 0.0005,
    find(bytes, from, to, onFound) {
      let i = from + window - 1
      const fast = to - slack
      while (i < to) {
        while (i < fast) {
          i += shift[((bytes[i - 1] ?? 0) << 8) | (bytes[i] ?? 0)] ?? 0
          i += shift[((bytes[i - 1] ?? 0) << 8) | (bytes[i] ?? 0)] ?? 0
          const step = shift[((bytes[i - 1] ?? 0) << 8) | (bytes[i] ?? 0)] ?? 0
          if (step === 0) break
          i += step
        }
        const pair = ((bytes[i - 1] ?? 0) << 8) | (bytes[i] ?? 0)
        const step = shift[pair] ?? 0
        if (step === 0) verify(bytes, from, to, i, pair, onFound)
        i += step === 0 ? 1 : step
      }
    },
  }
}

/** Pairs that fit the needle's bytes at `i - 1` and `i`, as `first << 8 | second`. */
function pairsAt(needle: Needle, i: number): number[] {
  const { value, mask } = needle
  const seconds = fittingBytes(value[i] ?? 0, mask[i] ?? 0)
  return fittingBytes(value[i - 1] ?? 0, mask[i - 1] ?? 0).flatMap((a) => seconds.map((b) => (a << 8) | b))
}

/** Lists per pair → one list and where each pair's part of it begins. */
function flattenBuckets(buckets: ReadonlyMap<number, readonly number[]>): { first: Int32Array; members: Int32Array } {
  const first = new Int32Array(PAIRS + 1)
  const members: number[] = []
  for (let pair = 0; pair < PAIRS; pair++) {
    first[pair] = members.length
    members.push(...(buckets.get(pair) ?? []))
  }
  first[PAIRS] = members.length
  return { first, members: Int32Array.from(members) }
}

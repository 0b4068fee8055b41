/**
 * Many needles in one pass, after S. Wu and U. Manber, "A fast algorithm for multi-pattern searching" (1994): a table
 * over pairs of bytes says how far the window may skip; where it says 0, the window is hashed and the needles with that
 * hash are compared. Every needle takes part with a window of the same length out of its anchor.
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

/** Letters of either case hash alike. */
const FOLD = 0xdf
const BUCKETS = 1 << 14

/** A hash of the window that ends at `last`; every byte of it counts, but for its case. */
function hashWindow(bytes: Uint8Array, last: number, window: number): number {
  let hash = 0
  for (let i = last - window + 1; i <= last; i++)
    hash = Math.imul(hash ^ ((bytes[i] ?? 0) & FOLD), 0x9e3779b1) ^ (hash >>> 15)
  return (hash ^ (hash >>> 16)) & (BUCKETS - 1)
}

/** The matcher. Anchors of all needles must have at least two bytes. */
export function manyMatcher(needles: readonly Needle[]): Matcher {
  const window = needles.reduce(
    (least, { anchorStart, anchorEnd }) => Math.min(least, anchorEnd - anchorStart),
    LONGEST,
  )
  const shift = new Uint8Array(PAIRS).fill(window - 1)
  /** Needles by the hash of their window; those whose masks are not about case alone, in a list for all windows. */
  const buckets = new Map<number, number[]>()
  const unhashed: number[] = []
  /** Per needle: index of the window's last byte in the needle. */
  const lastOf = new Int32Array(needles.length)
  needles.forEach((needle, index) => {
    const start = windowStart(needle, window)
    const last = start + window - 1
    lastOf[index] = last
    for (let i = 1; i < window; i++)
      for (const pair of pairsAt(needle, start + i)) shift[pair] = Math.min(shift[pair] ?? 0, window - 1 - i)
    if (needle.mask.subarray(start, last + 1).some((mask) => (mask | 0x20) !== 0xff)) unhashed.push(index)
    else {
      const hash = hashWindow(needle.value, last, window)
      buckets.set(hash, [...(buckets.get(hash) ?? []), index])
    }
  })
  const { first, members } = flattenBuckets(buckets)
  const slack = 3 * window

  function check(index: number, bytes: Uint8Array, from: number, to: number, i: number, onFound: OnFound): void {
    const needle = needles[index]
    const at = i - (lastOf[index] ?? 0)
    if (needle && at >= from && at + needle.value.length <= to && standsAt(needle, bytes, at)) onFound(needle, at)
  }

  function verify(bytes: Uint8Array, from: number, to: number, i: number, onFound: OnFound): void {
    const hash = hashWindow(bytes, i, window)
    const stop = first[hash + 1] ?? 0
    for (let k = first[hash] ?? 0; k < stop; k++) check(members[k] ?? 0, bytes, from, to, i, onFound)
    for (const index of unhashed) check(index, bytes, from, to, i, onFound)
  }

  return {
    cost: 5 / (window - 1) + 0.3 + needles.length * 0.0005,
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
        const step = shift[((bytes[i - 1] ?? 0) << 8) | (bytes[i] ?? 0)] ?? 0
        if (step === 0) verify(bytes, from, to, i, onFound)
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

/** Lists per hash → one list and where each hash's part of it begins. */
function flattenBuckets(buckets: ReadonlyMap<number, readonly number[]>): { first: Int32Array; members: Int32Array } {
  const first = new Int32Array(BUCKETS + 1)
  const members: number[] = []
  for (let hash = 0; hash < BUCKETS; hash++) {
    first[hash] = members.length
    members.push(...(buckets.get(hash) ?? []))
  }
  first[BUCKETS] = members.length
  return { first, members: Int32Array.from(members) }
}

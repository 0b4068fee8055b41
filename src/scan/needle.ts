/**
 * A needle: what the byte matchers look for. One text pattern gives a needle per form, a hex pattern one, a regular
 * expression one per literal that it cannot match without.
 *
 * A byte x fits position i when `(x & mask[i]) === value[i]`: mask 0xff is one byte, 0xdf a letter of either case,
 * 0xf0 a nibble wildcard, 0x00 any byte.
 */
import { frequencyOf } from './byte-frequency.ts'

/** How the bytes of a hit spell the pattern. */
export type Form = 'bytes' | 'utf-8' | 'utf-16le' | 'utf-16be'

/** One of two spellings of equal length that must stand at `at` (a letter beyond ASCII in either case). */
export interface Choice {
  /** Position in the needle. */
  readonly at: number
  readonly options: readonly Uint8Array[]
}

export interface Needle {
  /** Index of the pattern that it belongs to. */
  readonly pattern: number
  readonly form: Form
  readonly value: Uint8Array
  readonly mask: Uint8Array
  readonly choices: readonly Choice[]
  /** The positions [start, end) that matchers look for first: no wildcards in it, where the pattern allows. */
  readonly anchorStart: number
  readonly anchorEnd: number
  /** True when any match holds a byte that is not zero. */
  readonly nonZero: boolean
}

/** Makes a needle; picks its anchor. */
export function makeNeedle(
  pattern: number,
  form: Form,
  value: Uint8Array,
  mask: Uint8Array,
  choices: readonly Choice[] = [],
): Needle {
  const [anchorStart, anchorEnd] = pickAnchor(value, mask)
  const nonZero = value.some((byte) => byte !== 0)
  return { pattern, form, value, mask, choices, anchorStart, anchorEnd, nonZero }
}

/** True when the needle stands at `at`. The caller has made sure that it fits into `bytes`. */
export function standsAt(needle: Needle, bytes: Uint8Array, at: number): boolean {
  const { value, mask, choices } = needle
  for (let i = 0; i < value.length; i++) {
    if (((bytes[at + i] ?? 0) & (mask[i] ?? 0)) !== value[i]) return false
  }
  for (const choice of choices)
    if (!choice.options.some((option) => equalAt(option, bytes, at + choice.at))) return false
  return true
}

function equalAt(option: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < option.length; i++) if (bytes[at + i] !== option[i]) return false
  return true
}

/**
 * The run of positions with few possible bytes (at most four each, else at most sixteen, else any) that is least
 * likely in memory.
 */
function pickAnchor(value: Uint8Array, mask: Uint8Array): readonly [number, number] {
  for (const most of [4, 16, 256]) {
    let best: readonly [number, number] | undefined
    let bestLikelihood = Infinity
    for (let start = 0; start < value.length;) {
      let end = start
      let likelihood = 0
      while (end < value.length && possible(mask[end] ?? 0) <= most) {
        likelihood += Math.log(frequencyOf(value[end] ?? 0, mask[end] ?? 0) + 1e-6)
        end += 1
      }
      if (end > start && likelihood < bestLikelihood) {
        best = [start, end]
        bestLikelihood = likelihood
      }
      start = end + 1
    }
    if (best) return best
  }
  return [0, value.length]
}

/** Number of bytes that fit a mask. */
export function possible(mask: number): number {
  let count = 1
  for (let bits = ~mask & 0xff; bits !== 0; bits &= bits - 1) count *= 2
  return count
}

/** The bytes x with `(x & mask) === value`, ascending. */
export function fittingBytes(value: number, mask: number): number[] {
  const bytes: number[] = []
  for (let x = 0; x < 256; x++) if ((x & mask) === value) bytes.push(x)
  return bytes
}

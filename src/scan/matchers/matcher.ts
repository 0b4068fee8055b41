/** What all byte matchers have in common. */
import { byteFrequency } from '../byte-frequency.ts'
import type { Needle } from '../needle.ts'

/** Told each place where a needle stands; `at` is an index into the searched bytes. */
export type OnFound = (needle: Needle, at: number) => void

export interface Matcher {
  /**
   * Finds every place in [from, to) where a needle stands as a whole, overlapping ones too. Places of one needle come
   * in ascending order.
   */
  find(bytes: Uint8Array, from: number, to: number, onFound: OnFound): void
  /** Estimated nanoseconds per byte of memory, for choosing between matchers. */
  readonly cost: number
}

/** Mean of `table[x]` over the bytes of memory. */
export function meanOverMemory(table: Uint8Array): number {
  let sum = 0
  for (let x = 0; x < 256; x++) sum += (byteFrequency[x] ?? 0) * (table[x] ?? 0)
  return sum / 65536
}

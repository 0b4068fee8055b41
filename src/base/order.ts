/** Sorting of large columns by numbers: stable, and as quick for a million entries as a screen needs. */

const DIGITS = 65536

/**
 * Sorts indices in place by their 64-bit keys, low and high halves; equal keys keep their order. (A radix sort, 16 bits a
 * pass; passes in which all keys agree are left out.)
 */
export function orderByKeys(order: Uint32Array, low: Uint32Array, high: Uint32Array): Uint32Array {
  let from = order
  let to: Uint32Array = new Uint32Array(order.length)
  for (const keys of [low, high])
    for (const shift of [0, 16]) {
      const ends = new Uint32Array(DIGITS)
      for (const index of from) {
        const digit = ((keys[index] ?? 0) >>> shift) & 0xffff
        ends[digit] = (ends[digit] ?? 0) + 1
      }
      if (ends[((keys[from[0] ?? 0] ?? 0) >>> shift) & 0xffff] === from.length) continue
      let sum = 0
      for (let digit = 0; digit < DIGITS; digit++) {
        const count = ends[digit] ?? 0
        ends[digit] = sum
        sum += count
      }
      for (const index of from) {
        const digit = ((keys[index] ?? 0) >>> shift) & 0xffff
        const at = ends[digit] ?? 0
        to[at] = index
        ends[digit] = at + 1
      }
      ;[from, to] = [to, from]
    }
  if (from !== order) order.set(from)
  return order
}

/** The same by whole numbers from 0 to 2^53. */
export function orderByNumbers(order: Uint32Array, values: ArrayLike<number>): Uint32Array {
  const low = new Uint32Array(values.length)
  const high = new Uint32Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0
    low[i] = value
    high[i] = Math.floor(value / 2 ** 32)
  }
  return orderByKeys(order, low, high)
}

/** The numbers 0 to `count` - 1. */
export function ascending(count: number): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  return order
}

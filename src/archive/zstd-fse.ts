/** Finite state entropy tables of zstd (RFC 8878, section 4.1) and the bit stream that is read from its end. */

/** Decoding table. A cell per state: symbol | bits to read for the next state << 8 | what they are added to << 16. */
export interface FseTable {
  readonly log: number
  readonly cells: Uint32Array
}

/** A table read from `bytes` and where it ends. */
export interface ReadFse {
  readonly table: FseTable
  readonly end: number
}

/** Position of the highest set bit; `value` is positive. */
export const topBit = (value: number): number => 31 - Math.clz32(value)

/** Reads a table description at `start`; undefined when it is malformed or leaves `limit`. */
export function readFseTable(
  bytes: Uint8Array,
  start: number,
  limit: number,
  maxLog: number,
  maxSymbol: number,
): ReadFse | undefined {
  const log = ((bytes[start] ?? 0) & 15) + 5
  if (start >= limit || log > maxLog) return undefined
  const counts: number[] = []
  let at = start * 8 + 4
  let left = 1 << log
  while (left > 0) {
    const width = topBit(left + 1) + 1
    const low = (1 << (width - 1)) - 1
    const spare = (1 << width) - 2 - left
    let value = peek(bytes, at, width)
    if ((value & low) < spare) {
      value &= low
      at += width - 1
    } else {
      if (value > low) value -= spare
      at += width
    }
    const count = value - 1
    left -= Math.abs(count)
    counts.push(count)
    for (let repeat = count === 0 ? 3 : 0; repeat === 3;) {
      repeat = peek(bytes, at, 2)
      at += 2
      for (let i = 0; i < repeat; i++) counts.push(0)
      if (at > limit * 8) return undefined
    }
    if (counts.length > maxSymbol + 1 || at > limit * 8) return undefined
  }
  return left < 0 ? undefined : { table: makeFseTable(counts, log), end: Math.ceil(at / 8) }
}

/** `width` bits (up to 17) from bit `at` on, lowest first. */
function peek(bytes: Uint8Array, at: number, width: number): number {
  const byte = at >>> 3
  const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16)
  return (word >>> (at & 7)) & ((1 << width) - 1)
}

/** Table for counts that add up to `1 << log`, -1 counting as one. */
export function makeFseTable(counts: readonly number[], log: number): FseTable {
  const size = 1 << log
  const symbols = new Uint8Array(size)
  const next = new Uint16Array(counts.length)
  let high = size
  counts.forEach((count, symbol) => {
    next[symbol] = count < 0 ? 1 : count
    if (count < 0) symbols[--high] = symbol
  })
  const step = (size >> 1) + (size >> 3) + 3
  let place = 0
  counts.forEach((count, symbol) => {
    for (let i = 0; i < count; i++) {
      symbols[place] = symbol
      do place = (place + step) & (size - 1)
      while (place >= high)
    }
  })
  const cells = new Uint32Array(size)
  for (let state = 0; state < size; state++) {
    const symbol = symbols[state] ?? 0
    const value = next[symbol] ?? 1
    next[symbol] = value + 1
    const width = log - topBit(value)
    cells[state] = symbol | (width << 8) | (((value << width) - size) << 16)
  }
  return { log, cells }
}

/** Table of one symbol, which takes no bits. */
export function makeSingleTable(symbol: number): FseTable {
  return { log: 0, cells: Uint32Array.of(symbol) }
}

/** Bits read backwards from the end mark of `bytes[start, end)`. `left` goes below zero when they run out. */
export class BackwardBits {
  left: number
  readonly #bytes: Uint8Array
  readonly #start: number

  constructor(bytes: Uint8Array, start: number, end: number) {
    const last = end > start ? (bytes[end - 1] ?? 0) : 0
    this.#bytes = bytes
    this.#start = start
    // The highest set bit of the last byte marks the end; a stream without it is malformed.
    this.left = last === 0 ? -1 : (end - start - 1) * 8 + topBit(last)
  }

  /** The next `width` bits (up to 31); only meaningful while `left` stays at zero or above. */
  take(width: number): number {
    this.left -= width
    if (width === 0 || this.left < 0) return 0
    const byte = this.#start + (this.left >>> 3)
    const shift = this.left & 7
    const bytes = this.#bytes
    const word =
      (bytes[byte] ?? 0) |
      ((bytes[byte + 1] ?? 0) << 8) |
      ((bytes[byte + 2] ?? 0) << 16) |
      ((bytes[byte + 3] ?? 0) << 24)
    const low = word >>> shift
    const value = width + shift > 32 ? low | ((bytes[byte + 4] ?? 0) << (32 - shift)) : low
    return width === 32 ? value >>> 0 : value & (2 ** width - 1)
  }
}

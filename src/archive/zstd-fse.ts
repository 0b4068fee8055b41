/**
 * Finite state entropy tables of zstd (RFC 8878, section 4.1). Tables and their work space are made once and filled
 * again for each block.
 */

/** Position of the highest set bit; `value` is positive. */
export const topBit = (value: number): number => 31 - Math.clz32(value)

/** Most symbols that any table has: match lengths. */
const MAX_SYMBOLS = 53

/** Work space for the counts of one description; no two tables are read at the same time. */
const counts = new Int16Array(MAX_SYMBOLS + 4)
const next = new Uint16Array(MAX_SYMBOLS)
const symbols = new Uint8Array(512)

/** Decoding table whose symbols stand for a base value and a number of bits to add. */
export class FseTable {
  /** Bits of a state: the table has `1 << log` cells. */
  log = 0
  /** A cell per state: bits to add to the value | bits to read for the next state << 8 | what they are added to << 16. */
  readonly cells: Int32Array
  /** Base value per state. */
  readonly values: Int32Array
  readonly #maxLog: number
  readonly #bases: Int32Array
  readonly #extra: Uint8Array

  /** For symbols with the given base values and bits to add, up to 53. */
  constructor(maxLog: number, bases: Int32Array, extra: Uint8Array) {
    this.#maxLog = maxLog
    this.#bases = bases
    this.#extra = extra
    this.cells = new Int32Array(1 << maxLog)
    this.values = new Int32Array(1 << maxLog)
  }

  /** Becomes the table of one symbol, which takes no bits; false when there is no such symbol. */
  single(symbol: number): boolean {
    if (symbol >= this.#bases.length) return false
    this.log = 0
    this.cells[0] = this.#extra[symbol] ?? 0
    this.values[0] = this.#bases[symbol] ?? 0
    return true
  }

  /** Becomes the table of these counts, which add up to `1 << log` with -1 as one. */
  fixed(list: readonly number[], log: number): this {
    counts.set(list)
    this.#build(list.length, log)
    return this
  }

  /** Reads a description at `start`: where it ends, or -1 when it is malformed or leaves `limit`. */
  read(bytes: Uint8Array, start: number, limit: number): number {
    const log = ((bytes[start] ?? 0) & 15) + 5
    if (start >= limit || log > this.#maxLog) return -1
    const last = limit * 8
    let at = start * 8 + 4
    let left = 1 << log
    let count = 0
    while (left > 0) {
      if (count >= this.#bases.length || at > last) return -1
      // A value up to left + 1 takes one bit less when it is small enough.
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
      counts[count++] = value - 1
      left -= value === 0 ? 1 : value - 1
      if (value !== 1) continue
      // Behind a count of 0 stand further zeros, up to three a time.
      for (let repeat = 3; repeat === 3;) {
        repeat = peek(bytes, at, 2)
        at += 2
        if (count + repeat > this.#bases.length || at > last) return -1
        counts.fill(0, count, count + repeat)
        count += repeat
      }
    }
    if (at > last) return -1
    this.#build(count, log)
    return (at + 7) >>> 3
  }

  /** Spreads the first `count` symbols of `counts` over the states. */
  #build(count: number, log: number): void {
    const size = 1 << log
    const mask = size - 1
    const step = (size >> 1) + (size >> 3) + 3
    let high = size
    for (let symbol = 0; symbol < count; symbol++) {
      const share = counts[symbol] ?? 0
      next[symbol] = share < 0 ? 1 : share
      if (share < 0) symbols[--high] = symbol
    }
    let place = 0
    for (let symbol = 0; symbol < count; symbol++) {
      const share = counts[symbol] ?? 0
      for (let i = 0; i < share; i++) {
        symbols[place] = symbol
        do place = (place + step) & mask
        while (place >= high)
      }
    }
    for (let state = 0; state < size; state++) {
      const symbol = symbols[state] ?? 0
      const value = next[symbol] ?? 1
      next[symbol] = value + 1
      const width = log - topBit(value)
      this.cells[state] = (this.#extra[symbol] ?? 0) | (width << 8) | (((value << width) - size) << 16)
      this.values[state] = this.#bases[symbol] ?? 0
    }
    this.log = log
  }
}

/** `width` bits (up to 17) from bit `at` on, lowest first. */
function peek(bytes: Uint8Array, at: number, width: number): number {
  const byte = at >>> 3
  const word = (bytes[byte] ?? 0) | ((bytes[byte + 1] ?? 0) << 8) | ((bytes[byte + 2] ?? 0) << 16)
  return (word >>> (at & 7)) & ((1 << width) - 1)
}

/** `width` bits (up to 25) from bit `at` of the buffer on, lowest first. */
export function readBits(view: DataView, at: number, width: number): number {
  return (view.getInt32(at >>> 3, true) >>> (at & 7)) & ((1 << width) - 1)
}

/**
 * Bit behind the last one of the backward stream that ends at `end`: its highest set bit is a mark. -1 when there is
 * no mark or no byte from `start` on.
 */
export function streamEnd(bytes: Uint8Array, start: number, end: number): number {
  const last = end > start ? (bytes[end - 1] ?? 0) : 0
  return last === 0 ? -1 : (end - 1) * 8 + topBit(last)
}

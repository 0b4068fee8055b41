/**
 * Huffman codes of zstd literals (RFC 8878, section 4.2): a flat table that is looked up with as many bits as the
 * longest code has, up to 11. Streams are read backwards, a word of four bytes for every two symbols, four streams
 * side by side. The loops do not look for the streams' starts: whoever calls has room in front of the data, and
 * afterwards each stream must have been used to its first bit.
 */
import { FseTable, readBits, streamEnd, topBit } from './zstd-fse.ts'

/** Bytes and a view of the same buffer, with 48 KiB of room in front of the data and 4 bytes behind it. */
export interface ZstdBytes {
  readonly bytes: Uint8Array
  readonly view: DataView
}

const MAX_BITS = 11
/** Largest weight is the longest code's length. */
const WEIGHTS = Int32Array.from({ length: MAX_BITS + 1 }, (_, i) => i)
/** Explicit weights; that of the last symbol follows from them. */
const MAX_WEIGHTS = 255

export class HuffmanTable {
  /** Length of the longest code; 0 before a table was read. */
  #bits = 0
  /** Symbol | length << 8 per value of the next `#bits` bits. */
  readonly #cells = new Uint16Array(1 << MAX_BITS)
  readonly #weights = new Uint8Array(MAX_WEIGHTS + 1)
  readonly #starts = new Int32Array(MAX_BITS + 2)
  readonly #fse = new FseTable(6, WEIGHTS, new Uint8Array(WEIGHTS.length))

  get isEmpty(): boolean {
    return this.#bits === 0
  }

  /** Forgets the table: a frame begins. */
  clear(): void {
    this.#bits = 0
  }

  /** Reads a description at `start`: where it ends, or -1 when it is malformed or leaves `limit`. */
  read(bytes: Uint8Array, view: DataView, start: number, limit: number): number {
    const head = bytes[start] ?? 0
    if (start >= limit) return -1
    if (head < 128) {
      const end = start + 1 + head
      const count = end <= limit ? this.#readPacked(bytes, view, start + 1, end) : -1
      return count > 0 && this.#build(count) ? end : -1
    }
    const count = head - 127
    const end = start + 1 + ((count + 1) >> 1)
    if (end > limit) return -1
    for (let i = 0; i < count; i++) {
      const pair = bytes[start + 1 + (i >> 1)] ?? 0
      this.#weights[i] = i & 1 ? pair & 15 : pair >> 4
    }
    return this.#build(count) ? end : -1
  }

  /** Weights as an FSE stream of two states that take turns until the bits run out; their number, or -1. */
  #readPacked(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const from = this.#fse.read(bytes, start, end)
    const { log, cells, values } = this.#fse
    const first = from * 8
    let at = from < 0 ? -1 : streamEnd(bytes, from, end) - 2 * log
    if (at < first || at < 0) return -1
    let state = readBits(view, at + log, log)
    let other = readBits(view, at, log)
    for (let count = 0; count < MAX_WEIGHTS - 1;) {
      const cell = cells[state] ?? 0
      const width = (cell >>> 8) & 0xff
      this.#weights[count++] = values[state] ?? 0
      at -= width
      if (at < first) {
        this.#weights[count++] = values[other] ?? 0
        return count
      }
      state = other
      other = (cell >>> 16) + readBits(view, at, width)
    }
    return -1
  }

  /** Fills the table from the first `count` weights and the one that completes them. */
  #build(count: number): boolean {
    const weights = this.#weights
    const starts = this.#starts.fill(0)
    let sum = 0
    for (let symbol = 0; symbol < count; symbol++) {
      const weight = weights[symbol] ?? 0
      if (weight > MAX_BITS) return false
      if (weight > 0) sum += 1 << (weight - 1)
    }
    const bits = sum === 0 ? MAX_BITS + 1 : topBit(sum) + 1
    const rest = (1 << bits) - sum
    if (bits > MAX_BITS || (rest & (rest - 1)) !== 0) return false
    weights[count] = topBit(rest) + 1
    // Codes ascend from the longest (weight 1) to the shortest, within a length by symbol.
    for (let symbol = 0; symbol <= count; symbol++) {
      const weight = weights[symbol] ?? 0
      if (weight > 0) starts[weight + 1] = (starts[weight + 1] ?? 0) + (1 << (weight - 1))
    }
    for (let weight = 1; weight <= MAX_BITS; weight++)
      starts[weight] = (starts[weight] ?? 0) + (starts[weight - 1] ?? 0)
    for (let symbol = 0; symbol <= count; symbol++) {
      const weight = weights[symbol] ?? 0
      if (weight === 0) continue
      const start = starts[weight] ?? 0
      const end = start + (1 << (weight - 1))
      starts[weight] = end
      this.#cells.fill(symbol | ((bits + 1 - weight) << 8), start, end)
    }
    this.#bits = bits
    return true
  }

  /**
   * Decodes the stream `[start, end)` of the input to `out[to, stop)`; false when it is not used up to its first bit.
   */
  decode(input: ZstdBytes, start: number, end: number, out: Uint8Array, to: number, stop: number): boolean {
    const at = streamEnd(input.bytes, start, end)
    return at >= 0 && this.#finish(input.view, at, out, to, stop) === start * 8
  }

  /** The same for four streams behind a table of the sizes of three; each decodes to a quarter of `out[to, stop)`. */
  decodeFour(input: ZstdBytes, start: number, end: number, out: Uint8Array, to: number, stop: number): boolean {
    const { bytes, view } = input
    const first = start + 6
    if (first > end) return false
    const second = first + view.getUint16(start, true)
    const third = second + view.getUint16(start + 2, true)
    const fourth = third + view.getUint16(start + 4, true)
    const share = (stop - to + 3) >> 2
    if (fourth >= end || to + 3 * share > stop) return false
    let a = streamEnd(bytes, first, second)
    let b = streamEnd(bytes, second, third)
    let c = streamEnd(bytes, third, fourth)
    let d = streamEnd(bytes, fourth, end)
    if (a < 0 || b < 0 || c < 0 || d < 0) return false
    const cells = this.#cells
    const shift = 32 - this.#bits
    const pairs = (stop - to - 3 * share) >> 1
    let at = to
    for (let i = 0; i < pairs; i++, at += 2) {
      // The upper bits of each word are the next ones of its stream: at least 24, two of the longest codes.
      let word = view.getInt32((a >>> 3) - 3, true) << (8 - (a & 7))
      let cell = cells[word >>> shift] ?? 0
      out[at] = cell
      a -= cell >>> 8
      cell = cells[(word << (cell >>> 8)) >>> shift] ?? 0
      out[at + 1] = cell
      a -= cell >>> 8
      word = view.getInt32((b >>> 3) - 3, true) << (8 - (b & 7))
      cell = cells[word >>> shift] ?? 0
      out[at + share] = cell
      b -= cell >>> 8
      cell = cells[(word << (cell >>> 8)) >>> shift] ?? 0
      out[at + share + 1] = cell
      b -= cell >>> 8
      word = view.getInt32((c >>> 3) - 3, true) << (8 - (c & 7))
      cell = cells[word >>> shift] ?? 0
      out[at + 2 * share] = cell
      c -= cell >>> 8
      cell = cells[(word << (cell >>> 8)) >>> shift] ?? 0
      out[at + 2 * share + 1] = cell
      c -= cell >>> 8
      word = view.getInt32((d >>> 3) - 3, true) << (8 - (d & 7))
      cell = cells[word >>> shift] ?? 0
      out[at + 3 * share] = cell
      d -= cell >>> 8
      cell = cells[(word << (cell >>> 8)) >>> shift] ?? 0
      out[at + 3 * share + 1] = cell
      d -= cell >>> 8
    }
    return (
      this.#finish(view, a, out, at, to + share) === first * 8 &&
      this.#finish(view, b, out, at + share, to + 2 * share) === second * 8 &&
      this.#finish(view, c, out, at + 2 * share, to + 3 * share) === third * 8 &&
      this.#finish(view, d, out, at + 3 * share, stop) === fourth * 8
    )
  }

  /** Decodes one stream from bit `from` on to `out[to, stop)`; the bit where it stops. */
  #finish(view: DataView, from: number, out: Uint8Array, to: number, stop: number): number {
    const cells = this.#cells
    const shift = 32 - this.#bits
    let bit = from
    for (let at = to; at < stop; at++) {
      const word = view.getInt32((bit >>> 3) - 3, true) << (8 - (bit & 7))
      const cell = cells[word >>> shift] ?? 0
      out[at] = cell
      bit -= cell >>> 8
    }
    return bit
  }
}

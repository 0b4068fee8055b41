/**
 * DEFLATE (RFC 1951) for the cases the browser's own stream gives up on: several members, trailing bytes, damage.
 * It gives out every byte that was decoded before a defect and knows the offset of each. Slower than the native
 * stream, so it runs only when that one failed.
 *
 * Input comes in pieces: `step` works until the output buffer is full, the block data ends, or less input is left
 * than one symbol may need; then the caller supplies more.
 */

/** Why `step` returned. `more`: feed input; `full`: take `output`; `done`: end of the last block; `bad`: not DEFLATE. */
export type InflateState = 'more' | 'full' | 'done' | 'bad'

const WINDOW = 32 * 1024
/** Output gathered before it is handed on. */
const OUT = 256 * 1024
/** Longest match. */
const MAX_MATCH = 258
/** Input that one dynamic block header may need: 3 + 14 + 19·3 + 320·14 bits. */
const HEADER_BYTES = 600
/** Input that one literal or match may need: 15 + 5 + 15 + 13 bits, rounded up with what the bit buffer holds. */
const SYMBOL_BYTES = 12

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const CODE_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** A canonical prefix code: how many codes of each length, and the symbols in code order (RFC 1951, 3.2.2). */
interface Code {
  readonly counts: Uint16Array
  readonly symbols: Uint16Array
}

function makeCode(lengths: Uint8Array): Code | undefined {
  const counts = new Uint16Array(16)
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1
  counts[0] = 0
  let left = 1
  const starts = new Uint16Array(16)
  for (let length = 1; length < 16; length++) {
    const count = counts[length] ?? 0
    left = 2 * left - count
    if (left < 0) return undefined
    if (length < 15) starts[length + 1] = (starts[length] ?? 0) + count
  }
  const symbols = new Uint16Array(lengths.length)
  lengths.forEach((length, symbol) => {
    if (length === 0) return
    const start = starts[length] ?? 0
    symbols[start] = symbol
    starts[length] = start + 1
  })
  return { counts, symbols }
}

const fixedLengths = new Uint8Array(288).map((_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))
const FIXED = { lengths: makeCode(fixedLengths), distances: makeCode(new Uint8Array(30).fill(5)) }

export class Inflater {
  /** Input not yet used starts at `#at`. */
  #input = new Uint8Array(0)
  #at = 0
  #isFinal = false
  #bits = 0
  #bitCount = 0
  readonly #out = new Uint8Array(WINDOW + OUT + MAX_MATCH)
  #outAt = 0
  #outTaken = 0
  #phase: 'header' | 'stored' | 'symbols' | 'done' = 'header'
  #isLastBlock = false
  #storedLeft = 0
  #lengths: Code | undefined
  #distances: Code | undefined
  #ranOut = false

  /** Adds input; `isFinal` says that nothing follows. */
  feed(bytes: Uint8Array, isFinal: boolean): void {
    const rest = this.#input.subarray(this.#at)
    const joined = new Uint8Array(rest.length + bytes.length)
    joined.set(rest)
    joined.set(bytes, rest.length)
    this.#input = joined
    this.#at = 0
    this.#isFinal = isFinal
  }

  /** Bytes decoded since the last call; a copy. */
  take(): Uint8Array {
    const bytes = this.#out.slice(this.#outTaken, this.#outAt)
    const history = Math.min(WINDOW, this.#outAt)
    this.#out.copyWithin(0, this.#outAt - history, this.#outAt)
    this.#outAt = history
    this.#outTaken = history
    return bytes
  }

  /** Input behind the compressed data, whole bytes; valid once done. */
  rest(): Uint8Array {
    return this.#input.subarray(this.#at - (this.#bitCount >>> 3))
  }

  /** Works on; `more` with final input means that the data is cut. */
  step(): InflateState {
    for (;;) {
      if (this.#phase === 'done') return 'done'
      if (this.#outAt >= WINDOW + OUT) return 'full'
      if (this.#phase === 'header') {
        if (!this.#has(HEADER_BYTES)) return 'more'
        if (!this.#header()) return this.#ranOut ? 'more' : 'bad'
      }
      const state = this.#phase === 'stored' ? this.#stored() : this.#symbols()
      if (state) return state
      this.#phase = this.#isLastBlock ? 'done' : 'header'
    }
  }

  #has(bytes: number): boolean {
    return this.#isFinal || this.#input.length - this.#at >= bytes
  }

  /** True once a decoder wanted bits that are not there. (A call, because every `#take` may change it.) */
  #hasRunOut(): boolean {
    return this.#ranOut
  }

  #take(count: number): number {
    while (this.#bitCount < count) {
      if (this.#at >= this.#input.length) {
        this.#ranOut = true
        return 0
      }
      this.#bits |= (this.#input[this.#at++] ?? 0) << this.#bitCount
      this.#bitCount += 8
    }
    const value = this.#bits & ((1 << count) - 1)
    this.#bits >>>= count
    this.#bitCount -= count
    return value
  }

  /** Block header; false when it is malformed or runs out. */
  #header(): boolean {
    this.#isLastBlock = this.#take(1) === 1
    const type = this.#take(2)
    if (this.#hasRunOut()) return false
    if (type === 0) return this.#storedHeader()
    this.#phase = 'symbols'
    if (type === 1) {
      this.#lengths = FIXED.lengths
      this.#distances = FIXED.distances
      return true
    }
    return type === 2 && this.#dynamicHeader()
  }

  #storedHeader(): boolean {
    this.#take(this.#bitCount & 7)
    const length = this.#take(16)
    const inverse = this.#take(16)
    this.#phase = 'stored'
    this.#storedLeft = length
    return !this.#hasRunOut() && (length ^ inverse) === 0xffff
  }

  #dynamicHeader(): boolean {
    const literals = this.#take(5) + 257
    const distances = this.#take(5) + 1
    const codes = this.#take(4) + 4
    if (literals > 286 || distances > 30) return false
    const codeLengths = new Uint8Array(19)
    for (const place of CODE_ORDER.slice(0, codes)) codeLengths[place] = this.#take(3)
    const code = makeCode(codeLengths)
    if (!code || this.#hasRunOut()) return false
    const lengths = new Uint8Array(literals + distances)
    for (let i = 0; i < lengths.length;) {
      const symbol = this.#symbol(code)
      if (symbol < 0 || this.#hasRunOut()) return false
      if (symbol < 16) {
        lengths[i++] = symbol
        continue
      }
      if (symbol === 16 && i === 0) return false
      const value = symbol === 16 ? (lengths[i - 1] ?? 0) : 0
      const repeat = symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7)
      if (i + repeat > lengths.length) return false
      lengths.fill(value, i, i + repeat)
      i += repeat
    }
    this.#lengths = makeCode(lengths.subarray(0, literals))
    this.#distances = makeCode(lengths.subarray(literals))
    return !this.#hasRunOut() && lengths[256] !== 0 && !!this.#lengths && !!this.#distances
  }

  /** Decodes one symbol bit by bit; -1 when no code fits. */
  #symbol(code: Code): number {
    let value = 0
    let first = 0
    let index = 0
    for (let length = 1; length < 16; length++) {
      if (this.#bitCount === 0) {
        if (this.#at >= this.#input.length) {
          this.#ranOut = true
          return -1
        }
        this.#bits = this.#input[this.#at++] ?? 0
        this.#bitCount = 8
      }
      value |= this.#bits & 1
      this.#bits >>>= 1
      this.#bitCount -= 1
      const count = code.counts[length] ?? 0
      if (value - count < first) return code.symbols[index + value - first] ?? -1
      index += count
      first = (first + count) << 1
      value <<= 1
    }
    return -1
  }

  #stored(): InflateState | undefined {
    while (this.#storedLeft > 0) {
      if (this.#outAt >= WINDOW + OUT) return 'full'
      // Whole bytes may still wait in the bit buffer.
      if (this.#bitCount >= 8) {
        this.#out[this.#outAt++] = this.#take(8)
        this.#storedLeft -= 1
        continue
      }
      const count = Math.min(this.#storedLeft, this.#input.length - this.#at, WINDOW + OUT - this.#outAt)
      if (count === 0) return 'more'
      this.#out.set(this.#input.subarray(this.#at, this.#at + count), this.#outAt)
      this.#at += count
      this.#outAt += count
      this.#storedLeft -= count
    }
    return undefined
  }

  #symbols(): InflateState | undefined {
    const lengths = this.#lengths
    const distances = this.#distances
    if (!lengths || !distances) return 'bad'
    for (;;) {
      if (this.#outAt >= WINDOW + OUT) return 'full'
      if (!this.#has(SYMBOL_BYTES)) return 'more'
      const symbol = this.#symbol(lengths)
      if (symbol === 256) return undefined
      if (symbol >= 0 && symbol < 256) {
        this.#out[this.#outAt++] = symbol
        continue
      }
      if (symbol < 0 || !this.#match(symbol - 257, distances)) return this.#ranOut ? 'more' : 'bad'
    }
  }

  #match(index: number, distances: Code): boolean {
    const base = LENGTH_BASE[index]
    if (base === undefined) return false
    const length = base + this.#take(LENGTH_EXTRA[index] ?? 0)
    const symbol = this.#symbol(distances)
    if (symbol < 0 || symbol > 29) return false
    const extra = symbol < 2 ? 0 : (symbol >> 1) - 1
    const distance = symbol < 2 ? symbol + 1 : ((2 + (symbol & 1)) << extra) + 1 + this.#take(extra)
    if (this.#hasRunOut() || distance > this.#outAt) return false
    for (let i = 0; i < length; i++, this.#outAt++) this.#out[this.#outAt] = this.#out[this.#outAt - distance] ?? 0
    return true
  }
}

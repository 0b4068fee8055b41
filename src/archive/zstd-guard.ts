/**
 * Checks compressed zstd blocks (RFC 8878, section 3.1.1.3) before the decoder sees them, because it trusts them:
 * a Huffman description of a dozen bytes makes it loop without end, sequences beyond the block's size cost it minutes,
 * and matches that reach before the data yield zeros in silence. Everything is followed here except the literals'
 * bytes: sizes, tables, and each sequence's lengths and offset.
 */
import { BackwardBits, makeFseTable, makeSingleTable, readFseTable, topBit } from './zstd-fse.ts'
import type { FseTable } from './zstd-fse.ts'
import { ZSTD_BLOCK } from './zstd-frame.ts'

const zeros = (count: number) => Array.from({ length: count }, () => 0)
const ones = (count: number) => Array.from({ length: count }, () => 1)
const twos = (count: number) => Array.from({ length: count }, () => 2)
const rare = (count: number) => Array.from({ length: count }, () => -1)

/** Predefined tables (section 3.1.1.3.2.2). */
const LITERAL_LENGTHS = makeFseTable([4, 3, ...twos(11), 1, 1, 1, ...twos(9), 3, 2, ...ones(5), ...rare(4)], 6)
const MATCH_LENGTHS = makeFseTable([1, 4, 3, ...twos(6), ...ones(37), ...rare(7)], 6)
const OFFSETS = makeFseTable([...ones(6), ...twos(3), ...ones(15), ...rare(5)], 5)

/** Extra bits of length codes; base values follow from them. */
const LL_BITS = Uint32Array.of(...zeros(16), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
const ML_BITS = Uint32Array.of(...zeros(32), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)
const LL_BASES = bases(LL_BITS, 0)
const ML_BASES = bases(ML_BITS, 3)
/** Largest offset code: offsets stay below 2^31. */
const MAX_OFFSET_CODE = 30

function bases(bits: Uint32Array, first: number): Uint32Array {
  let value = first
  return bits.map((width) => {
    const base = value
    value += 1 << width
    return base
  })
}

interface Literals {
  readonly size: number
  readonly end: number
}

/** Follows the compressed blocks of one frame, whose tables and last offsets carry over from block to block. */
export class ZstdGuard {
  readonly #window: number
  #hasHuffman = false
  #scratch: Uint8Array | undefined
  #lengths: FseTable | undefined
  #offsets: FseTable | undefined
  #matches: FseTable | undefined
  #repeats: [number, number, number] = [1, 4, 8]

  /** `window` is the largest offset that the frame allows. */
  constructor(window: number) {
    this.#window = window
  }

  /**
   * Size that the block `bytes` (without its header) decodes to, with `history` bytes before it in the frame;
   * undefined when it is malformed.
   */
  check(bytes: Uint8Array, history: number): number | undefined {
    const literals = this.#literals(bytes)
    if (!literals || literals.size > ZSTD_BLOCK || literals.end >= bytes.length) return undefined
    let at = literals.end
    let count = bytes[at++] ?? 0
    if (count === 0) return at === bytes.length ? literals.size : undefined
    if (count === 255) {
      count = 0x7f00 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)
      at += 2
    } else if (count > 127) count = ((count - 128) << 8) + (bytes[at++] ?? 0)
    const start = this.#tables(bytes, at)
    return start === undefined ? undefined : this.#sequences(bytes, start, count, literals.size, history)
  }

  /** Literals section: sizes and, for its own sake, the Huffman description. */
  #literals(bytes: Uint8Array): Literals | undefined {
    const first = bytes[0] ?? 0
    const type = first & 3
    const format = (first >> 2) & 3
    const head =
      first + 256 * (bytes[1] ?? 0) + 65536 * (bytes[2] ?? 0) + 2 ** 24 * (bytes[3] ?? 0) + 2 ** 32 * (bytes[4] ?? 0)
    if (type < 2) {
      const isShort = (format & 1) === 0
      const [length, width] = isShort ? [1, 5] : format === 1 ? [2, 12] : [3, 20]
      const size = Math.floor(head / (isShort ? 8 : 16)) % 2 ** width
      return { size, end: length + (type === 0 ? size : 1) }
    }
    const [length, width] = format < 2 ? [3, 10] : format === 2 ? [4, 14] : [5, 18]
    const size = Math.floor(head / 16) % 2 ** width
    const stored = Math.floor(head / 2 ** (4 + width)) % 2 ** width
    const end = length + stored
    if (end > bytes.length) return undefined
    if (type === 3) return this.#hasHuffman ? { size, end } : undefined
    this.#hasHuffman = isHuffman(bytes, length, end)
    return this.#hasHuffman ? { size, end } : undefined
  }

  /** Reads the three tables; where the bit stream starts, or undefined. */
  #tables(bytes: Uint8Array, start: number): number | undefined {
    const modes = bytes[start] ?? 3
    if ((modes & 3) !== 0) return undefined
    let at: number | undefined = start + 1
    const table = (mode: number, before: FseTable | undefined, usual: FseTable, maxLog: number, maxSymbol: number) => {
      if (at === undefined) return undefined
      if (mode === 0) return usual
      if (mode === 3) return before
      if (mode === 1) {
        const symbol = bytes[at++] ?? 255
        return symbol > maxSymbol ? undefined : makeSingleTable(symbol)
      }
      const read = readFseTable(bytes, at, bytes.length, maxLog, maxSymbol)
      at = read?.end
      return read?.table
    }
    this.#lengths = table(modes >> 6, this.#lengths, LITERAL_LENGTHS, 9, LL_BITS.length - 1)
    this.#offsets = table((modes >> 4) & 3, this.#offsets, OFFSETS, 8, MAX_OFFSET_CODE)
    this.#matches = table((modes >> 2) & 3, this.#matches, MATCH_LENGTHS, 9, ML_BITS.length - 1)
    return this.#lengths && this.#offsets && this.#matches ? at : undefined
  }

  /** Follows the sequences; the block's decoded size, or undefined. The hot loop: plain locals, no calls but `read`. */
  #sequences(bytes: Uint8Array, start: number, count: number, literals: number, history: number): number | undefined {
    if (!this.#lengths || !this.#offsets || !this.#matches) return undefined
    const { log: lengthLog, cells: lengths } = this.#lengths
    const { log: offsetLog, cells: offsets } = this.#offsets
    const { log: matchLog, cells: matches } = this.#matches
    const last = bytes[bytes.length - 1] ?? 0
    if (start >= bytes.length || last === 0) return undefined
    // Bit positions count from the first byte of the stream; a copy with room behind it spares bounds checks.
    const view = this.#view(bytes.subarray(start))
    let at = (bytes.length - start - 1) * 8 + topBit(last)
    const reach = Math.max(this.#window, ZSTD_BLOCK)
    let [first, second, third] = this.#repeats
    let lengthState = read(view, (at -= lengthLog), lengthLog)
    let offsetState = read(view, (at -= offsetLog), offsetLog)
    let matchState = read(view, (at -= matchLog), matchLog)
    let used = 0
    let size = 0
    for (let i = 0; at >= 0; i++) {
      const lengthCell = cell(lengths, lengthState)
      const offsetCell = cell(offsets, offsetState)
      const matchCell = cell(matches, matchState)
      const offsetBits = offsetCell & 0xff
      const value = (1 << offsetBits) + read(view, (at -= offsetBits), offsetBits)
      const matchBits = cell(ML_BITS, matchCell & 0xff)
      const match = cell(ML_BASES, matchCell & 0xff) + read(view, (at -= matchBits), matchBits)
      const lengthBits = cell(LL_BITS, lengthCell & 0xff)
      const length = cell(LL_BASES, lengthCell & 0xff) + read(view, (at -= lengthBits), lengthBits)
      used += length
      // Values 1 to 3 repeat one of the last three offsets (section 3.1.1.5).
      const which = value > 3 ? 4 : value - (length === 0 ? 0 : 1)
      const offset =
        which === 4 ? value - 3 : which === 0 ? first : which === 1 ? second : which === 2 ? third : first - 1
      if (which > 1) third = second
      if (which > 0) second = first
      first = offset
      const before = history + used + size
      size += match
      if (at < 0 || used > literals || used + size > ZSTD_BLOCK || offset <= 0 || offset > before || offset > reach)
        return undefined
      if (i === count - 1) break
      lengthState = (lengthCell >>> 16) + read(view, (at -= (lengthCell >>> 8) & 0xff), (lengthCell >>> 8) & 0xff)
      matchState = (matchCell >>> 16) + read(view, (at -= (matchCell >>> 8) & 0xff), (matchCell >>> 8) & 0xff)
      offsetState = (offsetCell >>> 16) + read(view, (at -= (offsetCell >>> 8) & 0xff), (offsetCell >>> 8) & 0xff)
    }
    this.#repeats = [first, second, third]
    const total = size + literals
    return at === 0 && total <= ZSTD_BLOCK ? total : undefined
  }

  /** The bit stream with zeros behind it. */
  #view(stream: Uint8Array): DataView {
    this.#scratch ??= new Uint8Array(ZSTD_BLOCK + 8)
    this.#scratch.set(stream)
    this.#scratch.fill(0, stream.length, stream.length + 8)
    return new DataView(this.#scratch.buffer)
  }
}

/** `width` bits (up to 30) from bit `at` on; 0 for none and in front of the stream. */
function read(view: DataView, at: number, width: number): number {
  if (width === 0 || at < 0) return 0
  const shift = at & 7
  const word = view.getUint32(at >>> 3, true) >>> shift
  const value = width + shift > 32 ? word | (view.getUint8((at >>> 3) + 4) << (32 - shift)) : word
  return value & ((1 << width) - 1)
}

function cell(table: Uint32Array, index: number): number {
  return table[index] ?? 0
}

/** True when a Huffman description (section 4.2.1) at `start` ends inside the section and is not endless. */
function isHuffman(bytes: Uint8Array, start: number, end: number): boolean {
  const head = bytes[start] ?? 0
  if (head >= 128) return start + 1 + Math.ceil((head - 127) / 2) <= end
  const stop = start + 1 + head
  const read = head > 0 && stop <= end ? readFseTable(bytes, start + 1, stop, 6, 11) : undefined
  if (!read) return false
  const bits = new BackwardBits(bytes, read.end, stop)
  const { table } = read
  // Two states take turns until the bits run out; a table that takes no bits would never end.
  const states = [bits.take(table.log), bits.take(table.log)]
  if (bits.left < 0) return false
  for (let i = 0; i < 256; i++) {
    const state = states[i & 1] ?? 0
    const entry = cell(table.cells, state)
    const next = (entry >>> 16) + bits.take((entry >>> 8) & 0xff)
    if (bits.left < 0) return true
    states[i & 1] = next
  }
  return false
}

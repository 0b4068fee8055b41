/**
 * Sequences of a compressed zstd block (RFC 8878, sections 3.1.1.3.2 to 3.1.1.5): how many literals to copy, how far
 * back and how long the match behind them is. Decoding and copying are one loop over a backward bit stream, in plain
 * locals; nothing is allocated for a block.
 */
import { ZSTD_BLOCK } from './zstd-frame.ts'
import { FseTable, readBits, streamEnd } from './zstd-fse.ts'
import type { ZstdHistory } from './zstd-history.ts'
import type { ZstdBytes } from './zstd-huffman.ts'

/** `[count, value]` pairs, spread out. */
const spread = (...runs: readonly (readonly [number, number])[]): number[] =>
  runs.flatMap(([count, value]) => Array.from({ length: count }, () => value))

/** Bits to add to length codes; base values follow from them. */
const LENGTH_EXTRA = Uint8Array.from([
  ...spread([16, 0], [4, 1], [2, 2], [2, 3]),
  4,
  6,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
])
const MATCH_EXTRA = Uint8Array.from([
  ...spread([32, 0], [4, 1], [2, 2], [2, 3], [2, 4]),
  5,
  7,
  8,
  9,
  10,
  11,
  12,
  13,
  14,
  15,
  16,
])
/** Offset codes up to 30: offsets stay below 2^31. */
const OFFSET_EXTRA = Uint8Array.from({ length: 31 }, (_, code) => code)

const makeLengths = () => new FseTable(9, bases(LENGTH_EXTRA, 0), LENGTH_EXTRA)
const makeMatches = () => new FseTable(9, bases(MATCH_EXTRA, 3), MATCH_EXTRA)
const makeOffsets = () => new FseTable(8, bases(OFFSET_EXTRA, 1), OFFSET_EXTRA)

/** Predefined tables (section 3.1.1.3.2.2). */
const LENGTHS = makeLengths().fixed([4, 3, ...spread([11, 2], [3, 1], [9, 2]), 3, 2, ...spread([5, 1], [4, -1])], 6)
const MATCHES = makeMatches().fixed([1, 4, 3, ...spread([6, 2], [37, 1], [7, -1])], 6)
const OFFSETS = makeOffsets().fixed(spread([6, 1], [3, 2], [15, 1], [5, -1]), 5)

/** Widest read of one word. */
const WORD = 25
/** From this length on the engine's own copying and filling is faster than a loop. */
const LONG = 160
const LONG_FILL = 32

function bases(extra: Uint8Array, first: number): Int32Array {
  let value = first
  return Int32Array.from(extra, (width) => {
    const base = value
    value += 2 ** width
    return base
  })
}

/** One of the three tables: its own storage, and what is in use. */
class Slot {
  current: FseTable | undefined
  readonly #own: FseTable
  readonly #usual: FseTable

  constructor(own: FseTable, usual: FseTable) {
    this.#own = own
    this.#usual = usual
  }

  /** Takes the table of a mode; where its description ends, or -1. */
  choose(mode: number, bytes: Uint8Array, at: number, end: number): number {
    if (mode === 3) return this.current ? at : -1
    if (mode === 0) {
      this.current = this.#usual
      return at
    }
    this.current = this.#own
    if (mode === 2) return this.#own.read(bytes, at, end)
    return at < end && this.#own.single(bytes[at] ?? 0) ? at + 1 : -1
  }
}

/** The sequences of one frame after the other: tables and last offsets carry over from block to block. */
export class ZstdSequences {
  readonly #lengths = new Slot(makeLengths(), LENGTHS)
  readonly #offsets = new Slot(makeOffsets(), OFFSETS)
  readonly #matches = new Slot(makeMatches(), MATCHES)
  #repeat1 = 1
  #repeat2 = 4
  #repeat3 = 8

  /** A frame begins. */
  clear(): void {
    for (const slot of [this.#lengths, this.#offsets, this.#matches]) slot.current = undefined
    this.#repeat1 = 1
    this.#repeat2 = 4
    this.#repeat3 = 8
  }

  /**
   * Decodes the section `[start, end)` with the literals `[from, to)` of the history's buffer to the history's end,
   * which has room for a block. False when it is malformed; what was written then is not part of the history.
   */
  decode(input: ZstdBytes, start: number, end: number, history: ZstdHistory, from: number, to: number): boolean {
    const { bytes } = input
    if (start >= end) return false
    let at = start
    let count = bytes[at++] ?? 0
    if (count === 255) {
      count = 0x7f00 + (bytes[at] ?? 0) + 256 * (bytes[at + 1] ?? 0)
      at += 2
    } else if (count > 127) count = ((count - 128) << 8) + (bytes[at++] ?? 0)
    if (count === 0) return at === end && copyRest(history, history.end, from, to)
    const modes = bytes[at++] ?? 3
    if (at > end || (modes & 3) !== 0) return false
    at = this.#lengths.choose(modes >> 6, bytes, at, end)
    if (at >= 0) at = this.#offsets.choose((modes >> 4) & 3, bytes, at, end)
    if (at >= 0) at = this.#matches.choose((modes >> 2) & 3, bytes, at, end)
    const stream = at < 0 ? -1 : streamEnd(bytes, at, end)
    return stream >= 0 && this.#run(input.view, at * 8, stream, count, history, from, to)
  }

  /** The loop: `count` sequences from the bits between `first` and `last`. */
  #run(
    view: DataView,
    first: number,
    last: number,
    count: number,
    history: ZstdHistory,
    from: number,
    to: number,
  ): boolean {
    const { current: lengths } = this.#lengths
    const { current: offsets } = this.#offsets
    const { current: matches } = this.#matches
    if (!lengths || !offsets || !matches) return false
    const { cells: lengthCells, values: lengthValues } = lengths
    const { cells: offsetCells } = offsets
    const { cells: matchCells, values: matchValues } = matches
    const { bytes: out, view: words, reach } = history
    const limit = history.end + ZSTD_BLOCK
    let end = history.end
    let next = from
    let repeat1 = this.#repeat1
    let repeat2 = this.#repeat2
    let repeat3 = this.#repeat3
    let at = last - lengths.log
    let lengthState = readBits(view, at, lengths.log)
    at -= offsets.log
    let offsetState = readBits(view, at, offsets.log)
    at -= matches.log
    let matchState = readBits(view, at, matches.log)
    for (let left = count; ;) {
      const lengthCell = lengthCells[lengthState] ?? 0
      const offsetCell = offsetCells[offsetState] ?? 0
      const matchCell = matchCells[matchState] ?? 0
      let length = lengthValues[lengthState] ?? 0
      let match = matchValues[matchState] ?? 0
      let offset: number
      // Bits to add, from the top down: offset, match length, literals' length.
      let lengthWidth = lengthCell & 0xff
      let offsetWidth = offsetCell & 0xff
      let matchWidth = matchCell & 0xff
      let width = lengthWidth + matchWidth + offsetWidth
      at = (at - width) | 0
      if (width <= WORD) {
        const word = view.getInt32(at >>> 3, true) >>> (at & 7)
        length = (length + (word & ((1 << lengthWidth) - 1))) | 0
        match = (match + ((word >>> lengthWidth) & ((1 << matchWidth) - 1))) | 0
        offset = (1 << offsetWidth) | ((word >>> (lengthWidth + matchWidth)) & ((1 << offsetWidth) - 1))
      } else {
        length += readBits(view, at, lengthWidth)
        match += readBits(view, at + lengthWidth, matchWidth)
        offset = (1 << offsetWidth) | readWide(view, at + lengthWidth + matchWidth, offsetWidth)
      }
      if (offset > 3) {
        offset -= 3
        repeat3 = repeat2
        repeat2 = repeat1
        repeat1 = offset
      } else {
        // Values 1 to 3 repeat one of the last offsets, shifted by one when there are no literals.
        const which = length === 0 ? offset : offset - 1
        offset = which === 0 ? repeat1 : which === 1 ? repeat2 : which === 2 ? repeat3 : repeat1 - 1
        if (which > 1) repeat3 = repeat2
        if (which > 0) repeat2 = repeat1
        repeat1 = offset
      }
      const target = (end + length) | 0
      const source = (target - offset) | 0
      const literal = next
      next = (next + length) | 0
      // Any of these below zero: bits used up, literals used up, block too long, match before the data, beyond the
      // window, or of no distance.
      if (((at - first) | (to - next) | (limit - target - match) | source | (reach - offset) | (offset - 1)) < 0)
        return false
      // Most runs are short: a word or two are copied always, whatever is wanted of them.
      words.setInt32(end, words.getInt32(literal, true), true)
      if (length > 4) {
        if (length < LONG) {
          for (let i = 4; i < length; i += 4) words.setInt32(end + i, words.getInt32(literal + i, true), true)
        } else out.copyWithin(end, literal, next)
      }
      end = (target + match) | 0
      if (offset >= 4) {
        words.setInt32(target, words.getInt32(source, true), true)
        words.setInt32(target + 4, words.getInt32(source + 4, true), true)
        if (match > 8) {
          if (match < LONG || offset < match) {
            for (let i = 8; i < match; i += 4) words.setInt32(target + i, words.getInt32(source + i, true), true)
          } else out.copyWithin(target, source, source + match)
        }
      } else if (offset === 1 && match >= LONG_FILL) out.fill(out[source] ?? 0, target, end)
      else for (let i = 0; i < match; i++) out[target + i] = out[source + i] ?? 0
      if (--left === 0) break
      // Bits of the next states, from the top down: literals' length, match length, offset.
      lengthWidth = (lengthCell >>> 8) & 0xff
      offsetWidth = (offsetCell >>> 8) & 0xff
      matchWidth = (matchCell >>> 8) & 0xff
      width = lengthWidth + matchWidth + offsetWidth
      at = (at - width) | 0
      const word = view.getInt32(at >>> 3, true) >>> (at & 7)
      offsetState = (offsetCell >>> 16) + (word & ((1 << offsetWidth) - 1))
      matchState = (matchCell >>> 16) + ((word >>> offsetWidth) & ((1 << matchWidth) - 1))
      if (width <= WORD)
        lengthState = (lengthCell >>> 16) + ((word >>> (offsetWidth + matchWidth)) & ((1 << lengthWidth) - 1))
      else lengthState = (lengthCell >>> 16) + readBits(view, at + offsetWidth + matchWidth, lengthWidth)
    }
    this.#repeat1 = repeat1
    this.#repeat2 = repeat2
    this.#repeat3 = repeat3
    return at === first && copyRest(history, end, next, to)
  }
}

/** Ends a block: the literals that no sequence used go behind `end`. */
function copyRest(history: ZstdHistory, end: number, from: number, to: number): boolean {
  if (end + (to - from) > history.end + ZSTD_BLOCK) return false
  history.bytes.copyWithin(end, from, to)
  history.end = end + (to - from)
  return true
}

/** `width` bits (up to 30) from bit `at` on. */
function readWide(view: DataView, at: number, width: number): number {
  return width <= WORD
    ? readBits(view, at, width)
    : (readBits(view, at + 16, width - 16) << 16) | readBits(view, at, 16)
}

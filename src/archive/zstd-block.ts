/**
 * Blocks of zstd (RFC 8878, section 3.1.1.2) and the literals section of compressed ones (3.1.1.3.1). Everything that
 * carries over from block to block is here; all of it is made once and used for every frame of a file.
 */
import { ZSTD_BLOCK } from './zstd-frame.ts'
import type { ZstdBlock } from './zstd-frame.ts'
import { ZstdHistory } from './zstd-history.ts'
import { HuffmanTable } from './zstd-huffman.ts'
import type { ZstdBytes } from './zstd-huffman.ts'
import { ZstdSequences } from './zstd-sequences.ts'

export class ZstdBlocks {
  readonly history = new ZstdHistory()
  readonly #huffman = new HuffmanTable()
  readonly #sequences = new ZstdSequences()
  /** Number of literals of the block that is decoded. */
  #literals = 0

  /** Starts a frame with a window of `window` bytes. */
  start(window: number): void {
    this.history.start(window)
    this.#huffman.clear()
    this.#sequences.clear()
  }

  /**
   * Decodes a block whose content stands at `at` in the input, to the end of the history, which has room for it.
   * False when it is malformed; the history is as before then.
   */
  decode(block: ZstdBlock, input: ZstdBytes, at: number): boolean {
    const { history } = this
    if (block.size > ZSTD_BLOCK) return false
    switch (block.type) {
      case 'raw':
        history.bytes.set(input.bytes.subarray(at, at + block.size), history.end)
        history.end += block.size
        return true
      case 'rle':
        history.bytes.fill(input.bytes[at] ?? 0, history.end, history.end + block.size)
        history.end += block.size
        return true
      case 'compressed': {
        const end = at + block.size
        const sequences = this.#readLiterals(input, at, end)
        const from = history.literals
        return sequences >= 0 && this.#sequences.decode(input, sequences, end, history, from, from + this.#literals)
      }
      case 'reserved':
        return false
    }
  }

  /** Decodes the literals section at `at` to their place in the history; where it ends, or -1. */
  #readLiterals(input: ZstdBytes, at: number, end: number): number {
    const first = input.bytes[at] ?? 0
    const type = first & 3
    const format = (first >> 2) & 3
    // The header is one to five bytes; sizes begin behind type and format.
    const low = input.view.getUint32(at, true)
    if (type < 2) {
      const length = format === 1 ? 2 : format === 3 ? 3 : 1
      const size = length === 1 ? first >> 3 : (low >>> 4) & (length === 2 ? 0xfff : 0xfffff)
      return this.#storedLiterals(input, at + length, end, type === 1, size)
    }
    const [length, width] = format < 2 ? [3, 10] : format === 2 ? [4, 14] : [5, 18]
    const mask = 2 ** width - 1
    const size = (low >>> 4) & mask
    const stored = (length === 5 ? (low >>> 22) | (input.view.getUint8(at + 4) << 10) : low >>> (4 + width)) & mask
    const stop = at + length + stored
    if (stop > end || size > ZSTD_BLOCK) return -1
    const start = type === 3 ? at + length : this.#huffman.read(input.bytes, input.view, at + length, stop)
    if (start < 0 || this.#huffman.isEmpty) return -1
    const { bytes, literals } = this.history
    const isSound =
      format === 0
        ? this.#huffman.decode(input, start, stop, bytes, literals, literals + size)
        : this.#huffman.decodeFour(input, start, stop, bytes, literals, literals + size)
    this.#literals = size
    return isSound ? stop : -1
  }

  /** Literals that stand in the block as they are, or one byte for all. */
  #storedLiterals(input: ZstdBytes, at: number, end: number, isRle: boolean, size: number): number {
    const stop = at + (isRle ? 1 : size)
    if (stop > end || size > ZSTD_BLOCK) return -1
    const { bytes, literals } = this.history
    if (isRle) bytes.fill(input.bytes[at] ?? 0, literals, literals + size)
    else bytes.set(input.bytes.subarray(at, stop), literals)
    this.#literals = size
    return stop
  }
}

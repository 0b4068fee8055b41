/** Bytes gathered in memory in pieces of 1 MiB, readable at any offset: no buffer ever has to grow by copying. */
import { checkRange } from './byte-sources.ts'
import type { ByteSource } from './source.ts'

const PIECE = 1024 * 1024

export class MemorySpill {
  readonly #pieces: Uint8Array[] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const within = this.#size % PIECE
      let piece = this.#pieces.at(-1)
      if (within === 0 || !piece) {
        piece = new Uint8Array(PIECE)
        this.#pieces.push(piece)
      }
      const part = bytes.subarray(at, at + PIECE - within)
      piece.set(part, within)
      this.#size += part.length
      at += part.length
    }
  }

  /** What was appended, in order. */
  *pieces(): Generator<Uint8Array> {
    for (const [index, piece] of this.#pieces.entries()) {
      yield piece.subarray(0, Math.min(PIECE, this.#size - index * PIECE))
    }
  }

  source(): ByteSource {
    return {
      size: this.#size,
      read: (offset, length, signal) => {
        try {
          signal?.throwIfAborted()
          checkRange(this.#size, offset, length)
          return Promise.resolve(this.#read(offset, length))
        } catch (error) {
          return Promise.reject(error instanceof Error ? error : new Error(String(error)))
        }
      },
    }
  }

  #read(offset: number, length: number): Uint8Array {
    const first = Math.floor(offset / PIECE)
    const start = offset - first * PIECE
    if (start + length <= PIECE) return this.#pieces[first]?.subarray(start, start + length) ?? new Uint8Array(0)
    const out = new Uint8Array(length)
    for (let done = 0, index = first; done < length; index++) {
      const from = index === first ? start : 0
      const part = this.#pieces[index]?.subarray(from, from + length - done) ?? new Uint8Array(0)
      out.set(part, done)
      done += PIECE - from
    }
    return out
  }
}

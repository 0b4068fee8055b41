/**
 * A bounded page cache over a source. One read of a file in a browser costs one to two milliseconds whatever its
 * length up to 256 KiB, so headers and small members are served from blocks of that size: reading ahead and
 * re-reading become one mechanism. Long reads go straight to the source and leave the cache alone.
 */
import { checkRange } from './byte-sources.ts'
import type { ByteSource, FilePart } from './source.ts'

/** Sizes of the cache, in bytes. */
export interface CacheOptions {
  /** Block size, 256 KiB unless told otherwise. */
  readonly block?: number
  /** Most bytes kept, 32 MiB unless told otherwise. */
  readonly capacity?: number
}

const BLOCK = 256 * 1024
const CAPACITY = 32 * 1024 * 1024
/** Reads of more than this many blocks bypass the cache. */
const BYPASS_BLOCKS = 2

export class CachedSource implements ByteSource {
  readonly size: number
  readonly blob: (() => Blob) | undefined
  readonly file: FilePart | undefined
  readonly #source: ByteSource
  readonly #block: number
  readonly #maxBlocks: number
  /** Block number → its bytes, in order of last use (a Map keeps insertion order). */
  readonly #blocks = new Map<number, Promise<Uint8Array>>()

  constructor(source: ByteSource, options: CacheOptions = {}) {
    this.size = source.size
    this.blob = source.blob
    this.file = source.file
    this.#source = source
    this.#block = Math.max(1, options.block ?? BLOCK)
    this.#maxBlocks = Math.max(2, Math.floor((options.capacity ?? CAPACITY) / this.#block))
  }

  async read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted()
    checkRange(this.size, offset, length)
    if (length === 0) return new Uint8Array(0)
    const first = Math.floor(offset / this.#block)
    const last = Math.floor((offset + length - 1) / this.#block)
    if (length > BYPASS_BLOCKS * this.#block && length >= BLOCK) return this.#source.read(offset, length, signal)
    if (first === last) {
      const bytes = await this.#get(first)
      signal?.throwIfAborted()
      const start = offset - first * this.#block
      return bytes.subarray(start, start + length)
    }
    return this.#gather(offset, length, first, last, signal)
  }

  async #gather(
    offset: number,
    length: number,
    first: number,
    last: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const out = new Uint8Array(length)
    for (let index = first; index <= last; index++) {
      const bytes = await this.#get(index)
      signal?.throwIfAborted()
      const base = index * this.#block
      const from = Math.max(0, offset - base)
      const to = Math.min(bytes.length, offset + length - base)
      out.set(bytes.subarray(from, to), base + from - offset)
    }
    return out
  }

  /** Several readers may wait for one block, so a block's own read is never tied to one reader's signal. */
  #get(index: number): Promise<Uint8Array> {
    const known = this.#blocks.get(index)
    if (known) {
      this.#blocks.delete(index)
      this.#blocks.set(index, known)
      return known
    }
    const start = index * this.#block
    const bytes = this.#source.read(start, Math.min(this.#block, this.size - start))
    this.#blocks.set(index, bytes)
    bytes.catch(() => this.#blocks.delete(index))
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= this.#maxBlocks) break
      this.#blocks.delete(oldest)
    }
    return bytes
  }
}

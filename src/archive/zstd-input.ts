/**
 * Compressed input of the zstd decoder: a buffer that holds at least one whole block, filled from a source with one
 * read ahead. Bit streams are read from their end towards their start and are checked afterwards, so there is room in
 * front of the data: a damaged stream runs into it instead of out of the buffer.
 */
import type { ByteSource } from './source.ts'
import { ZSTD_BLOCK } from './zstd-frame.ts'

/** Room in front: a damaged Huffman stream takes at most 32 Ki symbols of 11 bits, which are 44 KiB. */
const FRONT = 48 * 1024
/** Longest work, in milliseconds, between two looks at the event loop, apart from one piece of input. */
const BREATH = 250
/** Room behind: words of four bytes are read at any byte. */
const BEHIND = 16

export class ZstdInput {
  readonly bytes: Uint8Array
  readonly view: DataView
  /** Index in `bytes` of the next byte that is not used yet. */
  at = FRONT
  readonly #source: ByteSource
  readonly #perRead: number
  readonly #signal: AbortSignal | undefined
  /** Index behind the last byte that is there. */
  #end = FRONT
  /** Offset in the source of what `#next` reads. */
  #fetched = 0
  #next: Promise<Uint8Array> | undefined
  #breathed = performance.now()

  /** Reads `source` in pieces of `perRead` bytes. */
  constructor(source: ByteSource, perRead: number, signal?: AbortSignal) {
    this.#source = source
    this.#perRead = perRead
    this.#signal = signal
    this.bytes = new Uint8Array(FRONT + Math.min(perRead, source.size) + 2 * ZSTD_BLOCK + BEHIND)
    this.view = new DataView(this.bytes.buffer)
  }

  /** Offset in the source of the next byte. */
  get offset(): number {
    return this.#fetched - (this.#end - this.at)
  }

  /** Bytes of the source from the next one on. */
  get left(): number {
    return this.#source.size - this.offset
  }

  /** True when the next `count` bytes are in the buffer. */
  has(count: number): boolean {
    return this.at + count <= this.#end
  }

  /** Gets the next `count` bytes, at most a block and its header, or all there are; true when they are there. */
  async fill(count: number): Promise<boolean> {
    while (!this.has(count) && this.#fetched < this.#source.size) {
      const piece = await (this.#next ?? this.#read())
      await this.#breathe()
      this.#signal?.throwIfAborted()
      this.bytes.copyWithin(FRONT, this.at, this.#end)
      this.#end += FRONT - this.at
      this.at = FRONT
      this.bytes.set(piece, this.#end)
      this.#end += piece.length
      this.#fetched += piece.length
      this.#next = this.#fetched < this.#source.size ? this.#read() : undefined
      // Whether the read ahead failed is said when its bytes are wanted.
      this.#next?.catch(() => undefined)
    }
    return this.has(count)
  }

  /** Passes over `count` bytes, which are inside the source. */
  skip(count: number): void {
    if (this.has(count)) {
      this.at += count
      return
    }
    this.#fetched = this.offset + count
    this.at = FRONT
    this.#end = FRONT
    this.#next = undefined
  }

  /** What is in the buffer of the next `count` bytes; a view that the next `fill` makes invalid. */
  peek(count: number): Uint8Array {
    return this.bytes.subarray(this.at, Math.min(this.at + count, this.#end))
  }

  /** Lets a cancel arrive where much input yields little output and is there without waiting. */
  async #breathe(): Promise<void> {
    if (performance.now() - this.#breathed < BREATH) return
    await new Promise((resolve) => setTimeout(resolve))
    this.#breathed = performance.now()
  }

  #read(): Promise<Uint8Array> {
    return this.#source.read(this.#fetched, Math.min(this.#perRead, this.#source.size - this.#fetched), this.#signal)
  }
}

/**
 * Reads a Blob from front to back through one stream into buffers that are used again. Measured in Chromium, two threads
 * read several times as fast as by one `arrayBuffer()` of a slice after the other, each into fresh memory.
 */
import type { Buffers } from './buffers.ts'
import { blobSource, checkRange, unreadable } from './byte-sources.ts'
import type { ByteSource } from './source.ts'

/** Bytes ahead of the last read that are read along rather than jumped over. */
const NEAR = 1024 * 1024
/** Bytes of a read for which a stream is opened; smaller ones, far from the last, are read by themselves. */
const WORTH = 512 * 1024

export class BlobReader {
  readonly #blob: Blob
  readonly #source: ByteSource
  readonly #buffers: Buffers
  #stream: ReadableStreamBYOBReader | undefined
  /** Where the stream stands in the Blob. */
  #position = 0
  #turn: Promise<unknown> = Promise.resolve()

  constructor(blob: Blob, buffers: Buffers) {
    this.#blob = blob
    this.#source = blobSource(blob)
    this.#buffers = buffers
  }

  /** Those bytes, in memory of the buffers; one read after the other. Errors as those of `blobSource`. */
  read(offset: number, length: number): Promise<Uint8Array> {
    const turn = this.#turn.then(() => this.#read(offset, length))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Gives up the stream when the reads asked for are done. A later read opens another. */
  rest(): void {
    this.#turn = this.#turn.then(() => {
      this.#leave()
    })
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    checkRange(this.#blob.size, offset, length)
    const gap = offset - this.#position
    const goesOn = this.#stream !== undefined && gap >= 0 && gap <= NEAR
    if (!goesOn && length < WORTH) return this.#source.read(offset, length)
    const stream = goesOn ? this.#stream : this.#open(offset)
    if (!stream) return this.#source.read(offset, length)
    try {
      if (goesOn && gap > 0) this.#buffers.giveBack((await this.#fill(stream, gap)).buffer)
      return await this.#fill(stream, length)
    } catch (cause) {
      this.#stream = undefined
      throw unreadable(cause)
    }
  }

  /** A stream from there on; undefined where Blobs have none that fills buffers. */
  #open(offset: number): ReadableStreamBYOBReader | undefined {
    this.#leave()
    try {
      this.#stream = this.#blob.slice(offset).stream().getReader({ mode: 'byob' })
      this.#position = offset
    } catch {
      return undefined
    }
    return this.#stream
  }

  #leave(): void {
    // What a stream that is left behind still says concerns nobody.
    this.#stream?.cancel().catch(() => undefined)
    this.#stream = undefined
  }

  async #fill(stream: ReadableStreamBYOBReader, length: number): Promise<Uint8Array<ArrayBuffer>> {
    let { buffer } = this.#buffers.take(length)
    for (let filled = 0; filled < length;) {
      const { value } = await stream.read(new Uint8Array(buffer, filled, length - filled))
      if (!value || value.length === 0) throw new Error('the file ends before its size')
      this.#buffers.moved(buffer, value.buffer)
      ;({ buffer } = value)
      filled += value.length
    }
    this.#position += length
    return new Uint8Array(buffer, 0, length)
  }
}

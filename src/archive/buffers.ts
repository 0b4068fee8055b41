/** Buffers for reads that are used again and again: clearing new ones would cost more than reading into them. */

/** Bytes of each. */
const SIZE = 4 * 1024 * 1024

export class Buffers {
  readonly #free: ArrayBuffer[] = []
  readonly #own = new Set<ArrayBufferLike>()

  /** Room for that many bytes; what it holds is left over from before. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length > SIZE) return new Uint8Array(length)
    const buffer = this.#free.pop() ?? new ArrayBuffer(SIZE)
    this.#own.add(buffer)
    return new Uint8Array(buffer, 0, length)
  }

  /** What was taken is now reached through another object: a stream hands the memory it has filled back in a new one. */
  moved(from: ArrayBuffer, to: ArrayBuffer): void {
    if (this.#own.delete(from)) this.#own.add(to)
  }

  /** Nobody looks at this buffer any more. */
  giveBack(buffer: ArrayBufferLike): void {
    if (buffer instanceof ArrayBuffer && this.#own.delete(buffer)) this.#free.push(buffer)
  }
}

/** The bytes of a piece that were seen last, for showing what stands around a hit. */

/** A scan may report a hit this far behind the bytes it was fed last (a block of a regular expression and its context). */
const LAG = 512 * 1024

export class RecentBytes {
  readonly #chunks: { readonly at: number; readonly bytes: Uint8Array }[] = []
  #end = 0

  /** Position behind the last byte seen. */
  get end(): number {
    return this.#end
  }

  clear(): void {
    this.#chunks.length = 0
    this.#end = 0
  }

  /** The bytes at a position; they must stay as they are. */
  add(at: number, bytes: Uint8Array): void {
    if (at !== this.#end) this.#chunks.length = 0
    while (this.#chunks[0] && this.#chunks[0].at + this.#chunks[0].bytes.length < at - LAG) this.#chunks.shift()
    this.#chunks.push({ at, bytes })
    this.#end = at + bytes.length
  }

  /** Whether bytes of this buffer are among them. */
  holds(buffer: ArrayBufferLike): boolean {
    return this.#chunks.some(({ bytes }) => bytes.buffer === buffer)
  }

  /** What is known of [from, to), and the position where it begins. */
  take(from: number, to: number): { readonly from: number; readonly bytes: Uint8Array } {
    const start = Math.max(from, this.#chunks[0]?.at ?? from)
    const stop = Math.max(start, Math.min(to, this.#end))
    const bytes = new Uint8Array(stop - start)
    for (let i = this.#chunks.length - 1; i >= 0; i--) {
      const chunk = this.#chunks[i]
      if (!chunk || chunk.at + chunk.bytes.length <= start) break
      if (chunk.at >= stop) continue
      const low = Math.max(start, chunk.at)
      bytes.set(chunk.bytes.subarray(low - chunk.at, stop - chunk.at), low - start)
    }
    return { from: start, bytes }
  }
}

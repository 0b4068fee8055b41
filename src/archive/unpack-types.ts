/** What the decompressors share: where output goes, what bounds it, how far they are. */
import { LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { Progress } from './member.ts'

/** Takes inflated bytes in order. The bytes may be kept: decompressors do not write to them again. */
export interface UnpackSink {
  write(bytes: Uint8Array): Promise<void>
  /** Forgets everything written: the archive is inflated again from its first byte by another decoder. */
  reset(): Promise<void>
}

export interface UnpackOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** Input between two progress reports. */
const REPORT_EVERY = 1024 * 1024
/** Output between two looks at the event loop, so that a cancel can arrive even when input comes from memory. */
const BREATH = 8 * 1024 * 1024

/** Counts both sides of a decompressor and stops bombs. */
export class UnpackMeter {
  input = 0
  output = 0
  #reported = 0
  #breathed = 0
  readonly #sink: UnpackSink
  readonly #total: number
  readonly #options: UnpackOptions

  constructor(sink: UnpackSink, total: number, options: UnpackOptions) {
    this.#sink = sink
    this.#total = total
    this.#options = options
  }

  /** Notes how many bytes of input are used. */
  progress(input: number): void {
    this.input = input
    if (input - this.#reported < REPORT_EVERY && input < this.#total) return
    this.#reported = input
    this.#options.onProgress?.({ phase: 'inflating', done: input, total: this.#total, unit: 'bytes' })
  }

  /** Hands output on. Throws LimitError when it grows beyond any believable archive. */
  async emit(bytes: Uint8Array): Promise<void> {
    this.#options.signal?.throwIfAborted()
    if (bytes.length === 0) return
    this.output += bytes.length
    if (this.output > limits.inflatedArchive) {
      throw new LimitError('inflatedArchive', `inflating stopped at ${this.output} bytes (limit inflatedArchive)`)
    }
    if (this.output > limits.inflateRatioGrace && this.output > this.input * limits.inflateRatio) {
      const text = `${this.input} bytes inflate to more than ${this.output} bytes: taken for a decompression bomb (limit inflateRatio)`
      throw new LimitError('inflateRatio', text)
    }
    await this.#sink.write(bytes)
    if (this.output - this.#breathed < BREATH) return
    this.#breathed = this.output
    await new Promise((resolve) => setTimeout(resolve))
    this.#options.signal?.throwIfAborted()
  }

  async restart(): Promise<void> {
    this.input = 0
    this.output = 0
    this.#reported = 0
    this.#breathed = 0
    await this.#sink.reset()
  }
}

/** One file on its way to the person's disk: written as its bytes are made where the browser can, else a download. */
import { isAbort } from '../../base/errors.ts'
import { errorText } from './format.ts'
import { pickFile, saveBlob, saveStream } from './save.ts'

/** How a file can be had: whole, or as a stream. `about` is told of it either way. */
export interface FileSource<T> {
  readonly blob: (signal: AbortSignal) => Promise<{ readonly about: T; readonly blob: Blob }>
  readonly stream: (signal: AbortSignal) => Promise<{
    readonly about: T
    /** Bytes; undefined when it is known only at the end. */
    readonly size: number | undefined
    readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>
  }>
}

export class FileSave {
  #controller: AbortController | undefined
  busy = $state(false)
  /** Bytes written, of `total` when that is known. */
  written = $state(0)
  total = $state<number | undefined>()
  failure = $state<string | undefined>()

  cancel(): void {
    this.#controller?.abort()
  }

  /** To be called at once when a button is pressed. Undefined when it failed, which `failure` says, or was cancelled. */
  save<T>(name: string, source: FileSource<T>): Promise<T | undefined> {
    return this.run(async (signal) => {
      const file = await pickFile(name)
      if (!file) {
        const { about, blob } = await source.blob(signal)
        signal.throwIfAborted()
        saveBlob(name, blob)
        return about
      }
      const { about, size, stream } = await source.stream(signal)
      this.written = 0
      this.total = size
      await saveStream(file, stream, { signal, onBytes: (bytes) => (this.written = bytes) })
      return about
    })
  }

  /** Any work with the same signs of life. Work that is under way is cancelled. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.cancel()
    const controller = new AbortController()
    this.#controller = controller
    this.busy = true
    this.written = 0
    this.total = this.failure = undefined
    try {
      return await work(controller.signal)
    } catch (error) {
      if (!isAbort(error) && this.#controller === controller) this.failure = errorText(error)
      return undefined
    } finally {
      if (this.#controller === controller) this.busy = false
    }
  }
}

/** Entry of a scan thread. It holds no archive: it reads what it is given to read, or asks its owner for bytes. */
import { expose, transfer } from 'comlink'
import { BlobReader } from '../src/archive/blob-reader.ts'
import { Buffers } from '../src/archive/buffers.ts'
import { openToRead, readInto, type SyncHandle } from '../src/archive/opfs-file.ts'
import type { Batch, BatchResult, Beat, ScanTask } from '../src/search/batch.ts'
import type { OwnSource } from '../src/archive/source.ts'
import type { ReadMember } from '../src/search/read-ahead.ts'
import { Scanner } from '../src/search/scanner.ts'
import { buffersOf } from './buffers.ts'

/** Milliseconds between two signs of life while the thread waits for bytes. */
const ALIVE = 500

type ReadOne = (offset: number, length: number) => Promise<Uint8Array> | Uint8Array

export class ScanService {
  readonly #buffers = new Buffers()
  readonly #readers = new Map<number, ReadOne>()
  /** By name: all are of one folder. */
  readonly #handles = new Map<string, SyncHandle>()
  #streaming: BlobReader | undefined
  #scanner: Scanner | undefined
  #read: ReadMember | undefined
  #alive: ReturnType<typeof setInterval> | undefined

  /** `read` gives bytes of members that the thread cannot read itself. */
  begin(task: ScanTask, read: ReadMember, onBeat: (beat: Beat) => unknown): void {
    this.#read = read
    const scanner = new Scanner(task, (beat) => void onBeat(beat))
    this.#scanner = scanner
    this.#alive = setInterval(() => {
      scanner.alive()
    }, ALIVE)
  }

  /** Lets go of the task and of everything that was opened for it. */
  rest(): void {
    clearInterval(this.#alive)
    this.#streaming?.rest()
    for (const handle of this.#handles.values()) handle.close()
    this.#handles.clear()
    this.#readers.clear()
    this.#streaming = this.#scanner = this.#read = undefined
  }

  /** Scans a batch; `sources` are the members it can read itself, as far as they are new to it. */
  async scan(batch: Batch, sources: ReadonlyMap<number, OwnSource>): Promise<BatchResult> {
    const [scanner, elsewhere] = [this.#scanner, this.#read]
    if (!scanner || !elsewhere) throw new Error('the thread has no task')
    for (const [member, source] of sources) {
      const reader = await this.#reader(source)
      if (reader) this.#readers.set(member, reader)
    }
    const result = await scanner.scan(
      batch,
      (member, offset, length) => this.#readers.get(member)?.(offset, length) ?? elsewhere(member, offset, length),
      (buffer) => {
        this.#buffers.giveBack(buffer)
      },
    )
    return transfer(result, [...buffersOf(result), ...buffersOf(result.strings ?? {})])
  }

  async #reader(source: OwnSource): Promise<ReadOne | undefined> {
    if (source instanceof Blob) {
      const blob = new BlobReader(source, this.#buffers)
      return (offset, length) => {
        // One stream is open at a time, however many members there are.
        if (this.#streaming !== blob) this.#streaming?.rest()
        this.#streaming = blob
        return blob.read(offset, length)
      }
    }
    const { handle: file, offset: start, size } = source
    const handle = this.#handles.get(file.name) ?? (await openToRead(file))
    if (!handle) return undefined
    this.#handles.set(file.name, handle)
    return (offset, length) => {
      const bytes = this.#buffers.take(length)
      readInto(handle, start + size, start + offset, bytes)
      return bytes
    }
  }
}

expose(new ScanService())

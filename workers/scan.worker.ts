/** Entry of a scan thread. It holds no archive: it reads Blobs it is given, or asks its owner for bytes. */
import { expose, transfer } from 'comlink'
import { blobSource } from '../src/archive/byte-sources.ts'
import type { Batch, BatchResult, Beat, ScanTask } from '../src/search/batch.ts'
import type { ReadMember } from '../src/search/read-ahead.ts'
import { Scanner } from '../src/search/scanner.ts'
import { buffersOf } from './buffers.ts'

/** Milliseconds between two signs of life while the thread waits for bytes. */
const ALIVE = 500

export class ScanService {
  #scanner: Scanner | undefined
  #read: ReadMember | undefined

  /** `read` gives bytes of members that are no Blobs. */
  begin(task: ScanTask, read: ReadMember, onBeat: (beat: Beat) => unknown): void {
    this.#read = read
    const scanner = new Scanner(task, (beat) => void onBeat(beat))
    this.#scanner = scanner
    setInterval(() => {
      scanner.alive()
    }, ALIVE)
  }

  /** Scans a batch whose members are these Blobs, as far as they are some. */
  async scan(batch: Batch, blobs: ReadonlyMap<number, Blob>): Promise<BatchResult> {
    const sources = new Map([...blobs].map(([member, blob]) => [member, blobSource(blob)]))
    const [scanner, elsewhere] = [this.#scanner, this.#read]
    if (!scanner || !elsewhere) throw new Error('the thread has no task')
    const result = await scanner.scan(batch, async (member, offset, length) => {
      const source = sources.get(member)
      return source ? source.read(offset, length) : elsewhere(member, offset, length)
    })
    return transfer(result, [...buffersOf(result), ...buffersOf(result.strings ?? {})])
  }
}

expose(new ScanService())

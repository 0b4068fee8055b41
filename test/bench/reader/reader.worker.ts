/** Reads as a scan worker reads: ahead, in reads of the same size. */
import { expose } from 'comlink'
import { BlobReader } from '../../../src/archive/blob-reader.ts'
import { Buffers } from '../../../src/archive/buffers.ts'
import { readAhead } from '../../../src/search/read-ahead.ts'

export class Reader {
  /** Bytes that were read. */
  async read(file: Blob, offset: number, length: number): Promise<number> {
    const buffers = new Buffers()
    const source = new BlobReader(file, buffers)
    const piece = { segments: [{ member: 0, offset, length }], length, from: 0, below: length, owners: [] }
    let total = 0
    for await (const chunks of readAhead([piece], (_, at, size) => source.read(at, size)))
      for (const { bytes } of chunks) {
        total += bytes?.length ?? 0
        if (bytes) buffers.giveBack(bytes.buffer)
      }
    return total
  }
}

expose(new Reader())

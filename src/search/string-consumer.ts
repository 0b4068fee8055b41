/** Gathers the distinct strings of the pieces, within a bounded table. */
import { StringScan } from '../scan/strings.ts'
import { StringTable } from '../scan/string-table.ts'
import type { Batch, BatchResult, ScanTask, StringColumns } from './batch.ts'
import type { Consumer } from './scanner.ts'

type StringsTask = Extract<ScanTask, { kind: 'strings' }>

/** A place is one number: the piece, counted over all batches, above these bits, the position in it below. */
const POSITION_BITS = 36n
const POSITION_MASK = (1n << POSITION_BITS) - 1n

export class StringConsumer implements Consumer {
  readonly #table = new StringTable()
  readonly #scan: StringScan
  #batch: Batch = { pieces: [], keep: 0, verbose: false }
  #first = 0n
  #piece = 0
  #found = new Float64Array(0)
  #occurrences = 0

  constructor({ minLength, encodings }: StringsTask) {
    const options = {
      minLength,
      ascii: encodings.includes('ascii'),
      utf8: encodings.includes('utf-8'),
      utf16le: encodings.includes('utf-16le'),
      utf16be: encodings.includes('utf-16be'),
    }
    this.#scan = new StringScan(options, (bytes, from, to, address, encoding) => {
      const piece = this.#batch.pieces[this.#piece]
      const at = Number(address)
      if (!piece || at < piece.from || at >= piece.below) return
      this.#occurrences += 1
      this.#found[this.#piece] = (this.#found[this.#piece] ?? 0) + 1
      const place = ((this.#first + BigInt(this.#piece)) << POSITION_BITS) | (address & POSITION_MASK)
      this.#table.add(bytes, from, to, place, encoding)
    })
  }

  begin(batch: Batch): void {
    this.#first += BigInt(this.#batch.pieces.length)
    this.#batch = batch
    this.#found = new Float64Array(batch.pieces.length)
  }

  piece(index: number): void {
    this.#scan.gap()
    this.#piece = index
  }

  feed(at: number, bytes: Uint8Array): void {
    this.#scan.feed(BigInt(at), bytes)
  }

  end(): Pick<BatchResult, 'hits' | 'bytes' | 'found'> {
    this.#scan.gap()
    return { hits: [], bytes: new Uint8Array(0), found: this.#found }
  }

  columns(limit: number): StringColumns {
    const distinct = this.#table.size
    const count = Math.min(limit, distinct)
    const entries = Array.from({ length: count }, (_, index) => this.#table.at(index))
    const starts = new Float64Array(count + 1)
    for (const [index, { bytes }] of entries.entries()) starts[index + 1] = (starts[index] ?? 0) + bytes.length
    const bytes = new Uint8Array(starts[count] ?? 0)
    for (const [index, entry] of entries.entries()) bytes.set(entry.bytes, starts[index])
    return {
      count,
      bytes,
      starts,
      encodings: entries.map(({ encoding }) => encoding),
      counts: Float64Array.from(entries, (entry) => entry.count),
      pieces: Float64Array.from(entries, ({ address }) => Number(address >> POSITION_BITS)),
      at: Float64Array.from(entries, ({ address }) => Number(address & POSITION_MASK)),
      distinct,
      occurrences: this.#occurrences,
      leftOut: this.#table.leftOut,
    }
  }
}

/** Gathers the distinct strings of a batch, within a bounded table. */
import { StringScan } from '../scan/strings.ts'
import { StringTable } from '../scan/string-table.ts'
import type { Batch, BatchResult, ScanTask } from './batch.ts'
import type { Consumer } from './scanner.ts'

type StringsTask = Extract<ScanTask, { kind: 'strings' }>

/** A place is one number: the index of a piece times this, and the position in the piece. */
export const PLACES = 2 ** 28
/** Memory for the strings of one batch. */
const TABLE = 48 * 1024 * 1024

export class StringConsumer implements Consumer {
  readonly #table = new StringTable(TABLE)
  readonly #scan: StringScan
  #batch: Batch = { pieces: [], keep: 0, verbose: false }
  #piece = 0
  #found = new Float64Array(0)

  constructor({ minLength, encodings }: StringsTask) {
    const options = {
      minLength,
      ascii: encodings.includes('ascii'),
      utf8: encodings.includes('utf-8'),
      utf16le: encodings.includes('utf-16le'),
      utf16be: encodings.includes('utf-16be'),
    }
    this.#scan = new StringScan(options, (bytes, from, to, at, encoding) => {
      const piece = this.#batch.pieces[this.#piece]
      if (!piece || at < piece.from || at >= piece.below) return
      this.#found[this.#piece] = (this.#found[this.#piece] ?? 0) + 1
      this.#table.add(bytes, from, to, this.#piece * PLACES + at, encoding)
    })
  }

  begin(batch: Batch): void {
    this.#batch = batch
    this.#found = new Float64Array(batch.pieces.length)
    this.#table.clear()
  }

  piece(index: number): void {
    this.#scan.gap()
    this.#piece = index
  }

  feed(at: number, bytes: Uint8Array): void {
    this.#scan.feed(at, bytes)
  }

  end(): Omit<BatchResult, 'unread' | 'unreadWhy'> {
    this.#scan.gap()
    return { hits: [], bytes: new Uint8Array(0), found: this.#found, strings: this.#table.columns() }
  }

  holds(): boolean {
    return false
  }
}

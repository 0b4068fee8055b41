/** Scans batches of pieces: what runs in a thread of its own, where it can be ended. */
import type { ScanTask, Batch, BatchResult, Beat } from './batch.ts'
import { PatternConsumer } from './pattern-consumer.ts'
import { readAhead, type ReadMember } from './read-ahead.ts'
import { StringConsumer } from './string-consumer.ts'

/** Takes the bytes of pieces one after the other. */
export interface Consumer {
  begin(batch: Batch): void
  /** The piece with that index begins; what came before is another run. */
  piece(index: number): void
  feed(at: number, bytes: Uint8Array): void
  /** All pieces of the batch were fed. */
  end(): Omit<BatchResult, 'unread' | 'unreadWhy'>
  /** Whether it will still look at bytes of this buffer. */
  holds(buffer: ArrayBufferLike): boolean
}

/** A thread tells that it lives at most this often, in milliseconds, unless it is asked to tell every step. */
const QUIET = 250

export class Scanner {
  readonly #consumer: Consumer
  readonly #onBeat: (beat: Beat) => void
  #last = 0
  #beaten: Beat | undefined

  /** Throws when the patterns cannot be used. */
  constructor(task: ScanTask, onBeat: (beat: Beat) => void) {
    this.#onBeat = onBeat
    this.#consumer =
      task.kind === 'strings'
        ? new StringConsumer(task)
        : new PatternConsumer(task, (beat, batch) => {
            this.#beat(beat, batch.verbose)
          })
  }

  /** `giveBack` is told the buffers of reads that nobody looks at any more. */
  async scan(
    batch: Batch,
    read: ReadMember,
    giveBack: (buffer: ArrayBufferLike) => void = () => undefined,
  ): Promise<BatchResult> {
    const consumer = this.#consumer
    let current = -1
    let unread = 0
    let unreadWhy: string | undefined
    let spent = new Set<ArrayBufferLike>()
    consumer.begin(batch)
    // The first step of a batch is always told: from then on silence counts.
    this.#last = -QUIET
    for await (const chunks of readAhead(batch.pieces, read)) {
      for (const { piece, at, length, bytes, error } of chunks) {
        if (piece !== current) consumer.piece(piece)
        current = piece
        this.#beat({ piece, at, pattern: undefined }, false)
        if (bytes) {
          consumer.feed(at, bytes)
          spent.add(bytes.buffer)
        } else {
          unread += length
          unreadWhy ??= error
        }
      }
      const held = new Set<ArrayBufferLike>()
      for (const buffer of spent)
        if (consumer.holds(buffer)) held.add(buffer)
        else giveBack(buffer)
      spent = held
    }
    const result = { ...consumer.end(), unread, unreadWhy }
    spent.forEach(giveBack)
    return result
  }

  /** Says again what was said last: the thread waits for bytes and does not hang. */
  alive(): void {
    if (this.#beaten) this.#onBeat(this.#beaten)
  }

  #beat(beat: Beat, verbose: boolean): void {
    const now = performance.now()
    if (!verbose && now - this.#last < QUIET) return
    this.#last = now
    this.#beaten = beat
    this.#onBeat(beat)
  }
}

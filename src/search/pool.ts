/**
 * Threads that scan the pieces of a plan, and a watch over them. A thread that gives no sign of life for seconds hangs
 * in a regular expression, or the machine is busy: it is ended, and its batch is scanned again with every step announced.
 * The pattern in whose step it then falls silent twice is not looked for any more. Results count per batch, so nothing
 * is told twice.
 */
import { isAbort } from '../base/errors.ts'
import type { Batch, BatchResult, Beat, ScanThread } from './batch.ts'
import type { Piece } from './piece.ts'

/** Starts a thread that leaves out the patterns in `skip` and calls `onBeat` while it lives. */
export type StartThread = (skip: readonly number[], onBeat: (beat: Beat) => void) => ScanThread

export interface PoolOptions {
  readonly threads: number
  /** Number of patterns; when all are stopped the pool ends. */
  readonly patterns: number
  readonly start: StartThread
  /** Hits that are still wanted one by one. */
  readonly keep: () => number
  readonly onResult: (pieces: readonly Piece[], result: BatchResult) => void
  /** `at`: position in the piece. */
  readonly onStopped: (pattern: number, piece: Piece, at: number) => void
  /** A batch whose thread fails: it is left out. */
  readonly onFailed: (pieces: readonly Piece[], message: string) => void
  readonly signal: AbortSignal
  /** Most bytes of a batch that is not one piece. */
  readonly batch?: number
  /** Milliseconds of silence that mean a thread hangs. */
  readonly patience?: number
}

const PATIENCE = 2500
/** Times the patience that a thread has for its first sign of life: it must be started and read, and no pattern runs yet. */
const START = 6
/** Milliseconds between two looks at a thread. A look that comes much later means that this thread itself was busy. */
const LOOK = 200
/**
 * What is found is told batch by batch: a batch has the bytes that a thread scans in this time, in milliseconds. The first
 * ones are small, so that first hits come soon and every thread begins.
 */
const BATCH_TIME = 150
const FIRST_BATCH = 1024 * 1024
const BATCH = 64 * 1024 * 1024
/** Batches that are handed out one by one; then a thread takes several, so that it goes on reading where it stands. */
const ALONE = 4
const STRETCH = 64 * 1024 * 1024
/** Pieces in one batch. */
const PIECES = 1024

/** Scans all pieces; resolves when they are done. Rejects with AbortError when cancelled. */
export async function runPool(pieces: AsyncIterable<Piece>, options: PoolOptions): Promise<void> {
  const pace: Pace = { bytes: FIRST_BATCH, largest: options.batch ?? BATCH }
  const stretches = stretchesOf(pieces, pace)
  const skip = new Set<number>()
  const lanes = Array.from({ length: Math.max(1, options.threads) }, () => new Lane(options, pace, skip).run(stretches))
  try {
    await Promise.all(lanes)
  } finally {
    await Promise.allSettled(lanes)
    await stretches.return(undefined)
  }
  options.signal.throwIfAborted()
}

type Pieces = readonly Piece[]

/** Bytes of the next batch, as the threads' speed has it, and of the largest. */
interface Pace {
  bytes: number
  readonly largest: number
}

function bytesOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

async function* stretchesOf(
  pieces: AsyncIterable<Piece>,
  pace: Pace,
): AsyncGenerator<readonly Pieces[], void, undefined> {
  let stretch: Pieces[] = []
  let bytes = 0
  let alone = ALONE
  for await (const batch of batchesOf(pieces, pace)) {
    stretch.push(batch)
    bytes += bytesOf(batch)
    if (alone <= 0 && bytes < STRETCH) continue
    yield stretch
    stretch = []
    bytes = 0
    alone -= 1
  }
  if (stretch.length > 0) yield stretch
}

async function* batchesOf(pieces: AsyncIterable<Piece>, pace: Pace): AsyncGenerator<Pieces, void, undefined> {
  let batch: Piece[] = []
  let bytes = 0
  for await (const piece of pieces) {
    if (batch.length > 0 && (bytes + piece.length > pace.bytes || batch.length >= PIECES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(piece)
    bytes += piece.length
  }
  if (batch.length > 0) yield batch
}

type Outcome =
  | { readonly kind: 'done'; readonly result: BatchResult }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'silent'; readonly beat: Beat | undefined }

class Lane {
  readonly #options: PoolOptions
  readonly #pace: Pace
  readonly #skip: Set<number>
  #thread: ScanThread | undefined
  /** Patterns skipped when the thread was started. */
  #skipped = 0
  #seen = 0
  #beat: Beat | undefined

  constructor(options: PoolOptions, pace: Pace, skip: Set<number>) {
    this.#options = options
    this.#pace = pace
    this.#skip = skip
  }

  async run(stretches: AsyncGenerator<readonly Pieces[], void, undefined>): Promise<void> {
    const { signal, patterns } = this.#options
    try {
      for (;;) {
        signal.throwIfAborted()
        if (this.#skip.size >= patterns && patterns > 0) return
        const next = await stretches.next()
        if (next.done === true) {
          await this.#thread?.rest()
          this.#thread = undefined
          return
        }
        for (const batch of next.value) await this.#scan(batch)
      }
    } finally {
      this.#end()
    }
  }

  #end(): void {
    this.#thread?.end()
    this.#thread = undefined
  }

  #ready(): ScanThread {
    if (this.#thread && this.#skipped !== this.#skip.size) this.#end()
    this.#skipped = this.#skip.size
    return (this.#thread ??= this.#options.start([...this.#skip], (beat) => {
      this.#seen = performance.now()
      this.#beat = beat
    }))
  }

  async #scan(pieces: Pieces): Promise<void> {
    const { keep, onResult, onStopped, onFailed, patterns } = this.#options
    const suspects = new Set<number>()
    for (let verbose = false; ;) {
      if (this.#skip.size >= patterns && patterns > 0) return
      const begun = performance.now()
      const outcome = await this.#watch({ pieces, keep: Math.max(0, keep()), verbose })
      if (outcome.kind === 'done') {
        const { largest } = this.#pace
        const fitting = (bytesOf(pieces) / (performance.now() - begun)) * BATCH_TIME
        this.#pace.bytes = Math.max(FIRST_BATCH, Math.min(largest, fitting || 0))
        onResult(pieces, outcome.result)
        return
      }
      const before = this.#skipped
      this.#end()
      if (outcome.kind === 'failed') {
        onFailed(pieces, outcome.message)
        return
      }
      // Another thread may have found the pattern meanwhile.
      if (before !== this.#skip.size) continue
      if (!verbose) {
        verbose = true
        continue
      }
      const { pattern, piece = -1, at = 0 } = outcome.beat ?? {}
      const where = pieces[piece]
      if (pattern === undefined || !where) {
        onFailed(pieces, 'it takes too long to scan')
        return
      }
      if (!suspects.has(pattern)) {
        suspects.add(pattern)
        continue
      }
      this.#skip.add(pattern)
      onStopped(pattern, where, at)
      verbose = false
    }
  }

  #watch(batch: Batch): Promise<Outcome> {
    const { signal, patience = PATIENCE } = this.#options
    const thread = this.#ready()
    this.#beat = undefined
    this.#seen = performance.now()
    return new Promise<Outcome>((resolve, reject) => {
      let looked = performance.now()
      const settle = (action: () => void): void => {
        clearInterval(timer)
        signal.removeEventListener('abort', abort)
        action()
      }
      const abort = (): void => {
        settle(() => {
          reject(signal.reason instanceof Error ? signal.reason : new DOMException('cancelled', 'AbortError'))
        })
      }
      const timer = setInterval(() => {
        const now = performance.now()
        if (now - looked > 3 * LOOK) this.#seen = now
        looked = now
        if (now - this.#seen > (this.#beat ? patience : START * patience))
          settle(() => {
            resolve({ kind: 'silent', beat: this.#beat })
          })
      }, LOOK)
      signal.addEventListener('abort', abort, { once: true })
      if (signal.aborted) abort()
      thread.scan(batch).then(
        (result) => {
          settle(() => {
            resolve({ kind: 'done', result })
          })
        },
        (error: unknown) => {
          settle(() => {
            if (error instanceof Error && isAbort(error)) reject(error)
            else resolve({ kind: 'failed', message: error instanceof Error ? error.message : 'it gives no reason' })
          })
        },
      )
    })
  }
}

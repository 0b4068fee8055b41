/** Looks for patterns in the pieces of a batch, and keeps what stands around each hit. */
import { startScan, type Hit, type Scan } from '../scan/driver.ts'
import { compile } from '../scan/pattern.ts'
import type { Batch, BatchHit, BatchResult, Beat, ScanTask } from './batch.ts'
import { RecentBytes } from './recent-bytes.ts'
import type { Consumer } from './scanner.ts'

/** Bytes shown before a hit, behind it, and of the hit itself. */
const CONTEXT = { before: 32, behind: 96, hit: 512 } as const

interface Waiting extends Omit<BatchHit, 'contextAt' | 'contextLength' | 'before'> {
  /** Position up to which bytes are wanted. */
  readonly until: number
}

type PatternTask = Extract<ScanTask, { kind: 'patterns' }>

export class PatternConsumer implements Consumer {
  readonly #scan: Scan
  /** Index of each compiled pattern among all. */
  readonly #indices: readonly number[]
  readonly #recent = new RecentBytes()
  #batch: Batch = { pieces: [], keep: 0, verbose: false }
  #piece = 0
  #waiting: Waiting[] = []
  #hits: BatchHit[] = []
  #kept = 0
  #bytes = new Uint8Array(0)
  #used = 0
  #found = new Float64Array(0)
  #matched = false

  constructor({ patterns, skip }: PatternTask, onBeat: (beat: Beat, batch: Batch) => void) {
    const skipped = new Set(skip)
    this.#indices = [...patterns.keys()].filter((index) => !skipped.has(index))
    const compiled = compile(patterns.filter((_, index) => !skipped.has(index)))
    if (compiled.kind === 'refused') throw new Error(compiled.errors[0]?.message ?? 'no patterns')
    this.#scan = startScan(compiled.set, {
      onHit: (hit) => {
        this.#onHit(hit)
      },
      onHeartbeat: (address, pattern) => {
        const index = pattern === undefined ? undefined : this.#indices[pattern]
        onBeat({ piece: this.#piece, at: Number(address), pattern: index }, this.#batch)
      },
      maxHits: Number.MAX_SAFE_INTEGER,
    })
  }

  begin(batch: Batch): void {
    this.#batch = batch
    this.#hits = []
    this.#kept = 0
    this.#bytes = new Uint8Array(4096)
    this.#used = 0
    this.#found = new Float64Array(batch.pieces.length)
  }

  piece(index: number): void {
    this.#finishPiece()
    this.#piece = index
  }

  feed(at: number, bytes: Uint8Array): void {
    this.#recent.add(at, bytes)
    this.#scan.feed(BigInt(at), bytes)
    this.#settle(this.#recent.end)
  }

  end(): Omit<BatchResult, 'unread' | 'unreadWhy'> {
    this.#finishPiece()
    return { hits: this.#hits, bytes: this.#bytes.slice(0, this.#used), found: this.#found }
  }

  holds(buffer: ArrayBufferLike): boolean {
    return this.#recent.holds(buffer)
  }

  #finishPiece(): void {
    this.#scan.gap()
    this.#settle(Number.POSITIVE_INFINITY)
    this.#recent.clear()
  }

  #onHit({ pattern, address, length, form, cut }: Hit): void {
    const at = Number(address)
    const piece = this.#batch.pieces[this.#piece]
    if (!piece || at < piece.from || at >= piece.below) return
    // The time from here to the first row on screen is measured.
    if (!this.#matched) performance.mark('cryoscope:match')
    this.#matched = true
    this.#found[this.#piece] = (this.#found[this.#piece] ?? 0) + 1
    if (this.#kept >= this.#batch.keep) return
    this.#kept += 1
    const until = at + Math.min(length, CONTEXT.hit) + CONTEXT.behind
    const index = this.#indices[pattern] ?? pattern
    this.#waiting.push({ piece: this.#piece, at, pattern: index, length, form, cut, until })
  }

  /** Takes what stands around the hits whose surroundings have been seen. */
  #settle(seen: number): void {
    if (this.#waiting.length === 0) return
    const later: Waiting[] = []
    for (const hit of this.#waiting) {
      if (hit.until > seen) later.push(hit)
      else this.#take(hit)
    }
    this.#waiting = later
  }

  #take({ until, ...hit }: Waiting): void {
    const { from, bytes } = this.#recent.take(Math.max(0, hit.at - CONTEXT.before), until)
    if (this.#used + bytes.length > this.#bytes.length) {
      const room = new Uint8Array(2 * (this.#used + bytes.length))
      room.set(this.#bytes)
      this.#bytes = room
    }
    this.#bytes.set(bytes, this.#used)
    this.#hits.push({ ...hit, contextAt: this.#used, contextLength: bytes.length, before: hit.at - from })
    this.#used += bytes.length
  }
}

import { describe, expect, test } from 'vitest'
import type { Batch, BatchResult, Beat, ScanThread } from '../../../src/search/batch.ts'
import type { Piece } from '../../../src/search/piece.ts'
import { runPool, type PoolOptions } from '../../../src/search/pool.ts'

const pieces: readonly Piece[] = Array.from({ length: 40 }, (_, i) => ({
  segments: [{ member: 1, offset: i * 1_000_000, length: 1_000_000 }],
  length: 1_000_000,
  from: 0,
  below: 1_000_000,
  owners: [{ space: 0, base: BigInt(i) * 1_000_000n }],
}))

async function* all(): AsyncGenerator<Piece, void, undefined> {
  await Promise.resolve()
  yield* pieces
}

const never = new Promise<never>(() => undefined)

/** What a pool did. */
class Log {
  readonly scanned: bigint[] = []
  readonly stopped: string[] = []
  readonly failed: string[] = []
  readonly started: (readonly number[])[] = []
  rested = 0
  ended = 0
  readonly controller = new AbortController()

  async run(
    scan: (batch: Batch, skip: readonly number[], onBeat: (beat: Beat) => void) => Promise<BatchResult>,
    more: Partial<PoolOptions> = {},
  ): Promise<void> {
    await runPool(all(), {
      threads: 2,
      patterns: 2,
      keep: () => 10,
      patience: 300,
      signal: this.controller.signal,
      start: (skip, onBeat): ScanThread => {
        this.started.push(skip)
        return {
          scan: (batch) => scan(batch, skip, onBeat),
          rest: () => Promise.resolve(void (this.rested += 1)),
          end: () => (this.ended += 1),
        }
      },
      onResult: (done) => {
        for (const { owners } of done) this.scanned.push(owners[0]?.base ?? -1n)
      },
      onStopped: (pattern, piece, at) =>
        this.stopped.push(`${pattern} at ${(piece.owners[0]?.base ?? 0n) + BigInt(at)}`),
      onFailed: (given, message) => this.failed.push(`${given.length} pieces: ${message}`),
      ...more,
    })
  }
}

function nothing(batch: Batch): Promise<BatchResult> {
  const found = new Float64Array(batch.pieces.length)
  return Promise.resolve({ hits: [], bytes: new Uint8Array(0), found, unread: 0, unreadWhy: undefined })
}

describe('pool', () => {
  test('every piece is scanned once, by as many threads as there should be, all of which may rest then', async () => {
    const log = new Log()
    await log.run(nothing)
    expect(log.scanned.toSorted((a, b) => Number(a - b))).toEqual(pieces.map(({ owners }) => owners[0]?.base))
    expect(log.started).toEqual([[], []])
    expect([log.rested, log.ended]).toEqual([2, 0])
  })

  test('a pattern that hangs is stopped where it hangs, and the rest is scanned without it', async () => {
    const log = new Log()
    const bad = 17_000_000n
    await log.run((batch, skip, onBeat) => {
      const index = batch.pieces.findIndex(({ owners }) => owners[0]?.base === bad)
      if (index < 0 || skip.includes(1)) return nothing(batch)
      onBeat({ piece: index, at: 0, pattern: 0 })
      if (batch.verbose) onBeat({ piece: index, at: 256, pattern: 1 })
      return never
    })
    expect(log.stopped).toEqual(['1 at 17000256'])
    expect(log.scanned).toHaveLength(pieces.length)
    expect(new Set(log.scanned).size).toBe(pieces.length)
    expect(log.failed).toEqual([])
    expect(log.ended + log.rested).toBe(log.started.length)
  })

  test('a pattern that falls silent once while its steps are told was slowed by something else', async () => {
    const log = new Log()
    let silences = 0
    await log.run((batch, _, onBeat) => {
      if (batch.pieces[0]?.owners[0]?.base !== 0n || silences === 2) return nothing(batch)
      silences += 1
      onBeat({ piece: 0, at: 512, pattern: 1 })
      return never
    })
    expect(silences).toBe(2)
    expect(log.stopped).toEqual([])
    expect(log.failed).toEqual([])
    expect(log.scanned).toHaveLength(pieces.length)
  })

  test('a thread that is slow to begin is waited for', async () => {
    const log = new Log()
    let waited = false
    await log.run(async (batch) => {
      if (!waited) {
        waited = true
        await new Promise((resolve) => setTimeout(resolve, 900))
      }
      return nothing(batch)
    })
    expect(log.started).toHaveLength(2)
    expect(log.scanned).toHaveLength(pieces.length)
  })

  test('when all patterns are stopped it ends', async () => {
    const log = new Log()
    await log.run(
      (_, skip, onBeat) => {
        onBeat({ piece: 0, at: 0, pattern: skip.length })
        return never
      },
      { threads: 1 },
    )
    expect(log.stopped).toHaveLength(2)
    expect(log.scanned).toEqual([])
  })

  test('a thread that lives is left alone, however long it takes', async () => {
    const log = new Log()
    let slow = true
    await log.run(async (batch, _, onBeat) => {
      if (slow) {
        slow = false
        for (let i = 0; i < 8; i++) {
          await new Promise((resolve) => setTimeout(resolve, 100))
          onBeat({ piece: 0, at: i, pattern: 0 })
        }
      }
      return nothing(batch)
    })
    expect(log.stopped).toEqual([])
    expect(log.scanned).toHaveLength(pieces.length)
  })

  test('a thread that breaks loses its batch, not the search', async () => {
    const log = new Log()
    let broken = false
    await log.run((batch) => {
      if (broken) return nothing(batch)
      broken = true
      return Promise.reject(new Error('out of memory'))
    })
    expect(log.failed).toEqual(['1 pieces: out of memory'])
    expect(log.scanned).toHaveLength(pieces.length - 1)
  })

  test('cancelling ends the threads at once', async () => {
    const log = new Log()
    setTimeout(() => {
      log.controller.abort()
    }, 50)
    await expect(log.run(() => never, { patience: 60_000 })).rejects.toMatchObject({ name: 'AbortError' })
    expect(log.ended).toBe(log.started.length)
  })
})

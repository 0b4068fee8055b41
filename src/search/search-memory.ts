/** A search through the memory of a checkpoint, from the words typed to the hits. */
import type { OpenCheckpoint } from '../ingest/checkpoint.ts'
import type { SearchEvent, SearchHit, SearchQuery } from '../model/search.ts'
import { overlapOf } from '../scan/driver.ts'
import type { BatchResult } from './batch.ts'
import type { ScanHost } from './host.ts'
import type { Piece } from './piece.ts'
import { SearchPlan } from './plan.ts'
import { runPool } from './pool.ts'
import { scanLimits } from '../scan/limits.ts'
import { Account } from './account.ts'
import { SearchTargets } from './targets.ts'
import { readTerm } from './terms.ts'

/** Hits told one by one when the query says nothing. */
const KEPT = 100_000
/** Hits that cross to the page at once: it takes them in within a frame. */
const TOLD_AT_ONCE = 500
/** A scan with regular expressions begins this far before what it reports, so that it falls into step. */
const RUN_UP = 64 * 1024

/** Runs a search; resolves when it is over. Rejects with AbortError when cancelled. */
export async function searchMemory(
  checkpoint: OpenCheckpoint,
  query: SearchQuery,
  host: ScanHost,
  onEvent: (event: SearchEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const term = readTerm(query.term)
  if (term.kind === 'refused') {
    onEvent(term)
    return
  }
  const { patterns, labels, set } = term
  const targets = await SearchTargets.open(checkpoint, query.scope)
  const reach = { before: set.regexes.length > 0 ? RUN_UP : 0, after: overlapOf(set) }
  const plan = await SearchPlan.make({ ...targets.plan, reach, signal })
  onEvent({ kind: 'started', patterns: labels, total: plan.total })
  const account = new Account(plan.missing, Math.min(query.limit ?? KEPT, scanLimits.hits))

  function onResult(pieces: readonly Piece[], result: BatchResult): void {
    account.add(pieces, result)
    const hits = hitsOf(targets, pieces, result, account)
    for (let at = 0; at < hits.length; at += TOLD_AT_ONCE)
      onEvent({ kind: 'hits', hits: apart(hits.slice(at, at + TOLD_AT_ONCE)) })
    if (account.isTimeToTell()) onEvent({ kind: 'progress', done: account.done, found: account.found })
  }

  await runPool(plan.pieces(), {
    threads: host.threads,
    patterns: patterns.length,
    start: (skip, onBeat) => host.start({ kind: 'patterns', patterns, skip }, targets.bytes, onBeat),
    keep: () => account.limit - account.kept,
    onResult,
    onStopped: (pattern, piece, at) => {
      const [owner] = piece.owners
      if (!owner) return
      const place = targets.place(owner, at)
      const whose = place.pid === undefined ? `shared memory ${place.shmid ?? ''}` : `process ${place.pid}`
      const message = `stopped: too slow at address 0x${place.address.toString(16)} of ${whose}`
      account.stop(`${labels[pattern] ?? 'a pattern'}: ${message}`)
      onEvent({ kind: 'stopped', pattern, place, message })
    },
    onFailed: (pieces, message) => {
      account.fail(pieces, message)
    },
    signal,
  })
  onEvent({ kind: 'progress', done: account.done, found: account.found })
  onEvent({ kind: 'done', summary: account.summary() })
}

/** The hits with a buffer of their own: what crosses to the page takes the whole buffer along. */
function apart(hits: readonly SearchHit[]): SearchHit[] {
  const bytes = new Uint8Array(hits.reduce((sum, { context }) => sum + context.length, 0))
  let end = 0
  return hits.map((hit) => {
    const start = end
    end += hit.context.length
    bytes.set(hit.context, start)
    return { ...hit, context: bytes.subarray(start, end) }
  })
}

/** Hits as they are told: one for each owner of the memory, while there is room. */
function hitsOf(
  targets: SearchTargets,
  pieces: readonly Piece[],
  { hits, bytes }: BatchResult,
  account: Account,
): SearchHit[] {
  const told: SearchHit[] = []
  for (const { piece, at, pattern, length, form, cut, contextAt, contextLength, before } of hits) {
    const context = bytes.subarray(contextAt, contextAt + contextLength)
    for (const owner of pieces[piece]?.owners ?? []) {
      if (!account.takes()) return told
      told.push({ ...targets.place(owner, at), pattern, length, form, cut, context, before })
    }
  }
  return told
}

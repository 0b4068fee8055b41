/** The distinct strings in the memory of a checkpoint, with the number of their occurrences. */
import { decodeText } from '../base/text.ts'
import type { OpenCheckpoint } from '../ingest/checkpoint.ts'
import type { FoundString, StringsEvent, StringsQuery } from '../model/search.ts'
import { scanLimits } from '../scan/limits.ts'
import { Account } from './account.ts'
import type { StringColumns } from './batch.ts'
import type { ScanHost } from './host.ts'
import type { Piece } from './piece.ts'
import { SearchPlan } from './plan.ts'
import { runPool } from './pool.ts'
import { SearchTargets } from './targets.ts'

/** Strings handed over when the query says nothing, and at once. */
const KEPT = 100_000
const PORTION = 5000

/** Runs through the memory; resolves when it is over. Rejects with AbortError when cancelled. */
export async function findStrings(
  checkpoint: OpenCheckpoint,
  query: StringsQuery,
  host: ScanHost,
  onEvent: (event: StringsEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  const { minLength, encodings, scope, limit = KEPT } = query
  const targets = await SearchTargets.open(checkpoint, scope)
  const reach = { before: 2 * scanLimits.string, after: 2 * scanLimits.string }
  const plan = await SearchPlan.make({ ...targets.plan, reach, signal })
  onEvent({ kind: 'started', total: plan.total })
  const account = new Account(plan.missing, limit)
  /** The pieces that the thread has looked at, in order: one owner of each stands for all. */
  let seen: Piece['owners'][number][] = []
  let columns: StringColumns | undefined
  await runPool(plan.pieces(), {
    threads: 1,
    patterns: 0,
    start(_skip, onBeat) {
      if (seen.length > 0) account.stop('The strings found at first were lost with the thread that held them.')
      seen = []
      return host.start(
        { kind: 'strings', minLength, encodings },
        { read: targets.read, blob: (member) => targets.source(member)?.blob?.() },
        onBeat,
      )
    },
    keep: () => 0,
    onResult(pieces, result) {
      account.add(pieces, result)
      for (const { owners } of pieces) seen.push(owners[0] ?? { space: -1, base: 0n })
      if (account.isTimeToTell()) onEvent({ kind: 'progress', done: account.done })
    },
    onStopped: () => undefined,
    onFailed: (pieces, message) => {
      account.fail(pieces, message)
    },
    onLast: async (thread) => {
      columns = await thread.strings(limit)
    },
    signal,
  })
  onEvent({ kind: 'progress', done: account.done })
  if (columns) for (const strings of portions(targets, seen, columns)) onEvent({ kind: 'strings', strings })
  onEvent({ kind: 'done', summary: summaryOf(account, columns) })
}

function summaryOf(account: Account, columns: StringColumns | undefined): ReturnType<Account['summary']> {
  const { distinct = 0, count = 0, leftOut = 0 } = columns ?? {}
  if (leftOut > 0) account.stop(`${leftOut} further strings found no room and were only counted.`)
  return { ...account.summary(), found: distinct, kept: count }
}

function* portions(
  targets: SearchTargets,
  seen: readonly Piece['owners'][number][],
  columns: StringColumns,
): Generator<readonly FoundString[], void, undefined> {
  const { count, bytes, starts, encodings, counts, pieces, at } = columns
  for (let from = 0; from < count; from += PORTION) {
    const strings: FoundString[] = []
    for (let index = from; index < Math.min(count, from + PORTION); index++) {
      const encoding = encodings[index] ?? 'ascii'
      const own = bytes.subarray(starts[index], starts[index + 1])
      const owner = seen[pieces[index] ?? -1]
      const place = owner
        ? targets.place(owner, at[index] ?? 0)
        : { pid: undefined, shmid: undefined, address: 0n, mapping: undefined }
      strings.push({
        ...place,
        text: decodeText(narrow(own, encoding)),
        encoding,
        length: own.length,
        count: counts[index] ?? 0,
      })
    }
    yield strings
  }
}

/** Strings in UTF-16 are ASCII characters in two bytes each. */
function narrow(bytes: Uint8Array, encoding: FoundString['encoding']): Uint8Array {
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') return bytes
  const odd = encoding === 'utf-16be' ? 1 : 0
  return Uint8Array.from({ length: bytes.length >> 1 }, (_, i) => bytes[2 * i + odd] ?? 0)
}

/** The distinct strings in the memory of a checkpoint, with the number of their occurrences. */
import type { OpenCheckpoint } from '../ingest/checkpoint.ts'
import type { StringsEvent, StringsQuery } from '../model/search.ts'
import { scanLimits } from '../scan/limits.ts'
import { StringTable } from '../scan/string-table.ts'
import { Account } from './account.ts'
import type { ScanHost } from './host.ts'
import type { Owner, Piece } from './piece.ts'
import { SearchPlan } from './plan.ts'
import { runPool } from './pool.ts'
import { PLACES } from './string-consumer.ts'
import { stringList } from './string-list.ts'
import { SearchTargets } from './targets.ts'

/** Strings handed over when the query says nothing. */
const KEPT = 1_000_000
/** Bytes of a batch: what is distinct in it fits the table of a thread. */
const BATCH = 16 * 1024 * 1024
/** Gathering strings always ends: a silent thread waits for a busy machine. */
const PATIENCE = 120_000
const NOBODY: Owner = { space: -1, base: 0n }

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
  const table = new StringTable()
  /** By the number of a piece in the plan: one owner stands for all. */
  const owners: Owner[] = []
  const numbers = new Map<Piece, number>()

  async function* numbered(): AsyncGenerator<Piece, void, undefined> {
    for await (const piece of plan.pieces()) {
      numbers.set(piece, owners.length)
      owners.push(piece.owners[0] ?? NOBODY)
      yield piece
    }
  }

  await runPool(numbered(), {
    threads: host.threads,
    patterns: 0,
    batch: BATCH,
    patience: PATIENCE,
    start: (_skip, onBeat) => host.start({ kind: 'strings', minLength, encodings }, targets.bytes, onBeat),
    keep: () => 0,
    onResult(pieces, result) {
      account.add(pieces, result)
      const [first] = pieces
      const number = first && numbers.get(first)
      if (result.strings && number !== undefined) table.merge(result.strings, number * PLACES)
      for (const piece of pieces) numbers.delete(piece)
      if (account.isTimeToTell()) onEvent({ kind: 'progress', done: account.done, found: table.size })
    },
    onStopped: () => undefined,
    onFailed: (pieces, message) => {
      account.fail(pieces, message)
    },
    signal,
  })
  onEvent({ kind: 'progress', done: account.done, found: table.size })
  const strings = stringList(table.columns(), limit, (place) =>
    targets.place(owners[Math.floor(place / PLACES)] ?? NOBODY, place % PLACES),
  )
  onEvent({ kind: 'strings', strings })
  if (table.leftOut > 0)
    account.stop(`${table.leftOut} occurrences of further strings found no room and are not listed.`)
  onEvent({ kind: 'done', summary: { ...account.summary(), found: table.size, kept: strings.count } })
}

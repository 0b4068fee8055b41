/** Searches for tests: files through the analysis service, which scans in this thread. */
import { makeSpillStore } from '../../src/archive/spill.ts'
import type { InputFile } from '../../src/archive/member.ts'
import type { Checkpoint } from '../../src/model/checkpoint.ts'
import type {
  FoundString,
  SearchEvent,
  SearchHit,
  SearchQuery,
  SearchSummary,
  StringList,
  StringsQuery,
} from '../../src/model/search.ts'
import { stringAt } from '../../src/query/string-list.ts'
import { Analysis } from '../../workers/analysis.ts'

/** An archive opened as the worker opens it. */
export interface OpenedAnalysis {
  readonly analysis: Analysis
  readonly checkpoint: Checkpoint
}

export async function openAnalysis(file: InputFile): Promise<OpenedAnalysis> {
  const analysis = new Analysis('test', makeSpillStore())
  let checkpoint: Checkpoint | undefined
  await analysis.open(1, [file], (event) => {
    if (event.kind === 'checkpoint') checkpoint = event.checkpoint
  })
  if (!checkpoint) throw new Error('no checkpoint in the file')
  return { analysis, checkpoint }
}

export interface Searched {
  readonly hits: readonly SearchHit[]
  readonly summary: SearchSummary | undefined
  readonly events: readonly SearchEvent[]
}

export async function runSearch({ analysis, checkpoint }: OpenedAnalysis, query: SearchQuery): Promise<Searched> {
  const events: SearchEvent[] = []
  await analysis.search(2, checkpoint.id, query, (event) => events.push(event))
  const hits = events.flatMap((event) => (event.kind === 'hits' ? event.hits : []))
  const summary = events.find((event) => event.kind === 'done')?.summary
  return { hits, summary, events }
}

export async function runStrings(
  { analysis, checkpoint }: OpenedAnalysis,
  query: StringsQuery,
): Promise<FoundString[]> {
  let list: StringList | undefined
  await analysis.strings(3, checkpoint.id, query, (event) => {
    if (event.kind === 'strings') list = event.strings
  })
  return list ? stringsOf(list) : []
}

function stringsOf(list: StringList): FoundString[] {
  return Array.from({ length: list.count }, (_, index) => stringAt(list, index))
}

/** Searching memory from scripts. */
import type { AnalysisClient } from '../../workers/client.ts'
import type { FoundString, MemoryPlace, SearchHit, SearchScope, SearchSummary, SearchTerm } from '../model/search.ts'
import { hitText } from '../query/hit-text.ts'
import { stringAt } from '../query/string-list.ts'

/** One of `text`, `regex`, `hex`, `list` says what is looked for; without a pid all processes are searched. */
export interface ConsoleSearch {
  readonly id: string
  readonly pid?: number
  readonly text?: string
  readonly regex?: string
  readonly hex?: string
  readonly list?: string
  readonly ignoreCase?: boolean
  readonly utf16?: boolean
  /** Hits given; further ones are counted. Default 10 000. */
  readonly limit?: number
}

export interface ConsoleStrings {
  readonly id: string
  readonly pid?: number
  /** Characters; default 6. */
  readonly minLength?: number
  /** Default ASCII and UTF-16LE. */
  readonly encodings?: readonly FoundString['encoding'][]
  /** Distinct strings given; further ones are counted. Default 100 000. */
  readonly limit?: number
}

export interface HitSummary {
  /** Null for a shared memory object that no process maps; `address` is the offset in it then. */
  readonly pid: number | null
  /** Number of that object, else null. */
  readonly shmid: number | null
  /** Hex with 0x. */
  readonly address: string
  /** Bytes. */
  readonly length: number
  /** The match, of a long one the first 512 bytes; lossless text. */
  readonly text: string
  /** Start of the mapping in hex with 0x, its name and protection; null where no mapping is known. */
  readonly vma: { readonly start: string; readonly name: string | null; readonly protection: string } | null
  /** The pattern as given; of a list its line. */
  readonly pattern: string
}

export interface StringSummary {
  readonly text: string
  readonly encoding: string
  readonly count: number
  /** Where it was found first. */
  readonly pid: number | null
  readonly shmid: number | null
  readonly address: string
  readonly vma: HitSummary['vma']
}

type Client = Pick<AnalysisClient, 'searchMemory' | 'findStrings'>

interface Outcome {
  readonly total: number
  readonly complete: boolean
  readonly notes: readonly string[]
}

const LIMIT = 10_000
const STRINGS = 100_000

function scopeOf(pid: number | undefined): SearchScope {
  return { where: pid ?? 'all' }
}

function termOf({ text, regex, hex, list, ignoreCase = false, utf16 = false }: ConsoleSearch): SearchTerm {
  const terms: SearchTerm[] = []
  if (text !== undefined) terms.push({ kind: 'text', text, ignoreCase, utf16 })
  if (regex !== undefined) terms.push({ kind: 'regex', source: regex, ignoreCase, utf16 })
  if (hex !== undefined) terms.push({ kind: 'hex', hex })
  if (list !== undefined) terms.push({ kind: 'list', list })
  const [term, more] = terms
  if (!term || more) throw new Error('exactly one of text, regex, hex and list is needed')
  return term
}

function outcome(summary: SearchSummary | undefined): Outcome {
  if (!summary) throw new Error('the search ended without a result')
  return { total: summary.found, complete: summary.complete, notes: summary.notes }
}

function placeOf({ pid, shmid, address, mapping }: MemoryPlace): Omit<StringSummary, 'text' | 'encoding' | 'count'> {
  return {
    pid: pid ?? null,
    shmid: shmid ?? null,
    address: hex(address),
    vma: mapping ? { start: hex(mapping.start), name: mapping.name ?? null, protection: mapping.permissions } : null,
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

function hitSummary(hit: SearchHit, labels: readonly string[]): HitSummary {
  return { ...placeOf(hit), length: hit.length, text: hitText(hit), pattern: labels[hit.pattern] ?? '' }
}

/** Runs a search to its end. Rejects when the pattern cannot be used. */
export async function searchFor(
  client: Client,
  id: string,
  query: ConsoleSearch,
): Promise<Outcome & { readonly hits: readonly HitSummary[] }> {
  const hits: HitSummary[] = []
  let labels: readonly string[] = []
  let summary: SearchSummary | undefined
  let refusal: string | undefined
  await client.searchMemory(
    id,
    { term: termOf(query), scope: scopeOf(query.pid), limit: query.limit ?? LIMIT },
    (event) => {
      if (event.kind === 'started') labels = event.patterns
      else if (event.kind === 'hits') for (const hit of event.hits) hits.push(hitSummary(hit, labels))
      else if (event.kind === 'done') summary = event.summary
      else if (event.kind === 'refused')
        refusal = event.errors
          .map(
            ({ line, at, message }) => `${line === undefined ? '' : `line ${line}, `}character ${at + 1}: ${message}`,
          )
          .join('; ')
    },
    new AbortController().signal,
  )
  if (refusal !== undefined) throw new Error(refusal)
  return { hits, ...outcome(summary) }
}

/** Gathers strings to the end. */
export async function stringsOf(
  client: Client,
  id: string,
  { pid, minLength = 6, encodings = ['ascii', 'utf-16le'], limit = STRINGS }: ConsoleStrings,
): Promise<Outcome & { readonly strings: readonly StringSummary[] }> {
  const strings: StringSummary[] = []
  let summary: SearchSummary | undefined
  await client.findStrings(
    id,
    { scope: scopeOf(pid), minLength, encodings, limit },
    (event) => {
      if (event.kind === 'strings')
        for (let index = 0; index < event.strings.count; index++) {
          const { text, encoding, count, ...place } = stringAt(event.strings, index)
          strings.push({ text, encoding, count, ...placeOf(place) })
        }
      else if (event.kind === 'done') summary = event.summary
    },
    new AbortController().signal,
  )
  return { strings, ...outcome(summary) }
}

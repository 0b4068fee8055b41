/** Searching memory from scripts. */
import type { AnalysisClient } from '../../workers/client.ts'
import type { AnalysisApi } from '../../workers/contract.ts'
import type { FoundString, MemoryPlace, SearchHit, SearchScope, SearchSummary, SearchTerm } from '../model/search.ts'
import { hitText } from '../query/hit-text.ts'
import { stringAt } from '../query/string-list.ts'
import { addressOf, type AddressArgument } from './console-memory.ts'
import { anything, checkOptions, flag, most, text, whole } from './console-options.ts'

/** Whose memory; without a pid all processes. One of the other two narrows it to a part of that process. */
interface ConsoleScope {
  readonly pid?: number
  /** An address in the mapping that is meant. */
  readonly vma?: AddressArgument
  /** Bytes from an address on. */
  readonly range?: { readonly address: AddressArgument; readonly length: number }
}

/** One of `text`, `regex`, `hex`, `list` says what is looked for. */
export interface ConsoleSearch extends ConsoleScope {
  readonly id: string
  readonly text?: string
  readonly regex?: string
  readonly hex?: string
  readonly list?: string
  readonly ignoreCase?: boolean
  readonly utf16?: boolean
  /** Hits given, a million at most; further ones are counted. Default 10 000. */
  readonly limit?: number
}

export interface ConsoleStrings extends ConsoleScope {
  readonly id: string
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

type Client = Pick<AnalysisClient, 'searchMemory' | 'findStrings'> & Pick<AnalysisApi, 'memoryLayout'>

interface Outcome {
  readonly total: number
  readonly complete: boolean
  readonly notes: readonly string[]
}

const LIMIT = 10_000
const STRINGS = 100_000
const ENCODINGS: readonly FoundString['encoding'][] = ['ascii', 'utf-8', 'utf-16le', 'utf-16be']

const SCOPE = { id: anything, pid: whole(0), vma: anything, range: anything }
const SEARCH = { ...SCOPE, text, regex: text, hex: text, list: text, ignoreCase: flag, utf16: flag, limit: most }
const GATHER = {
  ...SCOPE,
  minLength: whole(1, 1000),
  encodings: {
    words: `a list of some of ${ENCODINGS.join(', ')}`,
    fits: (value: unknown) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((name) => (ENCODINGS as readonly unknown[]).includes(name)),
  },
  limit: most,
}

async function scopeOf(client: Client, id: string, { pid, vma, range }: ConsoleScope): Promise<SearchScope> {
  // Rejects when there is no such process, or none with memory.
  if (pid !== undefined) await client.memoryLayout(id, { kind: 'process', pid })
  if (vma === undefined && range === undefined) return { where: pid ?? 'all' }
  if (pid === undefined) throw new Error('vma and range are of a process: its pid is needed')
  if (vma !== undefined && range !== undefined) throw new Error('only one of vma and range can be given')
  if (range) {
    const from = addressOf(range.address)
    if (!Number.isSafeInteger(range.length) || range.length < 1)
      throw new RangeError('the length of a range is a whole number of bytes from 1 on')
    return { where: pid, range: { from, below: from + BigInt(range.length) } }
  }
  const address = addressOf(vma ?? 0)
  const { mappings } = await client.memoryLayout(id, { kind: 'process', pid })
  const mapping = mappings.find(({ vma, guard }) => !guard && vma.start <= address && address < vma.end)
  if (!mapping) throw new Error(`no mapping of process ${pid} holds ${hex(address)}`)
  return { where: pid, range: { from: mapping.vma.start, below: mapping.vma.end } }
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

/** Runs a search to its end. Rejects with a TypeError for options that are not known, and when the pattern cannot be used. */
export async function searchFor(
  client: Client,
  id: string,
  query: ConsoleSearch,
): Promise<Outcome & { readonly hits: readonly HitSummary[] }> {
  checkOptions('search', query, SEARCH)
  const term = termOf(query)
  const hits: HitSummary[] = []
  let labels: readonly string[] = []
  let summary: SearchSummary | undefined
  let refusal: string | undefined
  await client.searchMemory(
    id,
    { term, scope: await scopeOf(client, id, query), limit: query.limit ?? LIMIT },
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
  query: ConsoleStrings,
): Promise<Outcome & { readonly strings: readonly StringSummary[] }> {
  checkOptions('strings', query, GATHER)
  const { minLength = 6, encodings = ['ascii', 'utf-16le'], limit = STRINGS } = query
  const strings: StringSummary[] = []
  let summary: SearchSummary | undefined
  await client.findStrings(
    id,
    { scope: await scopeOf(client, id, query), minLength, encodings, limit },
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

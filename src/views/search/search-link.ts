/** A search as part of the page's address: what a person typed and chose. A link fills the form; it starts nothing. */
import type { AddressRange, MappingKind, SearchScope } from '../../model/search.ts'
import type { TermKind } from './forms.svelte.ts'

/** What the form holds. */
export interface SearchWish {
  readonly kind: TermKind
  readonly typed: string
  readonly ignoreCase: boolean
  readonly utf16: boolean
  readonly where: SearchScope['where']
  readonly range: AddressRange | undefined
  readonly kinds: readonly MappingKind[]
  readonly writable: boolean
  readonly executable: boolean
}

const TERM_KINDS: readonly TermKind[] = ['text', 'regex', 'hex', 'list']
const MAPPING_KINDS: readonly MappingKind[] = ['heap', 'stack', 'anonymous', 'file', 'shared', 'kernel']
/** Longest pattern that goes into the address, characters as they are spelled there; a longer one stays in the form alone. */
const MOST = 4000

/** `find` is the pattern; nothing when there is none, or it is too long for an address. */
export function wishToQuery(wish: SearchWish): Record<string, string> {
  const { kind, typed, ignoreCase, utf16, where, range, kinds, writable, executable } = wish
  if (!isFit(typed)) return {}
  const only = [...kinds, ...(writable ? ['writable'] : []), ...(executable ? ['executable'] : [])]
  const asText = kind === 'text' || kind === 'regex'
  return {
    ...{ kind, find: typed },
    ...(asText && ignoreCase && { case: 'either' }),
    ...(asText && !utf16 && { utf16: 'no' }),
    ...(where !== 'all' && { in: String(where) }),
    ...(range && { range: `${range.from.toString(16)}-${range.below.toString(16)}` }),
    ...(only.length > 0 && { only: only.join(' ') }),
  }
}

/** Undefined when the address names no search. What it says wrongly is left at what a new form has. */
export function wishFromQuery(query: Readonly<Record<string, string>>): SearchWish | undefined {
  const typed = query['find']
  if (typed === undefined || !isFit(typed)) return undefined
  const only = (query['only'] ?? '').split(' ')
  const where = whereOf(query['in'])
  return {
    typed,
    kind: TERM_KINDS.find((kind) => kind === query['kind']) ?? 'text',
    ignoreCase: query['case'] === 'either',
    utf16: query['utf16'] !== 'no',
    where,
    range: typeof where === 'number' ? rangeOf(query['range']) : undefined,
    kinds: where === 'shared' ? [] : MAPPING_KINDS.filter((kind) => only.includes(kind)),
    writable: where !== 'shared' && only.includes('writable'),
    executable: where !== 'shared' && only.includes('executable'),
  }
}

function isFit(typed: string): boolean {
  return typed.trim() !== '' && typed.length <= MOST && new URLSearchParams({ typed }).toString().length <= MOST
}

function whereOf(text: string | undefined): SearchScope['where'] {
  if (text === 'shared') return text
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : 'all'
}

function rangeOf(text: string | undefined): AddressRange | undefined {
  const [, low, high] = /^([\da-f]{1,16})-([\da-f]{1,16})$/i.exec(text ?? '') ?? []
  if (low === undefined || high === undefined) return undefined
  const [from, below] = [BigInt(`0x${low}`), BigInt(`0x${high}`)]
  return from < below ? { from, below } : undefined
}

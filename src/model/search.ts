/** Searching process memory: what is asked for and what is told while it runs, as plain data. */
import type { Form } from '../scan/needle.ts'
import type { Encoding } from '../scan/strings/sink.ts'
import type { Origin } from './origin.ts'

/** What is looked for. */
export type SearchTerm =
  | { readonly kind: 'text'; readonly text: string; readonly ignoreCase?: boolean; readonly utf16?: boolean }
  | { readonly kind: 'regex'; readonly source: string; readonly ignoreCase?: boolean; readonly utf16?: boolean }
  | { readonly kind: 'hex'; readonly hex: string }
  /** Indicators, one a line (scan/ioc.ts). */
  | { readonly kind: 'list'; readonly list: string }

/** Kinds of mapping; a shared mapping of a file is both `file` and `shared`. `kernel`: vdso and the like. */
export type MappingKind = 'heap' | 'stack' | 'anonymous' | 'file' | 'shared' | 'kernel'

/** Addresses [from, below). */
export interface AddressRange {
  readonly from: bigint
  readonly below: bigint
}

/** Where it is looked for. */
export interface SearchScope {
  /**
   * `all`: every process, and shared memory that none of them maps (unless kinds or protections are chosen that it has not);
   * `shared`: shared memory objects as such; a number:
   * the process of that pid.
   */
  readonly where: 'all' | 'shared' | number
  /** Of one process: what lies in it as a whole, such as in one mapping. */
  readonly range?: AddressRange | undefined
  /** Mappings of any of these kinds; none given: all stored memory. Not for `shared`. */
  readonly kinds?: readonly MappingKind[]
  /** Only mappings that can be written; only such that can be run. */
  readonly writable?: boolean
  readonly executable?: boolean
}

export interface SearchQuery {
  readonly term: SearchTerm
  readonly scope: SearchScope
  /** Hits told one by one; further ones are counted. Default 100 000. */
  readonly limit?: number
}

/** A faulty pattern: where in the field (UTF-16 units from the start of the line) and why. */
export interface TermError {
  /** Line of a list, from 1; undefined for a single pattern. */
  readonly line: number | undefined
  readonly at: number
  readonly message: string
}

/** The mapping that a place lies in. */
export interface SearchMapping {
  readonly start: bigint
  readonly end: bigint
  /** As in /proc/<pid>/maps: path, [heap], [stack]; undefined for memory without a name. */
  readonly name: string | undefined
  /** `rw-p` as in /proc/<pid>/maps. */
  readonly permissions: string
}

/** A place in the memory of a process or of a shared memory object: one of the two numbers is set. */
export interface MemoryPlace {
  readonly pid: number | undefined
  readonly shmid: number | undefined
  /** Of an object: the offset in it. */
  readonly address: bigint
  readonly mapping: SearchMapping | undefined
}

export interface SearchHit extends MemoryPlace {
  /** Index into the labels of `started`. */
  readonly pattern: number
  /** In bytes. */
  readonly length: number
  readonly form: Form
  /** The match is longer than `length`. */
  readonly cut: boolean
  /** Bytes around the hit and of it (not all of a long one), and where in them it begins. */
  readonly context: Uint8Array
  readonly before: number
}

export type SearchEvent =
  /** The patterns cannot be used; nothing else follows. */
  | { readonly kind: 'refused'; readonly errors: readonly TermError[] }
  /** Labels of the patterns; bytes that will be looked at, those shared by several processes once. */
  | { readonly kind: 'started'; readonly patterns: readonly string[]; readonly total: number }
  | { readonly kind: 'hits'; readonly hits: readonly SearchHit[] }
  | { readonly kind: 'progress'; readonly done: number; readonly found: number }
  /** A pattern took too long and is not looked for any more. */
  | { readonly kind: 'stopped'; readonly pattern: number; readonly place: MemoryPlace; readonly message: string }
  | { readonly kind: 'done'; readonly summary: SearchSummary }

export interface SearchSummary {
  /** Hits in all, and those that were told one by one. A hit in shared memory counts for each process. */
  readonly found: number
  readonly kept: number
  /** Bytes looked at. */
  readonly bytes: number
  /** False when a pattern was stopped or memory could not be read: there may be more. */
  readonly complete: boolean
  /** Why it is not complete, and what else is to be known. */
  readonly notes: readonly string[]
}

/** Settings for `strings`. */
export interface StringsQuery {
  readonly scope: SearchScope
  /** Least number of characters. */
  readonly minLength: number
  readonly encodings: readonly Encoding[]
  /** Distinct strings that are handed over; further ones are counted. Default a million. */
  readonly limit?: number
}

/** A distinct string with the place where it was found first. */
export interface FoundString extends MemoryPlace {
  readonly text: string
  readonly encoding: Encoding
  /** Bytes. */
  readonly length: number
  /** Occurrences; one in memory that several processes share counts once. */
  readonly count: number
}

/** Distinct strings as columns, in the order of the places where they were found first. Read by `query/string-list.ts`. */
export interface StringList {
  readonly count: number
  /** The text of all, one after the other, as ASCII or UTF-8; where each begins, and the end of the last. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly starts: Uint32Array<ArrayBuffer>
  /** Indices into `encodingList`. */
  readonly codes: Uint8Array<ArrayBuffer>
  readonly counts: Float64Array<ArrayBuffer>
  /** Indices into `ownerList`, addresses, and indices into `mappingList` or -1. */
  readonly owners: Uint32Array<ArrayBuffer>
  readonly addresses: BigUint64Array<ArrayBuffer>
  readonly mappings: Int32Array<ArrayBuffer>
  readonly encodingList: readonly Encoding[]
  readonly ownerList: readonly Pick<MemoryPlace, 'pid' | 'shmid'>[]
  readonly mappingList: readonly SearchMapping[]
}

export type StringsEvent =
  | { readonly kind: 'started'; readonly total: number }
  | { readonly kind: 'progress'; readonly done: number; readonly found: number }
  /** All of them, once. */
  | { readonly kind: 'strings'; readonly strings: StringList }
  | { readonly kind: 'done'; readonly summary: SearchSummary }

/** Where the bytes of memory are read from. */
export interface MemoryHome {
  /** Bytes of all pages images. */
  readonly bytes: number
  /** Bytes of them that are read from a copy in the browser's private storage. */
  readonly copied: number
  /** They are read from a dropped file, or as slowly, and a copy would be read quicker. */
  readonly canCopy: boolean
}

/** Bytes copied so far, and in all. */
export interface CopyEvent {
  readonly done: number
  readonly total: number
}

/** Bytes of a place with their origin, for the detail of a hit. */
export interface PlaceBytes {
  readonly address: bigint
  /** Stored bytes around the place, contiguous. */
  readonly bytes: Uint8Array
  /** Where the place's first bytes stand in the archive, as far as they stand together. */
  readonly origin: Origin | undefined
}

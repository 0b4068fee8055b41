/**
 * Everything that crosses between page and analysis worker: plain data, proxied callbacks, transferred buffers.
 * Nothing of the evidence is trusted on either side; nothing is sent anywhere else.
 */
import type { ArchiveDefect, Compression, InputFile, Member, Progress } from '../src/archive/member.ts'
import type { Checkpoint } from '../src/model/checkpoint.ts'
import type { Origin, Trace } from '../src/model/origin.ts'
import type { ProcessDetail } from '../src/model/process.ts'
import type {
  MemoryPlace,
  PlaceBytes,
  SearchEvent,
  SearchQuery,
  SearchTerm,
  StringsEvent,
  StringsQuery,
  TermError,
} from '../src/model/search.ts'

/** What of the machine the person grants. */
export interface Tuning {
  /** Threads that search memory; 0: as many as suit the machine. */
  readonly threads: number
  /** Bytes that unpacked archives together may take in memory. */
  readonly unpackMemory: number
}

/** What opening has cost so far, for measurements. */
export interface ReadCost {
  /** Bytes read from the dropped files, and the number of reads. */
  readonly bytesRead: number
  readonly reads: number
}

/** What happens while inputs are opened, in order, one stream per `open` call. */
export type OpenEvent =
  /** `id` is undefined until a checkpoint is known; `label` is the input's name. */
  | { readonly kind: 'progress'; readonly label: string; readonly id: string | undefined; readonly progress: Progress }
  /** The archive's members are known; decoding begins. */
  | { readonly kind: 'indexed'; readonly label: string; readonly id: string; readonly cost: ReadCost }
  /** The checkpoint, first in state `overview`, then again in state `ready`. */
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint; readonly cost: ReadCost }
  /** Cancelled while it was being decoded. */
  | { readonly kind: 'closed'; readonly id: string }
  | {
      readonly kind: 'failed'
      readonly label: string
      readonly code: string
      readonly message: string
      readonly advice: string
    }

/** Bytes of a trace, with the part that is the value. */
export interface LocatedBytes {
  readonly memberPath: string
  /** Bytes around and including the value, at most 4 KiB, and where they start in the member. */
  readonly bytes: Uint8Array
  readonly base: number
  /** The value within the member: first byte and number of bytes. */
  readonly offset: number
  readonly length: number
  readonly record: number | undefined
}

/** A field of a decoded record, for the raw view. Children are asked for with `AnalysisApi.fields`. */
export interface FieldNode {
  /** CRIU's spelling, with `[i]` for items of repeated fields; `#<number>` for unknown fields. */
  readonly name: string
  readonly number: number
  /** Proto type (`uint32`, `vma_entry`, …), or the wire type of an unknown field. */
  readonly type: string
  /** Display text as `crit decode --pretty` shows it; undefined for messages. */
  readonly text: string | undefined
  /** Byte range in the member, tag included. */
  readonly offset: number
  readonly length: number
  readonly known: boolean
  /** Path from the record, as in `Trace.path`. */
  readonly path: string
  readonly isMessage: boolean
}

/** One record of an image for the raw view, with its top-level fields. */
export interface RecordNode {
  readonly index: number
  readonly message: string
  /** Byte range of the protobuf payload in the member. */
  readonly offset: number
  readonly length: number
  /** One line that tells records apart: first identifying fields. */
  readonly summary: string
  /** Byte ranges that follow the record: queued data, file content. */
  readonly extra: readonly { readonly label: string; readonly offset: number; readonly length: number }[]
  readonly defect: string | undefined
}

/** Members of a tar inside the archive: /dev/shm, tmpfs content, changed files, volumes. */
export interface NestedListing {
  readonly members: readonly Member[]
  readonly defects: readonly ArchiveDefect[]
  readonly compression: Compression
  /** Whether a second tar reader agrees; it is asked for small plain tars only. */
  readonly crossCheck: 'agrees' | 'differs' | 'not-asked'
}

/** Row of `memparse`. Sizes in bytes; null when the process has none, `why` says so. */
export interface MemparseRow {
  readonly pid: number
  readonly name: string
  readonly memorySize: number | null
  readonly sharedMemorySize: number | null
  readonly why: string | null
}

/** An ELF core file of a process. Sizes in bytes of address space unless said otherwise. */
export interface CoreDump {
  /** File name to save it under. */
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  /** Architecture: `x86-64`, `i386`, `aarch64`, … */
  readonly machine: string
  /** Threads in it, leader first, and those whose registers are not on record. */
  readonly threads: readonly number[]
  readonly lostThreads: readonly number[]
  /** Memory as stored; memory that was never written to; unchanged pages of mapped files, which are not in it. */
  readonly stored: bigint
  readonly zero: bigint
  readonly files: bigint
  /** What else is mapped and not in it, with one sentence each. */
  readonly missing: readonly { readonly why: string; readonly bytes: bigint }[]
}

export interface AnalysisApi {
  /** Version of the build; the page refuses a worker of another build. */
  version(): Promise<string>
  /**
   * Opens inputs; resolves when all are ready or failed and every event has been taken. `request` is the handle for
   * `cancel`.
   */
  open(request: number, files: readonly InputFile[], onEvent: (event: OpenEvent) => unknown): Promise<void>
  cancel(request: number): Promise<void>
  /** Holds for what is begun afterwards. */
  tune(tuning: Tuning): Promise<void>
  close(id: string): Promise<void>
  processDetail(id: string, pid: number): Promise<ProcessDetail>
  /** At most 1 MiB of a member's body. */
  readMember(id: string, member: number, offset: number, length: number): Promise<Uint8Array>
  /** Where exactly a value stands. */
  locate(id: string, trace: Trace): Promise<LocatedBytes>
  /** Records `from` … `from + count - 1` of a CRIU image, and how many there are. */
  records(
    id: string,
    member: number,
    from: number,
    count: number,
  ): Promise<{ total: number; records: readonly RecordNode[] }>
  /** Fields `from` … `from + count - 1` inside a record: at the top (path '') or of the message at `path`. */
  fields(
    id: string,
    member: number,
    record: number,
    path: string,
    from: number,
    count: number,
  ): Promise<{ total: number; fields: readonly FieldNode[] }>
  /** JSON text in the shape of `crit decode`. A Blob, since it may be large. */
  decodeMember(id: string, member: number, pretty: boolean): Promise<Blob>
  /** Lists a member that is itself a tar (plain, gzip or zstd). Rejects when it is none. */
  listNested(id: string, member: number): Promise<NestedListing>
  /** Whole body of a member as a Blob backed by the archive, for saving. */
  memberBlob(id: string, member: number): Promise<Blob>
  /**
   * The core file of a process: what it holds, and its bytes, read from the archive as the stream is. Rejects with a
   * FormatError that says why for a process that has none (a zombie), with a LimitError when it would be too large.
   * Browsers that cannot transfer streams reject too: `coreBlob` serves them.
   */
  coreStream(id: string, pid: number): Promise<{ core: CoreDump; stream: ReadableStream<Uint8Array<ArrayBuffer>> }>
  coreBlob(id: string, pid: number): Promise<{ core: CoreDump; blob: Blob }>
  /** Objects in the shape of `checkpointctl list`, `inspect --all --format json`, `memparse`. */
  list(ids: readonly string[]): Promise<readonly Record<string, unknown>[]>
  inspect(id: string): Promise<readonly Record<string, unknown>[]>
  memparse(id: string): Promise<readonly MemparseRow[]>
  /** How many patterns a search term gives, or what is wrong with it. */
  checkTerm(term: SearchTerm): Promise<{ readonly patterns: number; readonly errors: readonly TermError[] }>
  /** Searches memory; resolves when it is over and every event has been taken. `request` is the handle for `cancel`. */
  search(request: number, id: string, query: SearchQuery, onEvent: (event: SearchEvent) => unknown): Promise<void>
  /** Gathers the distinct strings in memory, in the same way. */
  strings(request: number, id: string, query: StringsQuery, onEvent: (event: StringsEvent) => unknown): Promise<void>
  /** Stored bytes around a place in memory. */
  placeBytes(id: string, place: Pick<MemoryPlace, 'pid' | 'shmid' | 'address'>, length: number): Promise<PlaceBytes>
}

export type { Origin, Trace }

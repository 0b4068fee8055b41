/**
 * Everything that crosses between page and analysis worker: plain data, proxied callbacks, transferred buffers.
 * Nothing of the evidence is trusted on either side; nothing is sent anywhere else.
 */
import type { ArchiveDefect, Compression, InputFile, Member, Progress } from '../src/archive/member.ts'
import type { ImageAnnotation, ImageTarget } from '../src/commands/image-annotations.ts'
import type { Checkpoint } from '../src/model/checkpoint.ts'
import type {
  MemoryDamage,
  MemoryFileQuery,
  MemoryLayout,
  MemorySegment,
  SharedObject,
  SpaceRef,
} from '../src/model/memory.ts'
import type { Origin, Trace } from '../src/model/origin.ts'
import type { ProcessDetail } from '../src/model/process.ts'
import type {
  CopyEvent,
  MemoryHome,
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
  /** A checkpoint that was opened before: it is read over a parent now that this call has opened, or no more. */
  | { readonly kind: 'changed'; readonly checkpoint: Checkpoint }
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
  readonly name: string | null
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

export interface ImageOptions {
  /** Engine that is to restore it: decides on annotations. */
  readonly target: ImageTarget
  /** Name that tools give the image when they load it; undefined leaves it without. */
  readonly reference: string | undefined
}

/** Bytes hashed, and in all. */
export interface HashProgress {
  readonly done: number
  readonly total: number
}

/** An OCI image made of a checkpoint's archive. Sizes in bytes, digests as `sha256:…`. */
export interface CheckpointImage {
  /** Bytes of the file: an image layout in a tar. */
  readonly size: number
  readonly layerSize: number
  /** Of the layer, which is not compressed: the SHA-256 of its tar. */
  readonly layerDigest: string
  readonly configDigest: string
  readonly manifestDigest: string
  /** The layer is the dropped tar, what a compressed one holds, or a tar written from the members. */
  readonly made: 'as-dropped' | 'inflated' | 'written'
  /** What is to be known of its members, one sentence each. */
  readonly notes: readonly string[]
  readonly annotations: readonly ImageAnnotation[]
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
  /** Gives the checkpoints that changed by it: those that were read over this one as their parent. */
  close(id: string): Promise<readonly Checkpoint[]>
  /** Holds for what is begun afterwards. */
  tune(tuning: Tuning): Promise<void>
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
  /**
   * The checkpoint as an OCI image: the archive is read once to be hashed, of which `onHashed` tells, and again as the
   * stream is. `request` is the handle for `cancel`, which lets the hashing end with undefined. Rejects with a
   * FormatError that says why where no image can be made.
   */
  imageStream(
    request: number,
    id: string,
    options: ImageOptions,
    onHashed: (progress: HashProgress) => unknown,
  ): Promise<{ image: CheckpointImage; stream: ReadableStream<Uint8Array<ArrayBuffer>> } | undefined>
  imageBlob(
    request: number,
    id: string,
    options: ImageOptions,
    onHashed: (progress: HashProgress) => unknown,
  ): Promise<{ image: CheckpointImage; blob: Blob } | undefined>
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
  /** How an address space is laid out. Rejects with a FormatError that says why for a process without memory. */
  memoryLayout(id: string, space: SpaceRef): Promise<MemoryLayout>
  /** At most 1 MiB of memory from an address on; the segments cover it without holes. */
  readMemory(id: string, space: SpaceRef, address: bigint, length: number): Promise<readonly MemorySegment[]>
  /** Shared memory objects of the checkpoint. */
  sharedObjects(id: string): Promise<readonly SharedObject[]>
  /**
   * A range of memory as a file, read from the archive as the stream is. `size` in bytes, undefined when it is only
   * known at the end. Browsers that cannot transfer streams reject: `memoryBlob` serves them. `damage` says what
   * is not in the file because it cannot be decoded.
   */
  memoryStream(
    id: string,
    query: MemoryFileQuery,
  ): Promise<{
    name: string
    size: number | undefined
    damage: MemoryDamage
    stream: ReadableStream<Uint8Array<ArrayBuffer>>
  }>
  memoryBlob(id: string, query: MemoryFileQuery): Promise<{ name: string; damage: MemoryDamage; blob: Blob }>
  /** JSON text: what of the range stands where in the file, and why the rest does not. */
  memoryRanges(id: string, query: MemoryFileQuery): Promise<Blob>
  /** Where the pages images are read from, and whether a copy would make searching faster. */
  memoryHome(id: string): Promise<MemoryHome>
  /**
   * Copies the pages images to the browser's private storage, where they are searched several times faster. Deleted when
   * the checkpoint is closed, and by `dropMemoryCopy`, which cancels the searches that read it.
   */
  copyMemory(request: number, id: string, onEvent: (event: CopyEvent) => unknown): Promise<void>
  dropMemoryCopy(id: string): Promise<void>
  /** Stored bytes around a place in memory. */
  placeBytes(id: string, place: Pick<MemoryPlace, 'pid' | 'shmid' | 'address'>, length: number): Promise<PlaceBytes>
}

export type { Origin, Trace }

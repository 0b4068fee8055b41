/**
 * The Checkpoint: everything that was decoded, joined and normalised, as frozen plain data. It is made in the
 * analysis worker, crosses to the page once per state, and is what views, exports, findings and comparison read.
 * Page bytes, environments and mappings stay behind and are asked for.
 */
import type { ArchiveShape, Compression, Member } from '../archive/member.ts'
import type { Maybe } from './absent.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { Descriptor, OpenFile, Socket } from './files.ts'
import type { Metadata, Sizes } from './metadata.ts'
import type { Origin } from './origin.ts'
import type { Process } from './process.ts'

/** How far opening has come. `overview`: metadata and sizes are there, tables follow. `ready`: all is decoded. */
export type CheckpointState = 'overview' | 'ready'

export type MemberKind =
  | 'criu-image'
  | 'pages'
  | 'raw-image'
  | 'metadata'
  | 'log'
  | 'rootfs-diff'
  | 'volume'
  | 'archive'
  | 'directory'
  | 'link'
  | 'special'
  | 'unknown'

/** A member, classified. */
export interface CheckpointMember extends Member {
  readonly kind: MemberKind
  /** CRIU's magic name (PSTREE, CORE, PAGES, …) for images. */
  readonly image: string | undefined
  /** What it is, in plain words. */
  readonly description: string
  /** Records decoded, for CRIU images. */
  readonly records: Maybe<number>
  /** What became of it: understood, in part, not at all, or read only when asked for. */
  readonly reading: 'whole' | 'partial' | 'failed' | 'on-demand' | 'not-understood' | 'stale'
}

/** A mount of a mount namespace (mountpoints-<ns>.img). */
export interface Mount {
  /** Mount namespace, CRIU's id. */
  readonly ns: number
  readonly id: number
  readonly parentId: number
  readonly mountPoint: string
  /** Path in the mounted file system that is the mount's root. */
  readonly root: string
  readonly source: string
  /** File system name. */
  readonly fsType: string
  /** Per-mount options from the flags (ro, nosuid, …) and super block options, as mountinfo writes them. */
  readonly options: string
  readonly superOptions: string
  /** major:minor */
  readonly device: string
  readonly sharedId: Maybe<number>
  readonly masterId: Maybe<number>
  /** Name of an external mount (ext_key): supplied by the engine at restore. */
  readonly externalKey: Maybe<string>
  readonly deleted: boolean
  readonly origin: Origin
}

/** A namespace that is described in the dump. */
export interface Namespace {
  readonly kind: 'pid' | 'net' | 'mnt' | 'uts' | 'ipc' | 'user' | 'time' | 'cgroup'
  /** CRIU's own number. */
  readonly id: number
  /** One line: host name, uid maps, offsets, or that it is the engine's and not in the archive. */
  readonly summary: string
  readonly external: boolean
  readonly pids: readonly number[]
  readonly origin: Origin | undefined
}

/** Self-check: the pages that a pagemap says are stored against the size of the pages image. */
export interface PagesCheck {
  readonly pagemapMember: number
  readonly pagesMember: number | undefined
  /** pid or shmid, by kind. */
  readonly kind: 'process' | 'shared'
  readonly id: number
  readonly presentPages: number
  /** presentPages × page size; absent when compressed. */
  readonly expectedBytes: Maybe<number>
  readonly actualBytes: Maybe<number>
  readonly ok: boolean
}

export interface MemoryFacts {
  /** Bytes per page, inferred: CRIU does not record it. */
  readonly pageSize: Maybe<number>
  /** How it was inferred, one sentence. */
  readonly pageSizeReason: string
  readonly checks: readonly PagesCheck[]
}

export interface ArchiveFacts {
  readonly label: string
  readonly shape: ArchiveShape
  readonly compression: Compression
  /** Bytes as dropped, and of the tar once inflated. */
  readonly size: number
  readonly unpackedSize: number
  readonly spill: 'none' | 'opfs' | 'blob' | 'memory'
}

export interface Checkpoint {
  /** Handle for this session: `c1`, `c2`, … */
  readonly id: string
  /** Short name of the archive's content, the same wherever and whenever it is opened: what links hold. */
  readonly fingerprint: string
  /** What the person calls it: pod / container, else the label. Lossless text. */
  readonly name: string
  readonly state: CheckpointState
  readonly archive: ArchiveFacts
  readonly members: readonly CheckpointMember[]
  readonly metadata: Metadata
  readonly sizes: Sizes
  readonly diagnostics: readonly Diagnostic[]
  /** Diagnostics beyond the limit that were only counted. */
  readonly diagnosticsDropped: number
  /** In pstree order. Absent: why there are none. */
  readonly processes: Maybe<readonly Process[]>
  readonly descriptors: Maybe<readonly Descriptor[]>
  readonly files: Maybe<readonly OpenFile[]>
  readonly sockets: Maybe<readonly Socket[]>
  readonly mounts: Maybe<readonly Mount[]>
  readonly namespaces: Maybe<readonly Namespace[]>
  readonly memory: Maybe<MemoryFacts>
}

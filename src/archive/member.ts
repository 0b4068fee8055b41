/**
 * What every kind of input is turned into: a flat list of members with ranged access to their bodies.
 * Nothing here follows links, trusts sizes or touches the analyst's file system: paths are data.
 */
import type { ByteSource } from './source.ts'

export type MemberType =
  'file' | 'directory' | 'symlink' | 'hardlink' | 'char-device' | 'block-device' | 'fifo' | 'socket' | 'other'

/** What is odd about a member's entry. Shown, never acted upon. */
export type MemberOddity = 'climbs' | 'absolute' | 'duplicate' | 'truncated' | 'bad-checksum' | 'sparse'

/** One member of an opened archive, in archive order. */
export interface Member {
  /** Position in `OpenedArchive.members`; the stable handle of a member. */
  readonly index: number
  /** Path as recorded, lossless text (`base/text.ts`). */
  readonly path: string
  /**
   * Path with leading `./` removed and repeated or trailing slashes folded, for comparing names.
   * Climbing and absolute paths are left as they are (and marked in `oddities`), so they match nothing.
   */
  readonly name: string
  /** Path in the dropped input under which the bytes are kept, where `path` was given by us: the parts of a `ctr` image. */
  readonly storedIn?: string
  readonly type: MemberType
  /**
   * Bytes of the body that can be read, holes of sparse members counted. 0 for types without body. Less than recorded
   * when the archive ends inside the body.
   */
  readonly size: number
  /** Size on record, where the archive ends before it. */
  readonly recordedSize?: number
  /** Byte offset of the header in the unpacked archive; undefined for members of a directory. */
  readonly headerOffset: number | undefined
  /** Byte offset of the body in the unpacked archive; undefined for members of a directory. */
  readonly dataOffset: number | undefined
  /** Permission bits; undefined when not recorded. */
  readonly mode: number | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** Seconds since the epoch, may be fractional (pax); undefined when not recorded. */
  readonly mtime: number | undefined
  /** Link target as recorded, for symlinks and hardlinks. */
  readonly linkTarget: string | undefined
  /** Device numbers for devices. */
  readonly device: { readonly major: number; readonly minor: number } | undefined
  readonly oddities: readonly MemberOddity[]
}

/** What the dropped thing is, from its bytes. */
export type ArchiveShape = 'tar' | 'directory' | 'oci-layout' | 'docker-archive' | 'ctr-image'

export type Compression = 'none' | 'gzip' | 'zstd'

/** Defect of the archive itself; becomes a Diagnostic. */
export interface ArchiveDefect {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  /** Byte offset in the (unpacked) archive where it breaks, when known. */
  readonly offset: number | undefined
}

/** A checkpoint's archive, open for ranged reads. */
export interface OpenedArchive {
  /** Name of the dropped file or folder, lossless text. A hint for display only. */
  readonly label: string
  readonly shape: ArchiveShape
  /** Compression of the archive (of the layer, for an OCI image). */
  readonly compression: Compression
  /** Bytes as dropped. */
  readonly size: number
  /** Bytes of the tar once inflated; equals `size` for a plain tar. */
  readonly unpackedSize: number
  readonly members: readonly Member[]
  readonly defects: readonly ArchiveDefect[]
  /**
   * Annotations of an OCI image (index, manifest, in this order), if the checkpoint came in one.
   * `from` says where: blob or file name in the dropped input.
   */
  readonly annotations: readonly { readonly key: string; readonly value: string; readonly from: string }[]
  /** Where inflated bytes live: nothing was inflated, private file system, browser blob, or memory. */
  readonly spill: 'none' | 'opfs' | 'blob' | 'memory'
  /** The plain (inflated) tar, where the members are all of one and no part of it. */
  readonly tar?: ByteSource | undefined
  /** Ranged access to a member's body; holes of sparse members read as zeros. */
  open(member: Member): ByteSource
  /** Releases the spill. Idempotent. */
  close(): Promise<void>
}

/** What is used of a dropped file. */
export type ReadableBlob = Pick<Blob, 'size' | 'slice'>

/** One file of an input group. `path` is relative to the dropped folder, or the file's name. */
export interface InputFile {
  readonly file: ReadableBlob
  readonly path: string
}

/** Progress of a long step, for the frame's top edge. */
export interface Progress {
  readonly phase: 'reading' | 'inflating' | 'indexing' | 'decoding'
  /** Bytes or items done, and in all (undefined when not known). */
  readonly done: number
  readonly total: number | undefined
  readonly unit: 'bytes' | 'items'
}

/**
 * Memory as the page asks for it: which address space, how it is laid out, bytes with the reasons for those that
 * cannot be shown. Plain data; the bytes themselves cross only where they are looked at.
 */
import type { GapKind } from '../memory/gap.ts'
import type { Maybe } from './absent.ts'
import type { Origin } from './origin.ts'
import type { Vma } from './process.ts'

/** An address space: that of a process, or a shared memory object, in which addresses are offsets. */
export type SpaceRef =
  { readonly kind: 'process'; readonly pid: number } | { readonly kind: 'shared'; readonly shmid: number }

/** What a range of addresses is. `stored`: its bytes are in this checkpoint; `parent`: in an opened parent of it. */
export type RangeKind = 'stored' | 'parent' | GapKind

/** Bytes of one kind within a mapping or an address space. */
export interface KindBytes {
  readonly kind: RangeKind
  readonly bytes: bigint
}

/** A row of the memory map. */
export interface MappingRow {
  /** As recorded; `start` and `end` as the process sees them (addresses of 32 bits are not sign-extended). */
  readonly vma: Vma
  /** How its bytes are accounted for; sums to its length. Largest first. */
  readonly kinds: readonly KindBytes[]
  /** Bytes whose content is in the archive or an opened parent. */
  readonly stored: bigint
  /** Guard mappings lie over others and take no part in totals. */
  readonly guard: boolean
}

/**
 * The whole of an address space in ascending ranges without holes between the first and the last mapping, as columns.
 * Ranges that follow one another and have the same answer are one.
 */
export interface MemoryLayout {
  readonly space: SpaceRef
  /** Bytes; absent when it could not be found out, then nothing is stored either. */
  readonly pageSize: Maybe<number>
  /** Width of an address in hexadecimal digits: 8 or 16. */
  readonly digits: 8 | 16
  /** In ascending order of address; guard mappings behind the others. A shared object has none. */
  readonly mappings: readonly MappingRow[]
  readonly start: BigUint64Array
  /** Bytes, never 0. */
  readonly length: BigUint64Array
  /** Index into `reasons`. */
  readonly reason: Uint32Array
  /** Index into `mappings`; -1 outside. */
  readonly mapping: Int32Array
  /** `why` is one sentence for a gap (it may hold evidence text), undefined where bytes are stored. */
  readonly reasons: readonly { readonly kind: RangeKind; readonly why: string | undefined }[]
  /** Ranges that were left out because there are more than limits.layoutRanges; 0 as a rule. */
  readonly dropped: number
}

/** A piece of memory as read: bytes with their origin, or a gap. */
export type MemorySegment =
  | {
      readonly address: bigint
      readonly bytes: Uint8Array
      /** Of compressed pages the whole block. */
      readonly origin: Origin
      readonly compressed: boolean
      /** 0: this checkpoint; 1: its parent; and so on. */
      readonly level: number
      /** The opened checkpoint that `origin` leads into, when it is another one: a parent in an archive of its own. */
      readonly checkpoint: string | undefined
    }
  | {
      readonly address: bigint
      readonly length: number
      readonly kind: GapKind
      readonly why: string
      /** Mapped file (id in files.img) and the byte in it that the gap begins with. */
      readonly file?: { readonly id: number; readonly offset: bigint }
    }

/** A shared memory object: System V segment, anonymous shared memory, memfd. */
export interface SharedObject {
  readonly shmid: number
  readonly kind: 'sysv' | 'anonymous' | 'memfd' | 'unknown'
  /** memfd name, or `key 0x…` of a System V segment. */
  readonly name: Maybe<string>
  /** Bytes of the object, as recorded or as far as it is mapped. */
  readonly size: Maybe<bigint>
  /** Bytes stored in the archive. */
  readonly stored: Maybe<number>
  /** Processes that map it, ascending. */
  readonly pids: readonly number[]
  /** Record that describes it, and its pagemap. */
  readonly origin: Origin | undefined
}

/** How a range of memory is written to a file. */
export type MemoryFileFormat =
  /** Text as `checkpointctl memparse --output` writes it. */
  | 'hexdump'
  /** Stored bytes at the place of their address, counted from the start; gaps are holes of zeros. */
  | 'sparse'
  /** Stored bytes one after the other. */
  | 'packed'
  /**
   * A tar with a file for each mapping, named by its addresses: the bytes from the first stored one to the last at their
   * place. Where 16 MiB and more between them are not stored, another file begins.
   */
  | 'mappings'

/** Memory that could not be written because its compressed blocks are damaged. */
export interface MemoryDamage {
  /** Address of the first such byte, undefined when all was written. */
  readonly first: bigint | undefined
  readonly bytes: number
}

/** A range to be written to a file; the whole address space when no range is given. */
export interface MemoryFileQuery {
  readonly space: SpaceRef
  readonly range?: { readonly address: bigint; readonly length: bigint }
  readonly format: MemoryFileFormat
}

/** What a core file is made of: plain facts about one process, and its memory. */
import type { core_entry } from '../criu/generated/types.ts'
import type { AddressSpace } from '../memory/address-space.ts'

export interface CoreThread {
  readonly tid: number
  readonly core: core_entry
}

export interface CoreMapping {
  readonly start: bigint
  readonly end: bigint
  /** PROT_* bits. */
  readonly prot: number
  /** CRIU's VMA_* status bits. */
  readonly status: number
  /** Bytes into the mapped file. */
  readonly offset: bigint
  /** As in /proc/<pid>/maps, lossless text; undefined when there is no file behind it. */
  readonly path: string | undefined
}

export interface CoreInput {
  readonly pid: number
  /** Undefined when the process tree is lost. */
  readonly ppid: number | undefined
  readonly pgid: number | undefined
  readonly sid: number | undefined
  readonly stopped: boolean
  /** comm, lossless text; undefined when not on record. */
  readonly name: string | undefined
  /** First bytes of the argument block; empty when it cannot be read. */
  readonly arguments: Uint8Array
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** Leader first. */
  readonly threads: readonly CoreThread[]
  /** Threads whose core images cannot be read. */
  readonly lostThreads: readonly number[]
  /** mm_entry.mm_saved_auxv. */
  readonly auxv: readonly bigint[]
  readonly mappings: readonly CoreMapping[]
  readonly space: Pick<AddressSpace, 'extents' | 'read'>
  /** Bytes. */
  readonly pageSize: number
}

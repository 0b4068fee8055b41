/**
 * Architectures: what the ELF header says of them and how threads lay out their registers. The general registers of
 * NT_PRSTATUS are in the order of the kernel's elf_gregset_t (arch/<arch>/include/uapi/asm/{ptrace,elf,reg}.h).
 */
import type { core_entry } from '../criu/generated/types.ts'
import type { Note } from './note.ts'
import type { Layout } from './struct-writer.ts'

/** The state of one thread in the layout of its machine. */
export interface ThreadState {
  /** elf_gregset_t; undefined when the image lacks any of the registers. */
  readonly general: Uint8Array | undefined
  /** Floating point and further register sets; those that the image does not hold whole are left out. */
  readonly notes: readonly Note[]
}

export interface Machine {
  /** For messages. */
  readonly name: string
  /** e_machine (include/uapi/linux/elf-em.h). */
  readonly elf: number
  /** e_flags: the ABI, where debuggers choose by it. */
  readonly flags: number
  readonly layout: Layout
  /** __kernel_uid_t has 16 bits in elf_prpsinfo. */
  readonly shortIds: boolean
  /** `topAddress`: highest address that the process has mapped. */
  state(core: core_entry, topAddress: bigint): ThreadState
}

export const WIDE: Layout = { wide: true, bigEndian: false }
export const NARROW: Layout = { wide: false, bigEndian: false }

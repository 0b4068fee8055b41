/** Notes of a core file (include/uapi/linux/elf.h): a name, a type, a structure. */
import type { Layout } from './struct-writer.ts'
import { StructWriter } from './struct-writer.ts'

/** Who defines the type: `CORE` for what System V had, `LINUX` for the rest (fs/binfmt_elf.c, ELF_NOTE names). */
export type NoteName = 'CORE' | 'LINUX'

export interface Note {
  readonly name: NoteName
  readonly type: number
  readonly body: Uint8Array
}

/** Note types (include/uapi/linux/elf.h). */
export const NT = {
  prstatus: 1,
  prfpreg: 2,
  prpsinfo: 3,
  auxv: 6,
  siginfo: 0x53494749,
  file: 0x46494c45,
  prxfpreg: 0x46e62b7f,
  ppcVmx: 0x100,
  ppcVsx: 0x102,
  i386Tls: 0x200,
  x86Xstate: 0x202,
  x86Shstk: 0x204,
  s390SystemCall: 0x307,
  s390VxrsLow: 0x309,
  s390VxrsHigh: 0x30a,
  s390GsCb: 0x30b,
  s390GsBc: 0x30c,
  s390RiCb: 0x30d,
  armVfp: 0x400,
  armTls: 0x401,
  armPacMask: 0x406,
} as const

/** The note as stored: name and body are padded to 4 bytes, in 64-bit files too. */
export function noteBytes(layout: Layout, { name, type, body }: Note): Uint8Array {
  const writer = new StructWriter(layout)
  writer
    .u32(name.length + 1)
    .u32(body.length)
    .u32(type)
  for (const letter of name) writer.u8(letter.charCodeAt(0))
  return writer.u8(0).align(4).bytes(body).align(4).done()
}

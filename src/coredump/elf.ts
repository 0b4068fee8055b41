/** ELF file and program headers of a core file (include/uapi/linux/elf.h; System V ABI, chapter 4 and 5). */
import type { Machine } from './machine.ts'
import { StructWriter } from './struct-writer.ts'

/** A program header. Offsets and sizes in bytes. */
export interface ProgramHeader {
  readonly type: number
  readonly flags: number
  readonly offset: bigint
  readonly address: bigint
  readonly fileSize: bigint
  readonly memorySize: bigint
  readonly align: number
}

export const PT = { load: 1, note: 4 } as const

const ET_CORE = 4
/** e_phnum when the count stands in sh_info of the one section header. */
const PN_XNUM = 0xffff

/** Sizes of the file header, a program header and a section header. */
function headerSizes(wide: boolean): { file: number; program: number; section: number } {
  return wide ? { file: 64, program: 56, section: 64 } : { file: 52, program: 32, section: 40 }
}

/** Bytes before the notes. */
export function headersSize({ layout }: Machine, segments: number): number {
  const { file, program, section } = headerSizes(layout.wide)
  return file + program * segments + (segments >= PN_XNUM ? section : 0)
}

/** File header, program headers and, for 65535 of them or more, the section header that holds their number. */
export function headers(machine: Machine, programs: readonly ProgramHeader[]): Uint8Array {
  const { layout } = machine
  const sizes = headerSizes(layout.wide)
  const many = programs.length >= PN_XNUM
  const writer = new StructWriter(layout)
  writer.bytes(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, layout.wide ? 2 : 1, layout.bigEndian ? 2 : 1, 1)).zeros(9)
  writer.u16(ET_CORE).u16(machine.elf).u32(1)
  writer
    .word(0)
    .word(sizes.file)
    .word(many ? sizes.file + sizes.program * programs.length : 0)
  writer
    .u32(machine.flags)
    .u16(sizes.file)
    .u16(sizes.program)
    .u16(many ? PN_XNUM : programs.length)
  writer
    .u16(sizes.section)
    .u16(many ? 1 : 0)
    .u16(0)
  for (const program of programs) programHeader(writer, program)
  if (many) sectionHeader(writer, programs.length)
  return writer.done()
}

function programHeader(writer: StructWriter, p: ProgramHeader): void {
  writer.u32(p.type)
  if (writer.layout.wide) writer.u32(p.flags)
  writer.word(p.offset).word(p.address).word(0).word(p.fileSize).word(p.memorySize)
  if (!writer.layout.wide) writer.u32(p.flags)
  writer.word(p.align)
}

/** SHT_NULL: sh_size the number of sections, sh_info that of program headers. */
function sectionHeader(writer: StructWriter, programs: number): void {
  writer.u32(0).u32(0).word(0).word(0).word(0).word(1).u32(0).u32(programs).word(0).word(0)
}

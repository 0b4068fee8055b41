/**
 * x86: 64-bit tasks and 32-bit ones on 64-bit kernels (arch/x86/include/asm/user_64.h, user_32.h,
 * arch/x86/kernel/{ptrace,tls}.c, arch/x86/include/asm/fpu/types.h).
 */
import type {
  core_entry,
  thread_info_x86,
  user_desc_t,
  user_x86_fpregs_entry,
  user_x86_regs_entry,
} from '../criu/generated/types.ts'
import { NARROW, WIDE, type Machine } from './machine.ts'
import { NT, type Note } from './note.ts'
import { StructWriter } from './struct-writer.ts'

/** user_x86_regs_mode.COMPAT */
const COMPAT = 2

export function isCompat(core: core_entry): boolean {
  return core.thread_info?.gpregs?.mode === COMPAT
}

export const x8664: Machine = {
  name: 'x86-64',
  elf: 62,
  flags: 0,
  layout: WIDE,
  shortIds: false,
  state: ({ thread_info: info }) => ({
    general: info?.gpregs && general64(info.gpregs),
    notes: info?.fpregs ? [...legacyNotes('CORE', NT.prfpreg, info.fpregs), ...extended(info.fpregs)] : [],
  }),
}

export const i386: Machine = {
  name: 'i386',
  elf: 3,
  flags: 0,
  layout: NARROW,
  shortIds: true,
  state: ({ thread_info: info }) => ({ general: info?.gpregs && general32(info.gpregs), notes: notes32(info) }),
}

/** user_regs_struct: CRIU's fields 1 to 27 are in its order. */
function general64(r: user_x86_regs_entry): Uint8Array | undefined {
  const writer = new StructWriter(WIDE)
  writer.list([r.r15, r.r14, r.r13, r.r12, r.bp, r.bx, r.r11, r.r10, r.r9, r.r8, r.ax, r.cx, r.dx], 13, 64)
  writer.list([r.si, r.di, r.orig_ax, r.ip, r.cs, r.flags, r.sp, r.ss, r.fs_base, r.gs_base], 10, 64)
  writer.list([r.ds, r.es, r.fs, r.gs], 4, 64)
  return writer.complete ? writer.done() : undefined
}

function general32(r: user_x86_regs_entry): Uint8Array | undefined {
  const writer = new StructWriter(NARROW)
  writer.list([r.bx, r.cx, r.dx, r.si, r.di, r.bp, r.ax, r.ds, r.es, r.fs, r.gs, r.orig_ax], 12, 32)
  writer.list([r.ip, r.cs, r.flags, r.sp, r.ss], 5, 32)
  return writer.complete ? writer.done() : undefined
}

function notes32(info: thread_info_x86 | undefined): Note[] {
  if (!info) return []
  const { fpregs, tls } = info
  const notes = fpregs ? [...i387(fpregs), ...legacyNotes('LINUX', NT.prxfpreg, fpregs), ...extended(fpregs)] : []
  if (tls.length > 0) {
    const writer = new StructWriter(NARROW)
    for (const entry of tls) descriptor(writer, entry)
    if (writer.complete) notes.push({ name: 'LINUX', type: NT.i386Tls, body: writer.done() })
  }
  return notes
}

/** struct user_desc (arch/x86/include/uapi/asm/ldt.h). */
function descriptor(writer: StructWriter, entry: user_desc_t): void {
  const bits = [
    entry.seg_32bit,
    entry.contents_l,
    entry.contents_h,
    entry.read_exec_only,
    entry.limit_in_pages,
    entry.seg_not_present,
    entry.usable,
  ]
  const flags = bits.reduce((sum, bit, i) => sum | (bit === true ? 1 << i : 0), 0)
  writer.u32(entry.entry_number).u32(entry.base_addr).u32(entry.limit).u32(flags)
}

/** Bytes of the FXSAVE area; its last 48 are left to software. */
const FXSAVE = 512

/** user_i387_struct of 64-bit machines, user_fxsr_struct of 32-bit ones: the FXSAVE area. */
function fxsave(writer: StructWriter, f: user_x86_fpregs_entry): void {
  writer.u16(f.cwd).u16(f.swd).u16(f.twd).u16(f.fop).u64(f.rip).u64(f.rdp).u32(f.mxcsr).u32(f.mxcsr_mask)
  writer.list(f.st_space, 32, 32).list(f.xmm_space, 64, 32)
  writer.zeros(FXSAVE - writer.length)
}

function legacyNotes(name: Note['name'], type: number, registers: user_x86_fpregs_entry): Note[] {
  const writer = new StructWriter(WIDE)
  fxsave(writer, registers)
  return writer.complete ? [{ name, type, body: writer.done() }] : []
}

/** user_i387_ia32_struct: the FSAVE area, 108 bytes, with the registers' 10 bytes close together. */
function i387(f: user_x86_fpregs_entry): Note[] {
  const writer = new StructWriter(NARROW)
  const [instruction, operand] = [f.rip ?? 0n, f.rdp ?? 0n]
  writer.u32((f.cwd ?? 0) | 0xffff0000).u32((f.swd ?? 0) | 0xffff0000)
  writer.u32(fullTags(f) | 0xffff0000)
  writer.u32(instruction & 0xffffffffn).u32(((instruction >> 32n) & 0xffffn) | (BigInt(f.fop ?? 0) << 16n))
  writer.u32(operand & 0xffffffffn).u32(((operand >> 32n) & 0xffffn) | 0xffff0000n)
  for (let i = 0; i < 8; i++) writer.list(f.st_space.slice(i * 4), 2, 32).u16(f.st_space[i * 4 + 2])
  return writer.complete && f.twd !== undefined ? [{ name: 'CORE', type: NT.prfpreg, body: writer.done() }] : []
}

/** FXSAVE keeps one bit a register, set when it is in use; FSAVE two, by content (arch/x86/kernel/fpu/regset.c). */
function fullTags(f: user_x86_fpregs_entry): number {
  const top = ((f.swd ?? 0) >> 11) & 7
  let tags = 0
  for (let i = 0; i < 8; i++) {
    const used = ((f.twd ?? 0) >> i) & 1
    tags |= (used ? tagOf(f.st_space.slice(((i - top) & 7) * 4)) : EMPTY) << (2 * i)
  }
  return tags
}

const VALID = 0
const ZERO = 1
const SPECIAL = 2
const EMPTY = 3

/** The tag of an 80-bit number in three words. */
function tagOf([low = 0, high = 0, exponent = 0]: readonly number[]): number {
  const magnitude = exponent & 0x7fff
  if (magnitude === 0x7fff) return SPECIAL
  if (magnitude === 0) return low === 0 && high === 0 ? ZERO : SPECIAL
  return high >>> 31 ? VALID : SPECIAL
}

/** State components (arch/x86/include/asm/fpu/types.h): number, place in the standard layout, values. */
const YMM = 2
const BNDREGS = 3
const BNDCSR = 4
const OPMASK = 5
const ZMM_HI256 = 6
const HI16_ZMM = 7
const PKRU = 9
const MPX = (1 << BNDREGS) | (1 << BNDCSR)
const AVX512 = (1 << OPMASK) | (1 << ZMM_HI256) | (1 << HI16_ZMM)

/** Where the kernel leaves the mask of features for debuggers, within the FXSAVE area. */
const XCR0_AT = 464
const XSAVE_HEADER = 64

/**
 * NT_X86_XSTATE in the layout that Intel's processors use, whichever the dumped one used: debuggers tell layouts by
 * size and feature mask, so the size is that of the highest feature that CRIU recorded. NT_X86_SHSTK after it.
 */
function extended(f: user_x86_fpregs_entry): Note[] {
  const x = f.xsave
  if (!x) return []
  const parts: readonly (readonly [
    feature: number,
    at: number,
    values: readonly (number | bigint)[],
    bits: 32 | 64,
    count: number,
  ])[] = [
    [YMM, 576, x.ymmh_space, 32, 64],
    [BNDREGS, 960, x.bndreg_state, 64, 8],
    [BNDCSR, 1024, x.bndcsr_state, 64, 2],
    [OPMASK, 1088, x.opmask_reg, 64, 8],
    [ZMM_HI256, 1152, x.zmm_upper, 64, 64],
    [HI16_ZMM, 1664, x.hi16_zmm, 64, 128],
    [PKRU, 2688, x.pkru, 32, 2],
  ]
  const there = parts.filter(([, , values, , count]) => values.length >= count)
  const mask = there.reduce((sum, [feature]) => sum | (1 << feature), 3)
  const size = areaSize(mask)
  const writer = new StructWriter(WIDE)
  fxsave(writer, f)
  writer.u64(x.xstate_bv === undefined ? undefined : x.xstate_bv & BigInt(mask)).zeros(XSAVE_HEADER - 8)
  for (const [, at, values, bits, count] of there) writer.zeros(at - writer.length).list(values, count, bits)
  const notes: Note[] = []
  if (writer.complete && size !== undefined) {
    const body = writer.zeros(size - writer.length).done()
    new DataView(body.buffer).setBigUint64(XCR0_AT, BigInt(mask), true)
    notes.push({ name: 'LINUX', type: NT.x86Xstate, body })
  }
  if (x.cet?.ssp) notes.push({ name: 'LINUX', type: NT.x86Shstk, body: new StructWriter(WIDE).u64(x.cet.ssp).done() })
  return notes
}

/** Bytes of the area with these features; undefined when there is nothing beyond FXSAVE. */
function areaSize(mask: number): number | undefined {
  if (mask & (1 << PKRU)) return 2696
  if (mask & AVX512) return 2688
  if (mask & MPX) return 1088
  return mask & (1 << YMM) ? 832 : undefined
}

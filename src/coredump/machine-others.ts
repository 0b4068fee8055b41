/**
 * ppc64le, s390x, mips64, loongarch64, riscv64. The layouts are those of arch/powerpc/include/uapi/asm/{ptrace,elf}.h,
 * arch/s390/include/uapi/asm/ptrace.h, arch/mips/include/uapi/asm/reg.h, arch/loongarch/include/uapi/asm/ptrace.h and
 * arch/riscv/include/uapi/asm/ptrace.h.
 */
import type { thread_info_ppc64, thread_info_s390, user_mips_fpregs_entry } from '../criu/generated/types.ts'
import { WIDE, type Machine } from './machine.ts'
import { NT, type Note } from './note.ts'
import { StructWriter, type Layout } from './struct-writer.ts'

function finished(writer: StructWriter): Uint8Array | undefined {
  return writer.complete ? writer.done() : undefined
}

/** The note, if its structure is whole. */
function whole(name: Note['name'], type: number, writer: StructWriter): Note[] {
  return writer.complete ? [{ name, type, body: writer.done() }] : []
}

/** ELFv2 calling convention. */
const EF_PPC64_V2 = 2

export const ppc64: Machine = {
  name: 'ppc64le',
  elf: 21,
  flags: EF_PPC64_V2,
  layout: WIDE,
  shortIds: false,
  state: ({ ti_ppc64: info }) => {
    const r = info?.gpregs
    const writer = new StructWriter(WIDE).list(r?.gpr ?? [], 32, 64)
    writer.list([r?.nip, r?.msr, r?.orig_gpr3, r?.ctr, r?.link, r?.xer, r?.ccr], 7, 64)
    // softe is of the kernel and not recorded; trap stands behind it, and dar, dsisr and result behind that.
    writer
      .zeros(8)
      .u64(r?.trap)
      .zeros(7 * 8)
    return { general: finished(writer), notes: info ? ppcNotes(info) : [] }
  },
}

function ppcNotes(info: thread_info_ppc64): Note[] {
  const vmx = new StructWriter(WIDE)
    .list(info.vrstate?.vrregs ?? [], 66, 64)
    .u32(info.vrstate?.vrsave)
    .zeros(12)
  return [
    ...whole('CORE', NT.prfpreg, new StructWriter(WIDE).list(info.fpstate?.fpregs ?? [], 33, 64)),
    ...whole('LINUX', NT.ppcVmx, vmx),
    ...whole('LINUX', NT.ppcVsx, new StructWriter(WIDE).list(info.vsxstate?.vsxregs ?? [], 32, 64)),
  ]
}

/** The only big-endian machine of CRIU. */
const S390: Layout = { wide: true, bigEndian: true }

export const s390x: Machine = {
  name: 's390x',
  elf: 22,
  flags: 0,
  layout: S390,
  shortIds: false,
  state: ({ ti_s390: info }) => {
    const r = info?.gpregs
    const writer = new StructWriter(S390)
      .u64(r?.psw_mask)
      .u64(r?.psw_addr)
      .list(r?.gprs ?? [], 16, 64)
    writer.list(r?.acrs ?? [], 16, 32).u64(r?.orig_gpr2)
    return { general: finished(writer), notes: info ? s390Notes(info) : [] }
  },
}

function s390Notes(info: thread_info_s390): Note[] {
  const list = (type: number, values: readonly bigint[] | undefined, count: number): Note[] =>
    values ? whole('LINUX', type, new StructWriter(S390).list(values, count, 64)) : []
  return [
    ...whole(
      'CORE',
      NT.prfpreg,
      new StructWriter(S390)
        .u32(info.fpregs?.fpc)
        .zeros(4)
        .list(info.fpregs?.fprs ?? [], 16, 64),
    ),
    ...whole('LINUX', NT.s390SystemCall, new StructWriter(S390).u32(info.gpregs?.system_call)),
    ...list(NT.s390VxrsLow, info.vxrs_low?.regs, 16),
    ...list(NT.s390VxrsHigh, info.vxrs_high?.regs, 32),
    ...list(NT.s390GsCb, info.gs_cb?.regs, 4),
    ...list(NT.s390GsBc, info.gs_bc?.regs, 4),
    ...list(NT.s390RiCb, info.ri_cb?.regs, 8),
  ]
}

/** 64-bit instructions, release 2; no bit of the 32-bit ABIs. */
const EF_MIPS_ARCH_64R2 = 0x80000000

/** CRIU runs on little-endian MIPS only. */
export const mips64: Machine = {
  name: 'mips64',
  elf: 8,
  flags: EF_MIPS_ARCH_64R2,
  layout: WIDE,
  shortIds: false,
  state: ({ ti_mips: info }) => {
    const r = info?.gpregs
    const writer = new StructWriter(WIDE).list(numbered(r), 32, 64)
    writer.list([r?.lo, r?.hi, r?.cp0_epc, r?.cp0_badvaddr, r?.cp0_status, r?.cp0_cause], 6, 64).zeros(7 * 8)
    const f: user_mips_fpregs_entry | undefined = info?.fpregs
    const float = new StructWriter(WIDE).list(numbered(f), 32, 64).u32(f?.fpu_fcr31).u32(f?.fpu_id)
    return { general: finished(writer), notes: whole('CORE', NT.prfpreg, float) }
  },
}

/** Fields r0 to r31. */
function numbered(message: object | undefined): (bigint | undefined)[] {
  const fields = new Map<string, unknown>(Object.entries(message ?? {}))
  return Array.from({ length: 32 }, (_, i) => {
    const value = fields.get(`r${i}`)
    return typeof value === 'bigint' ? value : undefined
  })
}

/** Object file ABI 1, double-precision floats. */
const EF_LOONGARCH = 0x43

export const loongarch64: Machine = {
  name: 'loongarch64',
  elf: 258,
  flags: EF_LOONGARCH,
  layout: WIDE,
  shortIds: false,
  state: ({ ti_loongarch64: info }) => {
    // orig_a0, csr_badv and ten reserved words are not recorded.
    const writer = new StructWriter(WIDE)
      .list(info?.gpregs?.regs ?? [], 32, 64)
      .zeros(8)
      .u64(info?.gpregs?.pc)
      .zeros(11 * 8)
    const f = info?.fpregs
    const float = new StructWriter(WIDE)
      .list(f?.regs ?? [], 32, 64)
      .u64(f?.fcc)
      .u32(f?.fcsr)
      .zeros(4)
    return { general: finished(writer), notes: whole('CORE', NT.prfpreg, float) }
  },
}

/** Compressed instructions, double-precision floats. */
const EF_RISCV = 0x5

export const riscv64: Machine = {
  name: 'riscv64',
  elf: 243,
  flags: EF_RISCV,
  layout: WIDE,
  shortIds: false,
  state: ({ ti_riscv64: info }) => {
    const r = info?.gpregs
    const writer = new StructWriter(WIDE)
    writer.list([r?.pc, r?.ra, r?.sp, r?.gp, r?.tp, r?.t0, r?.t1, r?.t2, r?.s0, r?.s1], 10, 64)
    writer.list([r?.a0, r?.a1, r?.a2, r?.a3, r?.a4, r?.a5, r?.a6, r?.a7], 8, 64)
    writer.list([r?.s2, r?.s3, r?.s4, r?.s5, r?.s6, r?.s7, r?.s8, r?.s9, r?.s10, r?.s11], 10, 64)
    writer.list([r?.t3, r?.t4, r?.t5, r?.t6], 4, 64)
    const float = new StructWriter(WIDE)
      .list(info?.fpsimd?.f ?? [], 32, 64)
      .u32(info?.fpsimd?.fcsr)
      .zeros(4)
    return { general: finished(writer), notes: whole('CORE', NT.prfpreg, float) }
  },
}

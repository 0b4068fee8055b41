/** arm and aarch64 (arch/arm/include/asm/{ptrace,user}.h, arch/arm64/include/uapi/asm/ptrace.h). */
import type { core_entry, user_aarch64_regs_entry, user_arm_regs_entry } from '../criu/generated/types.ts'
import { NARROW, WIDE, type Machine } from './machine.ts'
import { NT, type Note } from './note.ts'
import { StructWriter } from './struct-writer.ts'

/** EABI version 5. */
const EF_ARM_EABI5 = 0x05000000

export const arm: Machine = {
  name: 'arm',
  elf: 40,
  flags: EF_ARM_EABI5,
  layout: NARROW,
  shortIds: true,
  state: ({ ti_arm: info }) => {
    const notes: Note[] = []
    const vfp = new StructWriter(NARROW).list(info?.fpstate?.vfp_regs ?? [], 32, 64).u32(info?.fpstate?.fpscr)
    if (vfp.complete) notes.push({ name: 'LINUX', type: NT.armVfp, body: vfp.done() })
    const tls = new StructWriter(NARROW).u32(info?.tls)
    if (tls.complete) notes.push({ name: 'LINUX', type: NT.armTls, body: tls.done() })
    return { general: info?.gpregs && general32(info.gpregs), notes }
  },
}

function general32(r: user_arm_regs_entry): Uint8Array | undefined {
  const writer = new StructWriter(NARROW)
  writer.list([r.r0, r.r1, r.r2, r.r3, r.r4, r.r5, r.r6, r.r7, r.r8, r.r9, r.r10, r.fp], 12, 32)
  writer.list([r.ip, r.sp, r.lr, r.pc, r.cpsr, r.orig_r0], 6, 32)
  return writer.complete ? writer.done() : undefined
}

export const aarch64: Machine = {
  name: 'aarch64',
  elf: 183,
  flags: 0,
  layout: WIDE,
  shortIds: false,
  state: (core, topAddress) => ({
    general: core.ti_aarch64?.gpregs && general64(core.ti_aarch64.gpregs),
    notes: notes64(core, topAddress),
  }),
}

/** user_pt_regs */
function general64(r: user_aarch64_regs_entry): Uint8Array | undefined {
  const writer = new StructWriter(WIDE).list(r.regs, 31, 64).u64(r.sp).u64(r.pc).u64(r.pstate)
  return writer.complete ? writer.done() : undefined
}

function notes64({ ti_aarch64: info }: core_entry, topAddress: bigint): Note[] {
  const notes: Note[] = []
  // user_fpsimd_state: 32 registers of 128 bits, low half first, and padding.
  const simd = new StructWriter(WIDE).list(info?.fpsimd?.vregs ?? [], 64, 64)
  simd.u32(info?.fpsimd?.fpsr).u32(info?.fpsimd?.fpcr).zeros(8)
  if (simd.complete) notes.push({ name: 'CORE', type: NT.prfpreg, body: simd.done() })
  const tls = new StructWriter(WIDE).u64(info?.tls)
  if (tls.complete) notes.push({ name: 'LINUX', type: NT.armTls, body: tls.done() })
  if (info?.pac_keys) notes.push(signatureMask(topAddress))
  return notes
}

/** Sizes of the user address space in bits that arm64 kernels are built for. */
const ADDRESS_BITS = [36, 39, 42, 47, 48, 52] as const

/**
 * NT_ARM_PAC_MASK, without which signed return addresses cannot be followed. CRIU records the keys and not the mask;
 * the mask is the bits from the size of the address space up to bit 54, and the stack, close below that size, tells it.
 */
function signatureMask(topAddress: bigint): Note {
  const bits = ADDRESS_BITS.find((count) => topAddress <= 1n << BigInt(count)) ?? 52
  const mask = (1n << 55n) - (1n << BigInt(bits))
  return { name: 'LINUX', type: NT.armPacMask, body: new StructWriter(WIDE).u64(mask).u64(mask).done() }
}

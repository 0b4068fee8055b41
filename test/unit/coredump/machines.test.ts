import { describe, expect, test } from 'vitest'
import { planCore } from '../../../src/coredump/core-file.ts'
import { readCoreInput } from '../../../src/ingest/join/core-input.ts'
import { collect, parseCore, type ParsedCore } from '../../builders/elf-core.ts'
import { minimal, type RecordInit } from '../../builders/image.ts'
import { joinedWorld } from '../../builders/joined.ts'

/** `count` values that tell themselves apart: 64-bit ones use both halves. */
function numbered(from: number, count: number): bigint[] {
  return Array.from({ length: count }, (_, i) => BigInt(from + i) * 0x1_0000_0001n)
}

function small(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i)
}

function fields(names: string, values: readonly (bigint | number)[]): Record<string, bigint | number> {
  return Object.fromEntries(names.split(' ').map((name, i) => [name, values[i] ?? 0]))
}

/** A one-process checkpoint whose core image has these registers. */
async function coreOf(mtype: number, info: RecordInit, more: RecordInit = {}): Promise<ParsedCore> {
  const pstree = { pid: 7, ppid: 3, pgid: 5, sid: 4, threads: [7] }
  const tc = { ...minimal('task_core_entry'), task_state: 1, comm: 'prog', flags: 0x400, blk_sigset: 0x1234n }
  const core = { mtype, tc, thread_core: { ...minimal('thread_core_entry'), sched_nice: -5 }, ...info, ...more }
  const { evidence, joined } = await joinedWorld({
    'pstree.img': ['PSTREE', pstree],
    'core-7.img': ['CORE', core],
    'mm-7.img': ['MM', { ...minimal('mm_entry'), mm_saved_auxv: [6n, 4096n, 0n, 0n] }],
  })
  const file = planCore(await readCoreInput(evidence, joined, 7))
  const bytes = await collect(file.pieces())
  expect(bytes.length).toBe(file.size)
  return parseCore(bytes)
}

function note(core: ParsedCore, type: number): DataView {
  const found = core.notes.find((item) => item.type === type)
  if (!found) throw new Error(`no note of type ${type}`)
  return new DataView(found.body.buffer, found.body.byteOffset, found.body.byteLength)
}

/** General registers in NT_PRSTATUS: 64-bit words from byte 112, 32-bit ones from byte 72. */
function registers(core: ParsedCore, count: number): bigint[] {
  const status = note(core, 1)
  return Array.from({ length: count }, (_, i) =>
    core.wide ? status.getBigUint64(112 + 8 * i, core.little) : BigInt(status.getUint32(72 + 4 * i, core.little)),
  )
}

const X86 = 'r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss fs_base gs_base ds es fs gs'

function fpregs(xsave?: RecordInit): RecordInit {
  const plain = { ...fields('cwd swd twd fop', [0x37f, 0, 0xff, 7]), rip: 0x1122334455667788n, rdp: 9n }
  const spaces = { st_space: small(100, 32), xmm_space: small(200, 64), padding: small(0, 24) }
  return { ...plain, mxcsr: 0x1f80, mxcsr_mask: 0xffff, ...spaces, ...(xsave && { xsave }) }
}

describe('sizes of NT_PRSTATUS and NT_PRPSINFO are those of the kernel', () => {
  const aarch64 = {
    clear_tid_addr: 0n,
    tls: 77n,
    gpregs: { regs: numbered(1, 31), sp: 32n, pc: 33n, pstate: 34n },
    fpsimd: { vregs: numbered(1, 64), fpsr: 5, fpcr: 6 },
  }
  const arm = {
    clear_tid_addr: 0n,
    tls: 77,
    gpregs: fields('r0 r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 fp ip sp lr pc cpsr orig_r0', small(1, 18)),
    fpstate: { vfp_regs: numbered(1, 32), fpscr: 3, fpexc: 0, fpinst: 0, fpinst2: 0 },
  }
  const ppc = {
    clear_tid_addr: 0n,
    gpregs: {
      gpr: numbered(1, 32),
      ...fields('nip msr orig_gpr3 ctr link xer ccr trap', numbered(33, 8)),
    },
    fpstate: { fpregs: numbered(1, 33) },
    vrstate: { vrregs: numbered(1, 66), vrsave: 9 },
    vsxstate: { vsxregs: numbered(1, 32) },
  }
  const s390 = {
    clear_tid_addr: 0n,
    gpregs: {
      ...{ psw_mask: 1n, psw_addr: 2n, gprs: numbered(3, 16), acrs: small(19, 16), orig_gpr2: 35n, system_call: 36 },
    },
    fpregs: { fpc: 8, fprs: numbered(1, 16) },
    vxrs_low: { regs: numbered(1, 16) },
    vxrs_high: { regs: numbered(1, 32) },
  }
  const rNames = small(0, 32).map((i) => `r${i}`)
  const mips = {
    ...{ clear_tid_addr: 0n, tls: 0n },
    gpregs: fields([...rNames, 'lo hi cp0_epc cp0_badvaddr cp0_status cp0_cause'].join(' '), numbered(1, 38)),
    fpregs: fields([...rNames, 'lo hi fpu_fcr31 fpu_id'].join(' '), [...numbered(1, 34), 35, 36]),
  }
  const loongarch = {
    ...{ clear_tid_addr: 0n, tls: 0n },
    gpregs: { regs: numbered(1, 32), pc: 34n },
    fpregs: { regs: numbered(1, 32), fcc: 33n, fcsr: 34 },
  }
  const riscvNames = 'pc ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6'
  const riscv = {
    ...{ clear_tid_addr: 0n, tls: 0n },
    gpregs: fields(riscvNames, numbered(1, 32)),
    fpsimd: { f: numbered(1, 32), fcsr: 2 },
  }
  const x86 = { clear_tid_addr: 0n, gpregs: fields(X86, numbered(1, 27)), fpregs: fpregs() }
  const compat = { ...x86, gpregs: { ...fields(X86, numbered(1, 27)), mode: 'COMPAT' } }

  /** mtype, field, e_machine, sizes of status, process and floating point notes, number of registers to compare. */
  const MACHINES = [
    ['x86-64', 1, 'thread_info', x86, 62, 336, 136, 512, 27],
    ['i386', 1, 'thread_info', compat, 3, 144, 124, 108, 0],
    ['arm', 2, 'ti_arm', arm, 40, 148, 124, undefined, 18],
    ['aarch64', 3, 'ti_aarch64', aarch64, 183, 392, 136, 528, 34],
    ['ppc64le', 4, 'ti_ppc64', ppc, 21, 504, 136, 264, 39],
    ['s390x', 5, 'ti_s390', s390, 22, 336, 136, 136, 18],
    ['mips64', 6, 'ti_mips', mips, 8, 480, 136, 264, 38],
    ['loongarch64', 7, 'ti_loongarch64', loongarch, 258, 480, 136, 272, 32],
    ['riscv64', 8, 'ti_riscv64', riscv, 243, 376, 136, 264, 32],
  ] as const

  for (const [name, mtype, field, info, machine, status, process, float, compared] of MACHINES)
    test(name, async () => {
      const core = await coreOf(mtype, { [field]: info })
      expect(core).toMatchObject({ type: 4, machine, little: name !== 's390x', wide: status > 148 })
      expect(note(core, 1).byteLength).toBe(status)
      expect(note(core, 3).byteLength).toBe(process)
      expect(core.notes.find(({ type }) => type === 2)?.body.length).toBe(float)
      const expected = name === 'arm' ? small(1, 18).map(BigInt) : numbered(1, compared)
      const literal = { s390x: [1n, 2n], aarch64: [] as bigint[] }
      const got = registers(core, compared)
      if (name === 's390x') expect(got).toEqual([...literal.s390x, ...numbered(3, 16)])
      else if (name === 'aarch64') expect(got).toEqual([...numbered(1, 31), 32n, 33n, 34n])
      else expect(got).toEqual(expected)
    })

  test('what is not in the structure’s beginning has its own place', async () => {
    const s = await coreOf(5, { ti_s390: s390 })
    const access = note(s, 1)
    expect(small(0, 16).map((i) => access.getUint32(112 + 16 + 128 + 4 * i))).toEqual(small(19, 16))
    expect(access.getBigUint64(112 + 208)).toBe(35n)
    expect(note(s, 0x307).getUint32(0)).toBe(36)
    expect(note(s, 0x309).byteLength).toBe(128)
    expect(note(s, 0x30a).byteLength).toBe(256)
    const p = await coreOf(4, { ti_ppc64: ppc })
    expect(registers(p, 44)[40]).toBe(numbered(40, 1)[0])
    expect(note(p, 0x100).byteLength).toBe(544)
    expect(note(p, 0x100).getUint32(528, true)).toBe(9)
    expect(note(p, 0x102).byteLength).toBe(256)
    const l = await coreOf(7, { ti_loongarch64: loongarch })
    expect(registers(l, 45)[33]).toBe(34n)
    const a = await coreOf(2, { ti_arm: arm })
    expect(note(a, 0x400).byteLength).toBe(260)
    expect(note(a, 0x401).getUint32(0, true)).toBe(77)
    const v8 = await coreOf(3, { ti_aarch64: aarch64 })
    expect(note(v8, 0x401).getBigUint64(0, true)).toBe(77n)
    expect(v8.notes.some(({ type }) => type === 0x406)).toBe(false)
    const m = note(await coreOf(6, { ti_mips: mips }), 2)
    expect([m.getUint32(256, true), m.getUint32(260, true)]).toEqual([35, 36])
  })

  test('i386: registers in the order of 32-bit tasks, short ids, both floating point notes', async () => {
    const core = await coreOf(1, { thread_info: compat })
    const order = 'bx cx dx si di bp ax ds es fs gs orig_ax ip cs flags sp ss'.split(' ')
    expect(registers(core, 17)).toEqual(order.map((name) => BigInt(X86.split(' ').indexOf(name) + 1)))
    const float = note(core, 2)
    expect(float.getUint32(0, true)).toBe(0xffff037f)
    expect(float.getUint32(12, true)).toBe(0x55667788)
    expect(float.getUint32(28 + 10, true)).toBe(104)
    expect(note(core, 0x46e62b7f).byteLength).toBe(512)
  })

  test('aarch64 with signed pointers: the mask reaches from the address space up to bit 54', async () => {
    const keys = { pac_keys: { pac_generic_keys: { apgakey_lo: 1n, apgakey_hi: 2n } } }
    const mask = note(await coreOf(3, { ti_aarch64: { ...aarch64, ...keys } }), 0x406)
    expect(mask.byteLength).toBe(16)
    expect(mask.getBigUint64(0, true) >> 54n).toBe(1n)
  })

  test('x86 state areas have the size that tells debuggers their layout', async () => {
    const avx = { xstate_bv: 7n, ymmh_space: small(1, 64) }
    const full = {
      ...avx,
      xstate_bv: 0x2e7n,
      ...{ opmask_reg: numbered(1, 8), zmm_upper: numbered(1, 64), hi16_zmm: numbered(1, 128), pkru: [5, 0] },
    }
    const area = async (xsave: RecordInit): Promise<DataView> =>
      note(await coreOf(1, { thread_info: { ...x86, fpregs: fpregs(xsave) } }), 0x202)
    const small832 = await area(avx)
    expect(small832.byteLength).toBe(832)
    expect(small832.getBigUint64(464, true)).toBe(7n)
    expect(small832.getUint32(576 + 4 * 63, true)).toBe(64)
    const large = await area(full)
    expect(large.byteLength).toBe(2696)
    expect(large.getBigUint64(464, true)).toBe(0x2e7n)
    expect(large.getBigUint64(512, true)).toBe(0x2e7n)
    expect(large.getBigUint64(1088 + 56, true)).toBe(numbered(8, 1)[0])
    expect(large.getBigUint64(1152, true)).toBe(numbered(1, 1)[0])
    expect(large.getBigUint64(1664 + 8 * 127, true)).toBe(numbered(128, 1)[0])
    expect(large.getUint32(2688, true)).toBe(5)
    expect((await coreOf(1, { thread_info: x86 })).notes.some(({ type }) => type === 0x202)).toBe(false)
  })

  test('a register set that is not whole is left out, and its thread with it', async () => {
    const short = { ...aarch64, gpregs: { ...aarch64.gpregs, regs: numbered(1, 30) } }
    await expect(coreOf(3, { ti_aarch64: short })).rejects.toThrow('registers of process 7 are incomplete')
    const noFloat = { ...aarch64, fpsimd: { vregs: [], fpsr: 0, fpcr: 0 } }
    expect((await coreOf(3, { ti_aarch64: noFloat })).notes.some(({ type }) => type === 2)).toBe(false)
  })

  test('an architecture that is not known is refused', async () => {
    await expect(coreOf(0, {})).rejects.toThrow('no registers of a known architecture')
  })
})

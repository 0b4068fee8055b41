/** General registers of a thread, by the names of its architecture (images/core-*.proto of CRIU). */
import type { core_entry } from '../../criu/generated/types.ts'
import { absent, type Maybe } from '../../model/absent.ts'

export interface Register {
  readonly name: string
  readonly value: bigint
}

/** Fields that hold one bank of numbered registers, and what these are called. */
const BANKS: Readonly<Record<string, string>> = { regs: 'r', gpr: 'r', gprs: 'r', acrs: 'a' }

/** Not a register: tells whether the saved ones are of a 32- or 64-bit task. */
const MODE = 'mode'

function listed(message: object, bank = BANKS): Register[] {
  const registers: Register[] = []
  for (const [name, value] of Object.entries(message) as [string, unknown][]) {
    if (name === MODE || name.startsWith('$')) continue
    if (typeof value === 'bigint' || typeof value === 'number') registers.push({ name, value: BigInt(value) })
    else if (Array.isArray(value)) {
      const prefix = bank[name] ?? name
      for (const [i, item] of (value as (bigint | number)[]).entries())
        registers.push({ name: `${prefix}${i}`, value: BigInt(item) })
    }
  }
  return registers
}

/** Registers in the order in which CRIU lists them; absent when the image has none of a known architecture. */
export function registersOf(core: core_entry): Maybe<readonly Register[]> {
  const general =
    core.thread_info?.gpregs ??
    core.ti_arm?.gpregs ??
    core.ti_ppc64?.gpregs ??
    core.ti_s390?.gpregs ??
    core.ti_mips?.gpregs ??
    core.ti_loongarch64?.gpregs ??
    core.ti_riscv64?.gpregs
  if (general) return listed(general)
  const arm64 = core.ti_aarch64?.gpregs
  if (arm64) return listed(arm64, { regs: 'x' })
  return absent('unreadable', 'The core image holds no registers.')
}

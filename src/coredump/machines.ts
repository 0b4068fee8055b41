/** The machine of a core image, by core_entry.mtype. */
import type { core_entry } from '../criu/generated/types.ts'
import { aarch64, arm } from './machine-arm.ts'
import { loongarch64, mips64, ppc64, riscv64, s390x } from './machine-others.ts'
import { i386, isCompat, x8664 } from './machine-x86.ts'
import type { Machine } from './machine.ts'

const MACHINES: Readonly<Record<number, Machine>> = {
  1: x8664,
  2: arm,
  3: aarch64,
  4: ppc64,
  5: s390x,
  6: mips64,
  7: loongarch64,
  8: riscv64,
}

/** Undefined for an architecture that is not known. A 32-bit task on x86-64 is i386. */
export function machineOf(core: core_entry): Machine | undefined {
  const machine = MACHINES[core.mtype ?? 0]
  return machine === x8664 && isCompat(core) ? i386 : machine
}

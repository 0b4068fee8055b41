/**
 * Signals by number (include/uapi/asm-generic/signal.h; arch/mips/include/uapi/asm/signal.h, where many numbers
 * differ), and the order of handlers in core images.
 */
import { bitRow, nameBits, type BitNames } from '../base/bits.ts'

/** core_entry.mtype of MIPS: other numbers for signals, limits, open flags and socket types. */
export const MIPS = 6

const GENERIC =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG ' +
  'XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
const ON_MIPS =
  'HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM USR1 USR2 CHLD PWR WINCH URG IO STOP TSTP ' +
  'CONT TTIN TTOU VTALRM PROF XCPU XFSZ'

const generic = GENERIC.split(' ')
const onMips = ON_MIPS.split(' ')

/** First real-time signal that glibc leaves to programs. */
const RTMIN = 34

/** `SIGTERM`, `SIGRTMIN+2`, `SIG32`; `signal 200` for a number that is none. `machine` is core_entry.mtype. */
export function signalName(number: number, machine?: number): string {
  const last = machine === MIPS ? 128 : 64
  const name = (machine === MIPS ? onMips : generic)[number - 1]
  if (name !== undefined) return `SIG${name}`
  if (number === RTMIN) return 'SIGRTMIN'
  if (number === last) return 'SIGRTMAX'
  if (number > RTMIN && number < last) return `SIGRTMIN+${number - RTMIN}`
  return number === 32 || number === 33 ? `SIG${number}` : `signal ${number}`
}

/**
 * The signal whose handler stands at `index` in task_core_entry.sigactions: handlers are packed, without SIGKILL and
 * SIGSTOP, which cannot be caught (criu/sigact.c). SIGSTOP is 19, on MIPS 23.
 */
export function signalOfHandler(index: number, machine?: number): number {
  const stop = machine === MIPS ? 23 : 19
  const afterKill = index + 1 < 9 ? index + 1 : index + 2
  return afterKill < stop ? afterKill : afterKill + 1
}

/** Names in a signal mask: bit n is signal n + 1. */
export function signalSet(mask: bigint, machine?: number): string[] {
  const names: string[] = []
  for (let number = 1; number <= 64; number++)
    if ((mask >> BigInt(number - 1)) & 1n) names.push(signalName(number, machine))
  return names
}

/** What a handler address means: 0 SIG_DFL, 1 SIG_IGN, else an address. */
export function handlerKind(sigaction: bigint): 'default' | 'ignore' | 'handler' {
  if (sigaction === 0n) return 'default'
  return sigaction === 1n ? 'ignore' : 'handler'
}

const SA: BitNames = [
  ...bitRow(0, 'SA_NOCLDSTOP SA_NOCLDWAIT SA_SIGINFO'),
  ...bitRow(10, 'SA_UNSUPPORTED SA_EXPOSE_TAGBITS'),
  ...bitRow(26, 'SA_RESTORER SA_ONSTACK SA_RESTART - SA_NODEFER SA_RESETHAND'),
]
const SA_MIPS: BitNames = [
  ...bitRow(0, 'SA_NOCLDSTOP'),
  ...bitRow(3, 'SA_SIGINFO'),
  ...bitRow(16, 'SA_NOCLDWAIT'),
  ...bitRow(27, 'SA_ONSTACK SA_RESTART - SA_NODEFER SA_RESETHAND'),
]

/** Names of sa_entry.flags. */
export function handlerFlags(flags: bigint, machine?: number): string[] {
  return nameBits(flags, machine === MIPS ? SA_MIPS : SA)
}

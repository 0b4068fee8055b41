/** Names of bits, as the kernel's headers spell them. Unknown bits are kept as hex, never dropped. */

/** linux/capability.h, by bit. */
const CAPABILITIES =
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'.split(
    ' ',
  )

/** asm-generic/signal.h, from 1; x86, arm64, ppc64, s390x, riscv and loongarch agree. */
const SIGNALS =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  )

function bitNames(mask: bigint, name: (bit: number) => string): string[] {
  const names: string[] = []
  for (let bit = 0; bit < 64; bit++) if ((mask >> BigInt(bit)) & 1n) names.push(name(bit))
  return names
}

/** `CAP_NET_RAW`, …; a bit this table does not know is `CAP_<n>`. */
export function capabilityNames(mask: bigint): string[] {
  return bitNames(mask, (bit) => `CAP_${CAPABILITIES[bit] ?? bit}`)
}

/** Every capability that this table knows, as a mask. */
export const ALL_CAPABILITIES = (1n << BigInt(CAPABILITIES.length)) - 1n

export function signalName(signal: number): string {
  if (signal >= 34 && signal <= 64) return signal === 34 ? 'SIGRTMIN' : `SIGRTMIN+${signal - 34}`
  return SIGNALS[signal - 1] === undefined ? `signal ${signal}` : `SIG${SIGNALS[signal - 1] ?? ''}`
}

/** Signals of a mask: bit 0 is signal 1. */
export function signalNames(mask: bigint): string[] {
  return bitNames(mask, (bit) => signalName(bit + 1))
}

/** asm-generic/fcntl.h. O_SYNC includes O_DSYNC and O_TMPFILE includes O_DIRECTORY, so the larger come first. */
const COMMON_FLAGS: readonly (readonly [number, string])[] = [
  [0o100, 'O_CREAT'],
  [0o200, 'O_EXCL'],
  [0o400, 'O_NOCTTY'],
  [0o1000, 'O_TRUNC'],
  [0o2000, 'O_APPEND'],
  [0o4000, 'O_NONBLOCK'],
  [0o4010000, 'O_SYNC'],
  [0o10000, 'O_DSYNC'],
  [0o20000, 'O_ASYNC'],
  [0o1000000, 'O_NOATIME'],
  [0o2000000, 'O_CLOEXEC'],
  [0o10000000, 'O_PATH'],
]
const GENERIC_FLAGS: readonly (readonly [number, string])[] = [
  [0o20200000, 'O_TMPFILE'],
  [0o40000, 'O_DIRECT'],
  [0o100000, 'O_LARGEFILE'],
  [0o200000, 'O_DIRECTORY'],
  [0o400000, 'O_NOFOLLOW'],
]
/** arch/arm64 and arch/powerpc uapi fcntl.h give four flags other bits. */
const ARM_FLAGS: readonly (readonly [number, string])[] = [
  [0o20040000, 'O_TMPFILE'],
  [0o200000, 'O_DIRECT'],
  [0o400000, 'O_LARGEFILE'],
  [0o40000, 'O_DIRECTORY'],
  [0o100000, 'O_NOFOLLOW'],
]
const ACCESS = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'] as const

/** open(2) flags by name; access mode first. `architecture` as uname spells it. */
export function openFlagNames(flags: number, architecture?: string): string[] {
  const arm = architecture !== undefined && /^(?:aarch64|arm|ppc)/i.test(architecture)
  const names: string[] = [ACCESS[flags & 3] ?? 'O_RDONLY']
  let left = (flags & ~3) >>> 0
  for (const [bits, name] of [...(arm ? ARM_FLAGS : GENERIC_FLAGS), ...COMMON_FLAGS]) {
    if ((left & bits) >>> 0 !== bits) continue
    names.push(name)
    left = (left & ~bits) >>> 0
  }
  if (left !== 0) names.push(`0x${left.toString(16)}`)
  return names
}

/** sys/mman.h protection as /proc/<pid>/maps writes it: `rw-p`. */
export function protectionText(prot: number, flags: number): string {
  return `${prot & 1 ? 'r' : '-'}${prot & 2 ? 'w' : '-'}${prot & 4 ? 'x' : '-'}${flags & 1 ? 's' : 'p'}`
}

/** Wait status of a dead task (wait(2)): low seven bits signal, bit 7 core, next byte exit code. */
export function waitStatusText(status: number): string {
  const signal = status & 0x7f
  if (signal === 0) return `exit code ${(status >> 8) & 0xff}`
  return `killed by ${signalName(signal)}${status & 0x80 ? ', core dumped' : ''}`
}

/** Names of flag bits, from the kernel's uapi headers and CRIU's image.h. */
import { bitRow, nameBits, type BitNames } from '../base/bits.ts'
import { MIPS } from './signals.ts'

/** Bits of open(2) that are the same on every machine. */
const OPEN_COMMON = bitRow(18, 'O_NOATIME O_CLOEXEC - O_PATH - -')
const OPEN_GENERIC = bitRow(6, 'O_CREAT O_EXCL O_NOCTTY O_TRUNC O_APPEND O_NONBLOCK O_DSYNC O_ASYNC')
const OPEN_HIGH: Readonly<Record<string, BitNames>> = {
  generic: bitRow(14, 'O_DIRECT O_LARGEFILE O_DIRECTORY O_NOFOLLOW'),
  arm: bitRow(14, 'O_DIRECTORY O_NOFOLLOW O_DIRECT O_LARGEFILE'),
  ppc: bitRow(14, 'O_DIRECTORY O_NOFOLLOW O_LARGEFILE O_DIRECT'),
}
const OPEN_MIPS: BitNames = [
  ...bitRow(3, 'O_APPEND O_DSYNC'),
  ...bitRow(7, 'O_NONBLOCK O_CREAT O_TRUNC O_EXCL O_NOCTTY O_ASYNC O_LARGEFILE'),
  ...bitRow(15, 'O_DIRECT O_DIRECTORY O_NOFOLLOW'),
]

/** Which row of OPEN_HIGH a machine (core_entry.mtype) uses: ARM and AARCH64, PPC64, else the generic one. */
const OPEN_ROW: Readonly<Record<number, string>> = { 2: 'arm', 3: 'arm', 4: 'ppc' }

/** Flags of open(2), access mode first: `O_RDWR`, `O_APPEND`. Bit positions depend on the machine (core_entry.mtype). */
export function openFlags(flags: number, machine?: number): string[] {
  const access = ['O_RDONLY', 'O_WRONLY', 'O_RDWR', 'O_ACCMODE'][flags & 3] ?? ''
  // O_SYNC and O_TMPFILE contain other flags: named first, whole.
  const specific = OPEN_HIGH[OPEN_ROW[machine ?? 0] ?? 'generic'] ?? []
  const row = machine === MIPS ? OPEN_MIPS : [...OPEN_GENERIC, ...specific]
  const dsync = row.find(([name]) => name === 'O_DSYNC')?.[1] ?? 0n
  const directory = row.find(([name]) => name === 'O_DIRECTORY')?.[1] ?? 0n
  const whole: BitNames = [
    ['O_SYNC', (machine === MIPS ? 1n << 14n : 1n << 20n) | dsync],
    ['O_TMPFILE', (1n << 22n) | directory],
  ]
  return [access, ...nameBits((flags & ~3) >>> 0, [...whole, ...row, ...OPEN_COMMON])]
}

/** Names of the seals of a memory file (fcntl(2), F_ADD_SEALS). */
export function sealNames(seals: number): string[] {
  return nameBits(
    seals,
    bitRow(0, 'F_SEAL_SEAL F_SEAL_SHRINK F_SEAL_GROW F_SEAL_WRITE F_SEAL_FUTURE_WRITE F_SEAL_EXEC'),
  )
}

const MOUNT =
  'MS_RDONLY MS_NOSUID MS_NODEV MS_NOEXEC MS_SYNCHRONOUS MS_REMOUNT MS_MANDLOCK MS_DIRSYNC MS_NOSYMFOLLOW - ' +
  'MS_NOATIME MS_NODIRATIME MS_BIND MS_MOVE MS_REC MS_SILENT MS_POSIXACL MS_UNBINDABLE MS_PRIVATE MS_SLAVE MS_SHARED ' +
  'MS_RELATIME MS_KERNMOUNT MS_I_VERSION MS_STRICTATIME MS_LAZYTIME'

/** Names of mnt_entry.flags and sb_flags (mount(2)). */
export function mountFlags(flags: number): string[] {
  return nameBits(flags >>> 0, bitRow(0, MOUNT))
}

const PERSONALITY = bitRow(
  17,
  'UNAME26 ADDR_NO_RANDOMIZE FDPIC_FUNCPTRS MMAP_PAGE_ZERO ADDR_COMPAT_LAYOUT READ_IMPLIES_EXEC ADDR_LIMIT_32BIT ' +
    'SHORT_INODE WHOLE_SECONDS STICKY_TIMEOUTS ADDR_LIMIT_3GB',
)

/** Execution domain and its flags (personality(2)). */
export function personalityNames(personality: number): string[] {
  const domain = personality & 0xff
  const base = domain === 0 ? 'PER_LINUX' : domain === 8 ? 'PER_LINUX32' : `PER_${domain}`
  return [base, ...nameBits((personality & ~0xff) >>> 0, PERSONALITY)]
}

const TASK: BitNames = [
  ...bitRow(0, 'PF_VCPU PF_IDLE PF_EXITING PF_POSTCOREDUMP PF_IO_WORKER PF_WQ_WORKER PF_FORKNOEXEC PF_MCE_PROCESS'),
  ...bitRow(8, 'PF_SUPERPRIV PF_DUMPCORE PF_SIGNALED PF_MEMALLOC PF_NPROC_EXCEEDED PF_USED_MATH PF_USER_WORKER'),
  ...bitRow(15, 'PF_NOFREEZE - PF_KSWAPD PF_MEMALLOC_NOFS PF_MEMALLOC_NOIO PF_LOCAL_THROTTLE PF_KTHREAD PF_RANDOMIZE'),
  ...bitRow(26, 'PF_NO_SETAFFINITY PF_MCE_EARLY PF_MEMALLOC_PIN PF_BLOCK_TS - PF_SUSPEND_TASK'),
]

/** Kernel task flags (include/linux/sched.h); not a stable interface, so unusual bits may mean other things. */
export function taskFlags(flags: number): string[] {
  return nameBits(flags >>> 0, TASK)
}

const SECUREBITS = bitRow(
  0,
  'NOROOT NOROOT_LOCKED NO_SETUID_FIXUP NO_SETUID_FIXUP_LOCKED KEEP_CAPS KEEP_CAPS_LOCKED NO_CAP_AMBIENT_RAISE ' +
    'NO_CAP_AMBIENT_RAISE_LOCKED',
)

/** Names of creds_entry.secbits (capabilities(7)). */
export function secureBits(bits: number): string[] {
  return nameBits(bits >>> 0, SECUREBITS)
}

/** Options agreed on by both ends of a TCP connection (tcp_stream_entry.opt_mask, TCPI_OPT_*). */
export function tcpOptions(mask: number): string[] {
  return nameBits(mask, bitRow(0, 'timestamps sack wscale ecn ecn-seen syn-data'))
}

/** Events that an epoll instance waits for (epoll_ctl(2)). */
export function epollEvents(events: number): string[] {
  const low = bitRow(0, 'EPOLLIN EPOLLPRI EPOLLOUT EPOLLERR EPOLLHUP EPOLLNVAL EPOLLRDNORM EPOLLRDBAND EPOLLWRNORM')
  const high = bitRow(9, 'EPOLLWRBAND EPOLLMSG - - EPOLLRDHUP')
  const modes = bitRow(28, 'EPOLLEXCLUSIVE EPOLLWAKEUP EPOLLONESHOT EPOLLET')
  return nameBits(events >>> 0, [...low, ...high, ...modes])
}

/** Events that an inotify watch reports (inotify(7)). */
export function inotifyEvents(mask: number): string[] {
  const events =
    'IN_ACCESS IN_MODIFY IN_ATTRIB IN_CLOSE_WRITE IN_CLOSE_NOWRITE IN_OPEN IN_MOVED_FROM IN_MOVED_TO IN_CREATE ' +
    'IN_DELETE IN_DELETE_SELF IN_MOVE_SELF'
  const flags = 'IN_ONLYDIR IN_DONT_FOLLOW IN_EXCL_UNLINK - IN_MASK_CREATE IN_MASK_ADD IN_ISDIR IN_ONESHOT'
  return nameBits(mask >>> 0, [...bitRow(0, events), ...bitRow(24, flags)])
}

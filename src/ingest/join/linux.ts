/** Names of numbers that the Linux kernel's interfaces use (include/uapi), as far as images hold them. */

/** FD types of fdinfo and files.img (CRIU images/fdinfo.proto, enum fd_types). */
export const FD_TYPES = (
  'UND REG PIPE FIFO INETSK UNIXSK EVENTFD EVENTPOLL INOTIFY SIGNALFD PACKETSK TTY FANOTIFY NETLINKSK NS TUNF EXT ' +
  'TIMERFD MEMFD BPFMAP PIDFD'
).split(' ')

export function fdTypeName(type: number | undefined): string {
  return type === undefined ? 'UND' : (FD_TYPES[type] ?? `TYPE-${type}`)
}

/** asm-generic/signal.h; signal 1 first. MIPS numbers differ. */
const SIGNALS = (
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG ' +
  'XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'
).split(' ')

/** arch/mips/include/uapi/asm/signal.h */
const MIPS_SIGNALS = (
  'HUP INT QUIT ILL TRAP ABRT EMT FPE KILL BUS SEGV SYS PIPE ALRM TERM USR1 USR2 CHLD PWR WINCH URG IO STOP TSTP ' +
  'CONT TTIN TTOU VTALRM PROF XCPU XFSZ'
).split(' ')

/** Machine type of MIPS in core_entry.mtype. */
const MIPS = 6

/** SIGHUP, SIGRTMIN+3, …; real-time signals are counted from 34, as the C library does. */
export function signalName(signal: number, machine?: number): string {
  const name = (machine === MIPS ? MIPS_SIGNALS : SIGNALS)[signal - 1]
  if (name !== undefined) return `SIG${name}`
  if (signal === 34) return 'SIGRTMIN'
  if (signal > 34 && signal <= 49) return `SIGRTMIN+${signal - 34}`
  if (signal > 49 && signal < 64) return `SIGRTMAX-${64 - signal}`
  return signal === 64 ? 'SIGRTMAX' : `signal ${signal}`
}

/** Names of the signals in a mask; bit 0 is signal 1. */
export function signalSet(mask: bigint, machine?: number): string[] {
  const names: string[] = []
  for (let i = 0; i < 64; i++) if ((mask >> BigInt(i)) & 1n) names.push(signalName(i + 1, machine))
  return names
}

/** Names of set bits, in the order of the table; what is left over in hex. */
export function bitNames(value: number, table: readonly (readonly [number, string])[]): string[] {
  let left = value >>> 0
  const names: string[] = []
  for (const [bit, name] of table) {
    if ((value & bit) === 0) continue
    names.push(name)
    left = (left & ~bit) >>> 0
  }
  if (left !== 0) names.push(`0x${left.toString(16)}`)
  return names
}

export const EPOLL_EVENTS: readonly (readonly [number, string])[] = [
  [0x1, 'EPOLLIN'],
  [0x2, 'EPOLLPRI'],
  [0x4, 'EPOLLOUT'],
  [0x8, 'EPOLLERR'],
  [0x10, 'EPOLLHUP'],
  [0x40, 'EPOLLRDNORM'],
  [0x80, 'EPOLLRDBAND'],
  [0x100, 'EPOLLWRNORM'],
  [0x200, 'EPOLLWRBAND'],
  [0x400, 'EPOLLMSG'],
  [0x2000, 'EPOLLRDHUP'],
  [0x10000000, 'EPOLLEXCLUSIVE'],
  [0x20000000, 'EPOLLWAKEUP'],
  [0x40000000, 'EPOLLONESHOT'],
  [0x80000000, 'EPOLLET'],
]

/** linux/inotify.h */
export const INOTIFY_EVENTS: readonly (readonly [number, string])[] = [
  [0x1, 'IN_ACCESS'],
  [0x2, 'IN_MODIFY'],
  [0x4, 'IN_ATTRIB'],
  [0x8, 'IN_CLOSE_WRITE'],
  [0x10, 'IN_CLOSE_NOWRITE'],
  [0x20, 'IN_OPEN'],
  [0x40, 'IN_MOVED_FROM'],
  [0x80, 'IN_MOVED_TO'],
  [0x100, 'IN_CREATE'],
  [0x200, 'IN_DELETE'],
  [0x400, 'IN_DELETE_SELF'],
  [0x800, 'IN_MOVE_SELF'],
  [0x2000, 'IN_UNMOUNT'],
  [0x4000, 'IN_Q_OVERFLOW'],
  [0x8000, 'IN_IGNORED'],
  [0x01000000, 'IN_ONLYDIR'],
  [0x02000000, 'IN_DONT_FOLLOW'],
  [0x04000000, 'IN_EXCL_UNLINK'],
  [0x40000000, 'IN_ISDIR'],
  [0x80000000, 'IN_ONESHOT'],
]

/** F_SEAL_* of linux/fcntl.h */
export const SEALS: readonly (readonly [number, string])[] = [
  [1, 'F_SEAL_SEAL'],
  [2, 'F_SEAL_SHRINK'],
  [4, 'F_SEAL_GROW'],
  [8, 'F_SEAL_WRITE'],
  [16, 'F_SEAL_FUTURE_WRITE'],
  [32, 'F_SEAL_EXEC'],
]

/** linux/time.h */
const CLOCKS = (
  'CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID CLOCK_THREAD_CPUTIME_ID CLOCK_MONOTONIC_RAW ' +
  'CLOCK_REALTIME_COARSE CLOCK_MONOTONIC_COARSE CLOCK_BOOTTIME CLOCK_REALTIME_ALARM CLOCK_BOOTTIME_ALARM ' +
  'CLOCK_SGI_CYCLE CLOCK_TAI'
).split(' ')

export function clockName(clock: number | undefined): string {
  return clock === undefined ? 'clock not recorded' : (CLOCKS[clock] ?? `clock ${clock}`)
}

/** asm-generic/resource.h */
export const RLIMITS =
  'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME'
    .split(' ')
    .map((name) => `RLIMIT_${name}`)

/** linux/sched.h */
const POLICIES = [
  'SCHED_OTHER',
  'SCHED_FIFO',
  'SCHED_RR',
  'SCHED_BATCH',
  'SCHED_ISO',
  'SCHED_IDLE',
  'SCHED_DEADLINE',
  'SCHED_EXT',
]

export function policyName(policy: number): string {
  return POLICIES[policy] ?? `policy ${policy}`
}

/** linux/netlink.h */
const NETLINK = (
  'ROUTE UNUSED USERSOCK FIREWALL SOCK_DIAG NFLOG XFRM SELINUX ISCSI AUDIT FIB_LOOKUP CONNECTOR NETFILTER IP6_FW ' +
  'DNRTMSG KOBJECT_UEVENT GENERIC DM SCSITRANSPORT ECRYPTFS RDMA CRYPTO SMC'
).split(' ')

export function netlinkName(protocol: number | undefined): string {
  if (protocol === undefined) return 'NETLINK'
  const name = NETLINK[protocol]
  return name === undefined ? `NETLINK_${protocol}` : `NETLINK_${name}`
}

/** net/tcp_states.h; state 1 first. */
const TCP_STATES =
  'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV'.split(
    ' ',
  )

export function tcpStateName(state: number): string {
  return TCP_STATES[state - 1] ?? `state ${state}`
}

/** linux/socket.h */
const SOCKET_TYPES: Readonly<Record<number, string>> = {
  1: 'STREAM',
  2: 'DGRAM',
  3: 'RAW',
  4: 'RDM',
  5: 'SEQPACKET',
  6: 'DCCP',
  10: 'PACKET',
}

export function socketTypeName(type: number | undefined): string {
  return type === undefined ? 'type not recorded' : (SOCKET_TYPES[type] ?? `type ${type}`)
}

/** linux/in.h */
const IP_PROTOCOLS: Readonly<Record<number, string>> = {
  0: 'IP',
  1: 'ICMP',
  2: 'IGMP',
  6: 'TCP',
  17: 'UDP',
  33: 'DCCP',
  41: 'IPV6',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPV6',
  89: 'OSPF',
  103: 'PIM',
  132: 'SCTP',
  136: 'UDPLITE',
  255: 'RAW',
}

export function ipProtocolName(protocol: number): string {
  return IP_PROTOCOLS[protocol] ?? `protocol ${protocol}`
}

/** Per-mount and super block flags of mount(2) in the order and words of /proc/self/mountinfo. */
export const MOUNT_OPTIONS: readonly (readonly [number, string])[] = [
  [2, 'nosuid'],
  [4, 'nodev'],
  [8, 'noexec'],
  [1024, 'noatime'],
  [2048, 'nodiratime'],
  [1 << 21, 'relatime'],
  [256, 'nosymfollow'],
]

export const SUPER_OPTIONS: readonly (readonly [number, string])[] = [
  [16, 'sync'],
  [128, 'dirsync'],
  [64, 'mand'],
  [1 << 25, 'lazytime'],
]

/** linux/auxvec.h and those of asm/auxvec.h that are common. */
export const AUXV: Readonly<Record<number, string>> = {
  0: 'AT_NULL',
  1: 'AT_IGNORE',
  2: 'AT_EXECFD',
  3: 'AT_PHDR',
  4: 'AT_PHENT',
  5: 'AT_PHNUM',
  6: 'AT_PAGESZ',
  7: 'AT_BASE',
  8: 'AT_FLAGS',
  9: 'AT_ENTRY',
  10: 'AT_NOTELF',
  11: 'AT_UID',
  12: 'AT_EUID',
  13: 'AT_GID',
  14: 'AT_EGID',
  15: 'AT_PLATFORM',
  16: 'AT_HWCAP',
  17: 'AT_CLKTCK',
  18: 'AT_FPUCW',
  19: 'AT_DCACHEBSIZE',
  20: 'AT_ICACHEBSIZE',
  21: 'AT_UCACHEBSIZE',
  22: 'AT_IGNOREPPC',
  23: 'AT_SECURE',
  24: 'AT_BASE_PLATFORM',
  25: 'AT_RANDOM',
  26: 'AT_HWCAP2',
  27: 'AT_RSEQ_FEATURE_SIZE',
  28: 'AT_RSEQ_ALIGN',
  29: 'AT_HWCAP3',
  30: 'AT_HWCAP4',
  31: 'AT_EXECFN',
  32: 'AT_SYSINFO',
  33: 'AT_SYSINFO_EHDR',
  51: 'AT_MINSIGSTKSZ',
}

/** CLONE_NEW* of linux/sched.h: which namespace an open namespace file is of. */
export const NAMESPACE_FLAGS: Readonly<Record<number, string>> = {
  0x80: 'time',
  0x20000: 'mnt',
  0x2000000: 'cgroup',
  0x4000000: 'uts',
  0x8000000: 'ipc',
  0x10000000: 'user',
  0x20000000: 'pid',
  0x40000000: 'net',
}

/**
 * Names of numeric values in CRIU images: the kernel's (uapi headers) and CRIU's own. A value without a name gives
 * undefined, so that the caller shows the number and never a guess. Bit masks are in flag-names.ts, signals in
 * signals.ts; both are given out from here.
 */
import { enumNames } from './generated/schema.ts'
import { MIPS } from './signals.ts'

export * from './flag-names.ts'
export * from './signals.ts'

type Names = Readonly<Record<number, string>>

/** Numbers a space-separated list of names from `first` on; `-` leaves one out. */
function listed(first: number, names: string): Names {
  const pairs = names.split(' ').map((name, i) => [first + i, name] as const)
  return Object.fromEntries(pairs.filter(([, name]) => name !== '-'))
}

/**
 * task_core_entry.task_state (compel/include/uapi/task-state.h). A task that had exited when it was dumped, a zombie
 * to the kernel, is stored as 2; 6 stands for a zombie in the moment of the dump. Older crit swaps 3 and 6.
 */
const TASK_STATES: Names = { 1: 'alive', 2: 'dead', 3: 'stopped', 6: 'zombie' }
export type TaskState = 'alive' | 'dead' | 'stopped' | 'zombie'
export function taskState(value: number): TaskState | undefined {
  return TASK_STATES[value] as TaskState | undefined
}

/** TCP states of the kernel (include/net/tcp_states.h), also used for UDP (ESTABLISHED, CLOSE) and Unix sockets. */
const TCP_STATES = listed(
  1,
  'ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING NEW_SYN_RECV ' +
    'BOUND_INACTIVE',
)
export function socketState(value: number): string | undefined {
  return TCP_STATES[value]
}

/** Address families (include/linux/socket.h) that a container may use. */
const FAMILIES: Names = {
  ...listed(0, 'UNSPEC UNIX INET AX25 IPX APPLETALK'),
  ...listed(10, 'INET6 - - - - KEY NETLINK PACKET'),
  ...listed(28, '- CAN - BLUETOOTH - - - - - - ALG - VSOCK KCM QIPCRTR SMC XDP MCTP'),
}
export function socketFamily(value: number): string | undefined {
  return FAMILIES[value]
}

/** Socket types; on MIPS stream and datagram are the other way round (arch/mips/include/asm/socket.h). */
const SOCKET_TYPES: Names = { ...listed(1, 'STREAM DGRAM RAW RDM SEQPACKET DCCP'), 10: 'PACKET' }
export function socketType(value: number, machine?: number): string | undefined {
  const number = machine === MIPS && (value === 1 || value === 2) ? 3 - value : value
  return SOCKET_TYPES[number]
}

/** IP protocols (include/uapi/linux/in.h). */
const PROTOCOLS: Names = {
  ...listed(0, 'IP ICMP IGMP - IPIP - TCP - EGP - - - PUP - - - - UDP'),
  33: 'DCCP',
  41: 'IPV6',
  46: 'RSVP',
  47: 'GRE',
  50: 'ESP',
  51: 'AH',
  58: 'ICMPV6',
  89: 'OSPF',
  103: 'PIM',
  132: 'SCTP',
  136: 'UDPLITE',
  255: 'RAW',
  262: 'MPTCP',
}
export function ipProtocol(value: number): string | undefined {
  return PROTOCOLS[value]
}

/** Netlink protocols (include/uapi/linux/netlink.h). */
const NETLINK = listed(
  0,
  'ROUTE - USERSOCK FIREWALL SOCK_DIAG NFLOG XFRM SELINUX ISCSI AUDIT FIB_LOOKUP CONNECTOR NETFILTER IP6_FW DNRTMSG ' +
    'KOBJECT_UEVENT GENERIC - SCSITRANSPORT ECRYPTFS RDMA CRYPTO SMC',
)
export function netlinkProtocol(value: number): string | undefined {
  return NETLINK[value]
}

/** Kinds of open files (fdinfo_entry.type, file_entry.type). */
export function fileType(value: number): string | undefined {
  return enumNames['fd_types']?.[value]
}

/** How a deleted file was kept: LINKED to a temporary name, as a GHOST copy, or a PROCFS entry. */
export function remapType(value: number): string | undefined {
  return enumNames['remap_type']?.[value]
}

/** Terminal types. */
export function ttyType(value: number): string | undefined {
  return enumNames['TtyType']?.[value]
}

/** Linux security module of the host. */
export function lsmType(value: number): 'none' | 'selinux' | 'apparmor' | undefined {
  const names: Readonly<Record<number, 'none' | 'selinux' | 'apparmor'>> = { 0: 'none', 1: 'selinux', 2: 'apparmor' }
  return names[value]
}

/** Processor family of core_entry.mtype. */
export function machineName(value: number): string | undefined {
  return enumNames['march']?.[value]
}

/** thread_core_entry.seccomp_mode. */
export function seccompMode(value: number): 'disabled' | 'strict' | 'filter' | undefined {
  const names = ['disabled', 'strict', 'filter'] as const
  return names[value]
}

/** Filesystem types as mount(8) spells them; 0 and 16 mean that the entry carries the name itself (fsname). */
const FILESYSTEMS: Names = {
  ...listed(
    1,
    'proc sysfs devtmpfs binfmt_misc tmpfs devpts simfs pstore securityfs fusectl debugfs cgroup aufs mqueue',
  ),
  15: 'fuse',
  17: 'overlay',
  18: 'autofs',
  19: 'tracefs',
  23: 'cgroup2',
}
export function filesystemName(value: number, fsname?: string): string | undefined {
  return FILESYSTEMS[value] ?? (fsname === '' ? undefined : fsname)
}

/** Limits by index in task_rlimits_entry (include/uapi/asm-generic/resource.h; MIPS has its own order). */
const LIMITS =
  'CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME'.split(' ')
const LIMITS_MIPS = 'CPU FSIZE DATA STACK CORE NOFILE AS RSS NPROC MEMLOCK'.split(' ')
export function rlimitName(index: number, machine?: number): string | undefined {
  return (machine === MIPS ? LIMITS_MIPS[index] : undefined) ?? LIMITS[index]
}

/** The value of a limit that does not limit. */
export const RLIM_INFINITY = 0xffffffffffffffffn

/** Capabilities by bit (include/uapi/linux/capability.h), without the prefix `CAP_`. */
const CAPABILITIES = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ')

/** Number of capabilities that have a name. */
export const CAPABILITY_COUNT = CAPABILITIES.length

/** `CAP_SYS_ADMIN`, … of a set as creds_entry keeps it (low word first); `CAP_50` for a bit without a name. */
export function capabilityNames(words: readonly number[]): string[] {
  const names: string[] = []
  for (const [i, word] of words.entries())
    for (let bit = 0; bit < 32; bit++)
      if ((word >>> bit) & 1) names.push(`CAP_${CAPABILITIES[i * 32 + bit] ?? i * 32 + bit}`)
  return names
}

/** Auxiliary vector types (include/uapi/linux/auxvec.h, asm/auxvec.h), without the prefix `AT_`. */
const AUXV: Names = {
  ...listed(0, 'NULL IGNORE EXECFD PHDR PHENT PHNUM PAGESZ BASE FLAGS ENTRY NOTELF UID EUID GID EGID PLATFORM HWCAP'),
  ...listed(17, 'CLKTCK FPUCW DCACHEBSIZE ICACHEBSIZE UCACHEBSIZE IGNOREPPC SECURE BASE_PLATFORM RANDOM HWCAP2'),
  ...listed(27, 'RSEQ_FEATURE_SIZE RSEQ_ALIGN HWCAP3 HWCAP4 EXECFN SYSINFO SYSINFO_EHDR L1I_CACHESHAPE'),
  ...listed(35, 'L1D_CACHESHAPE L2_CACHESHAPE L3_CACHESHAPE - - L1I_CACHESIZE L1I_CACHEGEOMETRY L1D_CACHESIZE'),
  ...listed(43, 'L1D_CACHEGEOMETRY L2_CACHESIZE L2_CACHEGEOMETRY L3_CACHESIZE L3_CACHEGEOMETRY - - - MINSIGSTKSZ'),
}
export function auxvName(type: number): string | undefined {
  const name = AUXV[type]
  return name === undefined ? undefined : `AT_${name}`
}

/** Clocks (include/uapi/linux/time.h), for timers. */
const CLOCKS = listed(
  0,
  'REALTIME MONOTONIC PROCESS_CPUTIME_ID THREAD_CPUTIME_ID MONOTONIC_RAW REALTIME_COARSE MONOTONIC_COARSE BOOTTIME ' +
    'REALTIME_ALARM BOOTTIME_ALARM - TAI',
)
export function clockName(id: number): string | undefined {
  return CLOCKS[id]
}

/** Scheduling policies (include/uapi/linux/sched.h). */
export function schedulingPolicy(value: number): string | undefined {
  return listed(0, 'OTHER FIFO RR BATCH - IDLE DEADLINE EXT')[value]
}

/** Namespace kinds by clone(2) flag, which ns_file_entry.ns_cflag holds; the same words as in /proc/<pid>/ns. */
const NAMESPACES: Names = {
  0x80: 'time',
  0x20000: 'mnt',
  0x2000000: 'cgroup',
  0x4000000: 'uts',
  0x8000000: 'ipc',
  0x10000000: 'user',
  0x20000000: 'pid',
  0x40000000: 'net',
}
export function namespaceKind(cloneFlag: number): string | undefined {
  return NAMESPACES[cloneFlag >>> 0]
}

/** Kinds of file locks: CRIU's own numbers in file_lock_entry.flag (criu/include/file-lock.h), not the kernel's. */
export function lockKind(flag: number): 'posix' | 'flock' | 'ofd' | 'lease' | undefined {
  const names = { 1: 'posix', 2: 'flock', 4: 'ofd', 8: 'lease' } as const
  return names[flag as keyof typeof names]
}

/** file_lock_entry.type (F_RDLCK and so on). */
export function lockType(type: number): 'read' | 'write' | 'unlock' | undefined {
  return (['read', 'write', 'unlock'] as const)[type]
}

/**
 * Every kind of image file that CRIU writes: its magic name, file name, magic and message (criu/include/magic.h,
 * criu/image-desc.c), and what follows each record. Images are known by their magic; names only help where a
 * magic is shared by several types or where there is none.
 */
import type { MessageTypes } from './generated/types.ts'

/** What follows each record of an image, outside the protobuf message. */
export type ExtraKind = 'bytes' | 'tcp' | 'ghost' | 'shm' | 'msg' | 'sem' | 'bpfmap'

/** One kind of image file. */
export interface ImageType {
  /** CRIU's magic name, such as `PSTREE`. */
  readonly name: string
  /** File name with printf's `%u`, `%lu`, `%d`, `%x` for the id; alternatives are separated by ` | `. */
  readonly pattern: string
  /** Second magic word (the only one in version 1.0); 0 for raw images. */
  readonly magic: number
  /** `records`: header and records; `service`: the same after the service magic; `raw`: no records. */
  readonly framing: 'records' | 'service' | 'raw'
  /** Message of the (first) record; undefined for raw images. */
  readonly message: keyof MessageTypes | undefined
  /** What it holds, in a few words. */
  readonly about: string
  readonly extra: ExtraKind | undefined
}

/** First word of all images since version 1.1 but the inventory. */
export const IMG_COMMON_MAGIC = 0x54564319
/** First word of images that are not needed to restore: statistics, caches. */
export const IMG_SERVICE_MAGIC = 0x55105940

function row(
  name: string,
  pattern: string,
  magic: number,
  framing: ImageType['framing'],
  message: ImageType['message'],
  about: string,
  extra?: ExtraKind,
): ImageType {
  return { name, pattern, magic, framing, message, about, extra }
}

/** All types, in the order of criu/include/image-desc.h; raw ones of plugins last. */
export const imageTypes: readonly ImageType[] = [
  row(
    'INVENTORY',
    'inventory.img',
    0x58313116,
    'records',
    'inventory_entry',
    'what the set of images is: format version, root ids, LSM',
  ),
  row('FDINFO', 'fdinfo-%u.img', 0x56213732, 'records', 'fdinfo_entry', 'descriptors of one descriptor table'),
  row(
    'PAGEMAP',
    'pagemap-%lu.img',
    0x56084025,
    'records',
    'pagemap_head',
    'which pages of a process are in which pages image',
  ),
  row(
    'SHMEM_PAGEMAP',
    'pagemap-shmem-%lu.img',
    0x56084025,
    'records',
    'pagemap_head',
    'which pages of a shared memory object are in which pages image',
  ),
  row('REG_FILES', 'reg-files.img', 0x50363636, 'records', 'reg_file_entry', 'regular files (before files.img)'),
  row(
    'EXT_FILES',
    'ext-files.img',
    0x59255641,
    'records',
    'ext_file_entry',
    'files opened by a plugin (before files.img)',
  ),
  row('NS_FILES', 'ns-files.img', 0x61394011, 'records', 'ns_file_entry', 'open namespace files (before files.img)'),
  row('EVENTFD_FILE', 'eventfd.img', 0x44523722, 'records', 'eventfd_file_entry', 'eventfds (before files.img)'),
  row(
    'EVENTPOLL_FILE',
    'eventpoll.img',
    0x45023858,
    'records',
    'eventpoll_file_entry',
    'epoll instances (before files.img)',
  ),
  row(
    'EVENTPOLL_TFD',
    'eventpoll-tfd.img',
    0x44433746,
    'records',
    'eventpoll_tfd_entry',
    'descriptors watched by epoll instances',
  ),
  row('SIGNALFD', 'signalfd.img', 0x57323820, 'records', 'signalfd_entry', 'signalfds (before files.img)'),
  row(
    'INOTIFY_FILE',
    'inotify.img',
    0x48424431,
    'records',
    'inotify_file_entry',
    'inotify instances (before files.img)',
  ),
  row('INOTIFY_WD', 'inotify-wd.img', 0x54562009, 'records', 'inotify_wd_entry', 'inotify watches'),
  row(
    'FANOTIFY_FILE',
    'fanotify.img',
    0x55096122,
    'records',
    'fanotify_file_entry',
    'fanotify groups (before files.img)',
  ),
  row('FANOTIFY_MARK', 'fanotify-mark.img', 0x56506035, 'records', 'fanotify_mark_entry', 'fanotify marks'),
  row('CORE', 'core-%u.img', 0x55053847, 'records', 'core_entry', 'registers, state and credentials of one thread'),
  row(
    'IDS',
    'ids-%u.img',
    0x54432030,
    'records',
    'task_kobj_ids_entry',
    'which kernel objects and namespaces a process uses',
  ),
  row('MM', 'mm-%u.img', 0x57492820, 'records', 'mm_entry', 'address space of a process: its mappings and bounds'),
  row('VMAS', 'vmas-%u.img', 0x54123737, 'records', 'vma_entry', 'mappings of a process (before they were in mm)'),
  row('PIPES', 'pipes.img', 0x56513555, 'records', 'pipe_entry', 'pipe ends (before files.img)'),
  row('PIPES_DATA', 'pipes-data.img', 0x56453709, 'records', 'pipe_data_entry', 'bytes waiting in pipes', 'bytes'),
  row('FIFO', 'fifo.img', 0x58364939, 'records', 'fifo_entry', 'named pipes (before files.img)'),
  row('FIFO_DATA', 'fifo-data.img', 0x59333054, 'records', 'pipe_data_entry', 'bytes waiting in named pipes', 'bytes'),
  row('PSTREE', 'pstree.img', 0x50273030, 'records', 'pstree_entry', 'the process tree'),
  row('SIGACT', 'sigacts-%u.img', 0x55344201, 'records', 'sa_entry', 'signal handlers (before they were in core)'),
  row('UNIXSK', 'unixsk.img', 0x54373943, 'records', 'unix_sk_entry', 'Unix sockets (before files.img)'),
  row('INETSK', 'inetsk.img', 0x56443851, 'records', 'inet_sk_entry', 'internet sockets (before files.img)'),
  row('PACKETSK', 'packetsk.img', 0x60454618, 'records', 'packet_sock_entry', 'packet sockets (before files.img)'),
  row('NETLINK_SK', 'netlinksk.img', 0x58005614, 'records', 'netlink_sk_entry', 'netlink sockets (before files.img)'),
  row(
    'SK_QUEUES',
    'sk-queues.img',
    0x56264026,
    'records',
    'sk_packet_entry',
    'packets waiting in Unix sockets',
    'bytes',
  ),
  row('ITIMERS', 'itimers-%u.img', 0x57464056, 'records', 'itimer_entry', 'interval timers (before they were in core)'),
  row(
    'POSIX_TIMERS',
    'posix-timers-%u.img',
    0x52603957,
    'records',
    'posix_timer_entry',
    'POSIX timers (before they were in core)',
  ),
  row('CREDS', 'creds-%u.img', 0x54023547, 'records', 'creds_entry', 'credentials (before they were in core)'),
  row('UTSNS', 'utsns-%u.img', 0x54473203, 'records', 'utsns_entry', 'host and domain name'),
  row('IPC_VAR', 'ipcns-var-%u.img', 0x53115007, 'records', 'ipc_var_entry', 'System V IPC and message queue limits'),
  row(
    'IPCNS_SHM',
    'ipcns-shm-%u.img',
    0x46283044,
    'records',
    'ipc_shm_entry',
    'System V shared memory segments',
    'shm',
  ),
  row(
    'IPCNS_MSG',
    'ipcns-msg-%u.img',
    0x55453737,
    'records',
    'ipc_msg_entry',
    'System V message queues with their messages',
    'msg',
  ),
  row(
    'IPCNS_SEM',
    'ipcns-sem-%u.img',
    0x59573019,
    'records',
    'ipc_sem_entry',
    'System V semaphore sets with their values',
    'sem',
  ),
  row('FS', 'fs-%u.img', 0x51403912, 'records', 'fs_entry', 'working directory, root and umask'),
  row('REMAP_FPATH', 'remap-fpath.img', 0x59133954, 'records', 'remap_file_path_entry', 'open files that were deleted'),
  row(
    'GHOST_FILE',
    'ghost-file-%x.img',
    0x52583605,
    'records',
    'ghost_file_entry',
    'content of a deleted file that was still open',
    'ghost',
  ),
  row('MEMFD_INODE', 'memfd.img', 0x48453499, 'records', 'memfd_inode_entry', 'memory files'),
  row(
    'TCP_STREAM',
    'tcp-stream-%x.img',
    0x51465506,
    'records',
    'tcp_stream_entry',
    'state and queues of a TCP connection',
    'tcp',
  ),
  row('MNTS', 'mountpoints-%u.img', 0x55563928, 'records', 'mnt_entry', 'mounts of a mount namespace'),
  row('NETDEV', 'netdev-%u.img', 0x57373951, 'records', 'net_device_entry', 'network devices'),
  row('NETNS', 'netns-%u.img', 0x55933752, 'records', 'netns_entry', 'settings of a network namespace'),
  row('IFADDR', 'ifaddr-%u.img', 0, 'raw', undefined, 'network addresses (netlink dump)'),
  row('ROUTE', 'route-%u.img', 0, 'raw', undefined, 'IPv4 routes (netlink dump)'),
  row('ROUTE6', 'route6-%u.img', 0, 'raw', undefined, 'IPv6 routes (netlink dump)'),
  row('RULE', 'rule-%u.img', 0, 'raw', undefined, 'routing rules (netlink dump)'),
  row('RULE6', 'rule6-%u.img', 0, 'raw', undefined, 'IPv6 routing rules (netlink dump)'),
  row('IPTABLES', 'iptables-%u.img', 0, 'raw', undefined, 'IPv4 firewall rules (iptables-save)'),
  row('IP6TABLES', 'ip6tables-%u.img', 0, 'raw', undefined, 'IPv6 firewall rules (ip6tables-save)'),
  row('NFTABLES', 'nftables-%u.img', 0, 'raw', undefined, 'nftables ruleset'),
  row('TMPFS_IMG', 'tmpfs-%u.tar.gz.img', 0, 'raw', undefined, 'content of a tmpfs by mount id (tar, older)'),
  row('TMPFS_DEV', 'tmpfs-dev-%u.tar.gz.img', 0, 'raw', undefined, 'content of a tmpfs by device (tar)'),
  row('AUTOFS', 'autofs-%u.img', 0x49353943, 'records', 'autofs_entry', 'an autofs mount'),
  row(
    'BINFMT_MISC_OLD',
    'binfmt-misc-%u.img',
    0x67343323,
    'records',
    'binfmt_misc_entry',
    'registered binary formats (by mount)',
  ),
  row('BINFMT_MISC', 'binfmt-misc.img', 0x67343323, 'records', 'binfmt_misc_entry', 'registered binary formats'),
  row('TTY_FILES', 'tty.img', 0x59433025, 'records', 'tty_file_entry', 'open terminals'),
  row('TTY_INFO', 'tty-info.img', 0x59453036, 'records', 'tty_info_entry', 'terminals: settings, size, owner'),
  row('TTY_DATA', 'tty-data.img', 0x59413026, 'records', 'tty_data_entry', 'bytes waiting in terminals'),
  row('FILE_LOCKS', 'filelocks.img', 0x54323616, 'records', 'file_lock_entry', 'file locks'),
  row('RLIMIT', 'rlimit-%u.img', 0x57113925, 'records', 'rlimit_entry', 'resource limits (before they were in core)'),
  row('PAGES', 'pages-%u.img', 0, 'raw', undefined, 'content of memory pages'),
  row('PAGES_OLD', 'pages-%d.img', 0x56084025, 'raw', undefined, 'content of memory pages of a process (version 1.0)'),
  row(
    'SHM_PAGES_OLD',
    'pages-shmem-%ld.img',
    0x56084025,
    'raw',
    undefined,
    'content of shared memory pages (version 1.0)',
  ),
  row(
    'SIGNAL',
    'signal-s-%u.img',
    0x59255647,
    'records',
    'siginfo_entry',
    'pending signals of a process (before they were in core)',
  ),
  row(
    'PSIGNAL',
    'signal-p-%u.img',
    0x59255647,
    'records',
    'siginfo_entry',
    'pending signals of a thread (before they were in core)',
  ),
  row('TUNFILE', 'tunfile.img', 0x57143751, 'records', 'tunfile_entry', 'open tun devices (before files.img)'),
  row('CGROUP', 'cgroup.img', 0x59383330, 'records', 'cgroup_entry', 'control groups and their settings'),
  row('TIMERFD', 'timerfd.img', 0x50493712, 'records', 'timerfd_entry', 'timerfds (before files.img)'),
  row('CPUINFO', 'cpuinfo.img', 0x61404013, 'records', 'cpuinfo_entry', 'processor features needed for restore'),
  row('SECCOMP', 'seccomp.img', 0x64413049, 'records', 'seccomp_entry', 'seccomp filters'),
  row('USERNS', 'userns-%u.img', 0x55474906, 'records', 'userns_entry', 'id mappings of a user namespace'),
  row('NETNF_CT', 'netns-ct-%u.img', 0, 'raw', undefined, 'tracked connections (netlink dump)'),
  row('NETNF_EXP', 'netns-exp-%u.img', 0, 'raw', undefined, 'expected connections (netlink dump)'),
  row('FILES', 'files.img', 0x56303138, 'records', 'file_entry', 'all open files'),
  row('TIMENS', 'timens-%u.img', 0x43114433, 'records', 'timens_entry', 'clock offsets of a time namespace'),
  row('PIDNS', 'pidns-%u.img', 0x61157326, 'records', 'pidns_entry', 'an external pid namespace'),
  row('BPFMAP_FILE', 'bpfmap-file.img', 0x57506142, 'records', 'bpfmap_file_entry', 'BPF maps'),
  row(
    'BPFMAP_DATA',
    'bpfmap-data.img',
    0x64324033,
    'records',
    'bpfmap_data_entry',
    'keys and values of BPF maps',
    'bpfmap',
  ),
  row('APPARMOR', 'apparmor.img', 0x59423047, 'records', 'apparmor_entry', 'AppArmor policies'),
  row('PIDFD', 'pidfd.img', 0x54435556, 'records', 'pidfd_entry', 'pidfds (before files.img)'),
  row(
    'STATS',
    'stats-dump | stats-restore',
    0x57093306,
    'service',
    'stats_entry',
    'how long the dump took and what it wrote',
  ),
  row(
    'IRMAP_CACHE',
    'irmap-cache',
    0x57004059,
    'service',
    'irmap_cache_entry',
    'paths behind inode numbers, for inotify',
  ),
  row('AMDGPU_KFD', 'amdgpu-kfd-%d.img', 0, 'raw', undefined, 'state of an AMD GPU (plugin)'),
  row('AMDGPU_RENDER', 'amdgpu-renderD-%d.img', 0, 'raw', undefined, 'state of an AMD GPU render node (plugin)'),
  row('AMDGPU_DMABUF', 'amdgpu-dmabuf_%d.img', 0, 'raw', undefined, 'shared buffer of an AMD GPU (plugin)'),
  row('AMDGPU_PAGES', 'amdgpu-pages-%d-%x.img', 0, 'raw', undefined, 'memory of an AMD GPU (plugin)'),
  row('AMDGPU_DRM_PAGES', 'amdgpu-drm-pages-%d-%d-%x.img', 0, 'raw', undefined, 'memory of an AMD GPU (plugin)'),
]

const byName = new Map(imageTypes.map((type) => [type.name, type]))

/** The type with CRIU's magic name; throws for a name that is not in the table. */
export function imageType(name: string): ImageType {
  const type = byName.get(name)
  if (!type) throw new Error(`no image type ${name}`)
  return type
}

/** What a file name says about an image. */
export interface NameMatch {
  readonly type: ImageType
  /** The number in the name (pid, namespace id, inode …); undefined without one or beyond 2^53. */
  readonly id: number | undefined
}

const PLACEHOLDER: Readonly<Record<string, string>> = {
  '%u': '([0-9]{1,20})',
  '%lu': '([0-9]{1,20})',
  '%d': '(-?[0-9]{1,20})',
  '%ld': '(-?[0-9]{1,20})',
  '%x': '([0-9a-f]{1,16})',
}

function compile(type: ImageType): { readonly type: ImageType; readonly radix: number; readonly test: RegExp } {
  const source = type.pattern
    .split(' | ')
    .map((pattern) => pattern.replaceAll('.', '\\.').replaceAll(/%l?[udx]/g, (key) => PLACEHOLDER[key] ?? key))
    .join('|')
  const radix = type.pattern.includes('%x') && !type.pattern.includes('%d') ? 16 : 10
  return { type, radix, test: new RegExp(`^(?:${source})$`) }
}

const patterns = imageTypes.map(compile)

/**
 * The type that a file name stands for, and its id. Directories before the name are ignored. `tcp-stream` and
 * `ghost-file` have hexadecimal ids (criu/sk-tcp.c, criu/files-reg.c).
 */
export function matchName(fileName: string): NameMatch | undefined {
  const name = fileName.slice(fileName.lastIndexOf('/') + 1)
  for (const { type, radix, test } of patterns) {
    const match = test.exec(name)
    if (!match) continue
    const id = match[1] === undefined ? undefined : parseInt(match[1], radix)
    return { type, id: Number.isSafeInteger(id) ? id : undefined }
  }
  return undefined
}

/**
 * The type with this magic. Where several share it (PAGEMAP and SHMEM_PAGEMAP, SIGNAL and PSIGNAL, both
 * BINFMT_MISC, old page files) the one that the file name asks for, otherwise the first.
 */
export function typeByMagic(magic: number, fileName = ''): ImageType | undefined {
  if (magic === 0) return undefined
  const all = imageTypes.filter((type) => type.magic === magic)
  const name = fileName.slice(fileName.lastIndexOf('/') + 1)
  return all.find((type) => patterns.some((p) => p.type === type && p.test.test(name))) ?? all[0]
}

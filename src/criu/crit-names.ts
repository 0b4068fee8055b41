/**
 * Names as `crit decode --pretty` spells them, for scripts that read its output. Our own views use names.ts.
 * A table lists only what crit names: other bits are written in hexadecimal, other values as numbers.
 */

/** Bits, lowest first. */
export type CritBits = readonly (readonly [string, number])[]

const open: CritBits = [
  ['O_WRONLY', 0o1],
  ['O_RDWR', 0o2],
  ['O_CREAT', 0o100],
  ['O_EXCL', 0o200],
  ['O_NOCTTY', 0o400],
  ['O_TRUNC', 0o1000],
  ['O_APPEND', 0o2000],
  ['O_NONBLOCK', 0o4000],
  ['O_DSYNC', 0o10000],
  ['FASYNC', 0o20000],
  ['O_DIRECT', 0o40000],
  ['O_LARGEFILE', 0o100000],
  ['O_DIRECTORY', 0o200000],
  ['O_NOFOLLOW', 0o400000],
  ['O_NOATIME', 0o1000000],
  ['O_CLOEXEC', 0o2000000],
]

const status: CritBits = [
  ['VMA_AREA_REGULAR', 0x1],
  ['VMA_AREA_STACK', 0x2],
  ['VMA_AREA_VSYSCALL', 0x4],
  ['VMA_AREA_VDSO', 0x8],
  ['VMA_AREA_HEAP', 0x20],
  ['VMA_FILE_PRIVATE', 0x40],
  ['VMA_FILE_SHARED', 0x80],
  ['VMA_ANON_SHARED', 0x100],
  ['VMA_ANON_PRIVATE', 0x200],
  ['VMA_AREA_SYSVIPC', 0x400],
  ['VMA_AREA_SOCKET', 0x800],
  ['VMA_AREA_VVAR', 0x1000],
  ['VMA_AREA_AIORING', 0x2000],
  ['VMA_AREA_MEMFD', 0x4000],
  ['VMA_AREA_SHSTK', 0x8000],
  ['VMA_AREA_UPROBES', 0x20000],
  ['VMA_UNSUPP', 0x80000000],
]

/** By the name that the `flags` hint of a field gives. */
export const critBits: Readonly<Record<string, CritBits>> = {
  'rfile.flags': open,
  'mmap.status': status,
  'mmap.prot': [
    ['PROT_READ', 1],
    ['PROT_WRITE', 2],
    ['PROT_EXEC', 4],
  ],
  'mmap.flags': [
    ['MAP_SHARED', 1],
    ['MAP_PRIVATE', 2],
    ['MAP_DROPPABLE', 8],
    ['MAP_ANON', 0x20],
    ['MAP_GROWSDOWN', 0x100],
  ],
  'pmap.flags': [
    ['PE_PARENT', 1],
    ['PE_LAZY', 2],
    ['PE_PRESENT', 4],
  ],
  'seals.flags': [
    ['F_SEAL_SEAL', 1],
    ['F_SEAL_SHRINK', 2],
    ['F_SEAL_GROW', 4],
    ['F_SEAL_WRITE', 8],
    ['F_SEAL_FUTURE_WRITE', 0x10],
  ],
}

/**
 * By the name that the `dict` hint gives, then by field name. Task states are the kernel's and CRIU's own
 * (compel/include/uapi/task-state.h): releases of crit without "Dead" call 3 a zombie and 6 stopped.
 */
export const critValues: Readonly<Record<string, Readonly<Record<string, Readonly<Record<number, string>>>>>> = {
  gen: {
    task_state: { 1: 'Alive', 2: 'Dead', 3: 'Stopped', 6: 'Zombie' },
  },
  sk: {
    family: { 1: 'UNIX', 2: 'INET', 10: 'INET6', 16: 'NETLINK', 17: 'PACKET' },
    type: { 1: 'STREAM', 2: 'DGRAM', 3: 'RAW', 5: 'SEQPACKET', 10: 'PACKET' },
    state: {
      1: 'ESTABLISHED',
      2: 'SYN_SENT',
      3: 'SYN_RECV',
      4: 'FIN_WAIT1',
      5: 'FIN_WAIT2',
      6: 'TIME_WAIT',
      7: 'CLOSE',
      8: 'CLOSE_WAIT',
      9: 'LAST_ACK',
      10: 'LISTEN',
    },
    proto: { 0: 'IP', 6: 'TCP', 17: 'UDP', 136: 'UDPLITE' },
  },
}

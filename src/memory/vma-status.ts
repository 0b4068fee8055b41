/** CRIU's VMA_* status bits (criu/include/image.h) and the mmap bits it records (linux/mman.h). */
export const VMA = {
  regular: 1 << 0,
  stack: 1 << 1,
  vsyscall: 1 << 2,
  vdso: 1 << 3,
  heap: 1 << 5,
  filePrivate: 1 << 6,
  fileShared: 1 << 7,
  anonShared: 1 << 8,
  anonPrivate: 1 << 9,
  sysvIpc: 1 << 10,
  socket: 1 << 11,
  vvar: 1 << 12,
  aioRing: 1 << 13,
  memfd: 1 << 14,
  shadowStack: 1 << 15,
  guard: 1 << 16,
  uprobes: 1 << 17,
  extPlugin: 1 << 27,
} as const

export const MAP = { shared: 1, private: 2, growsDown: 0x100 } as const

/** True when any of the bits is set. */
export function has(status: number, bits: number): boolean {
  return (status & bits) !== 0
}

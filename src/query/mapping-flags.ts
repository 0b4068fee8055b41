/** Bits of a mapping by name: mmap(2) flags, advice of madvise(2), and CRIU's kinds (criu/include/image.h). Unknown bits stay as hex. */

const row = (first: number, names: string): readonly (readonly [bit: number, name: string])[] =>
  names.split(' ').map((name, index) => [first + index, name] as const)

const FLAGS = [
  ...row(0, 'MAP_SHARED MAP_PRIVATE'),
  ...row(3, 'MAP_DROPPABLE MAP_FIXED MAP_ANONYMOUS'),
  ...row(8, 'MAP_GROWSDOWN'),
  ...row(11, 'MAP_DENYWRITE MAP_EXECUTABLE MAP_LOCKED MAP_NORESERVE MAP_POPULATE MAP_NONBLOCK MAP_STACK MAP_HUGETLB'),
]

const ADVICE = [
  ...row(0, 'MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED'),
  ...row(8, 'MADV_FREE MADV_REMOVE MADV_DONTFORK MADV_DOFORK MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE'),
  ...row(15, 'MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP MADV_WIPEONFORK MADV_KEEPONFORK'),
]

const STATUS = [
  ...row(0, 'regular stack vsyscall vdso force-read heap file-private file-shared anon-shared anon-private'),
  ...row(10, 'sysv-ipc socket vvar aio-ring memfd shadow-stack guard uprobes'),
  ...row(27, 'plugin close no-prot-write premapped unsupported'),
]

function nameBits(mask: bigint, names: readonly (readonly [number, string])[]): readonly string[] {
  const found: string[] = []
  let left = mask
  for (const [bit, name] of names) {
    if (((mask >> BigInt(bit)) & 1n) === 0n) continue
    found.push(name)
    left &= ~(1n << BigInt(bit))
  }
  return left === 0n ? found : [...found, `0x${left.toString(16)}`]
}

export function mapFlagNames(flags: number): readonly string[] {
  return nameBits(BigInt(flags >>> 0), FLAGS)
}

/** Bit n of the mask is advice n. */
export function adviceNames(madvise: bigint): readonly string[] {
  return nameBits(madvise, ADVICE)
}

export function vmaStatusNames(status: number): readonly string[] {
  return nameBits(BigInt(status >>> 0), STATUS)
}

/** Bits of a mapping by name; those without a name as one hexadecimal number. */
import { bitRow, nameBits, type BitNames } from '../base/bits.ts'

const FLAGS: BitNames = [
  ...bitRow(0, 'MAP_SHARED MAP_PRIVATE - MAP_DROPPABLE MAP_FIXED MAP_ANONYMOUS'),
  ...bitRow(8, 'MAP_GROWSDOWN'),
  ...bitRow(
    11,
    'MAP_DENYWRITE MAP_EXECUTABLE MAP_LOCKED MAP_NORESERVE MAP_POPULATE MAP_NONBLOCK MAP_STACK MAP_HUGETLB',
  ),
]

/** vma_entry.flags: those of mmap(2). */
export function mapFlagNames(flags: number): readonly string[] {
  return nameBits(flags >>> 0, FLAGS)
}

const ADVICE: BitNames = bitRow(
  0,
  'MADV_NORMAL MADV_RANDOM MADV_SEQUENTIAL MADV_WILLNEED MADV_DONTNEED - - - MADV_FREE MADV_REMOVE MADV_DONTFORK ' +
    'MADV_DOFORK MADV_MERGEABLE MADV_UNMERGEABLE MADV_HUGEPAGE MADV_NOHUGEPAGE MADV_DONTDUMP MADV_DODUMP ' +
    'MADV_WIPEONFORK MADV_KEEPONFORK',
)

/** vma_entry.madv: bit n is advice n of madvise(2). */
export function adviceNames(madvise: bigint): readonly string[] {
  return nameBits(madvise, ADVICE)
}

/** Kinds of mappings (criu/include/image.h). GUARD and UPROBES came with CRIU 4.1 and 4.2. */
const STATUS: BitNames = [
  ...bitRow(0, 'regular stack vsyscall vdso force-read heap file-private file-shared anon-shared anon-private'),
  ...bitRow(10, 'sysv-ipc socket vvar aio-ring memfd shadow-stack guard uprobes'),
  ...bitRow(27, 'plugin close no-prot-write premapped unsupported'),
]

/** vma_entry.status. */
export function vmaStatusNames(status: number): readonly string[] {
  return nameBits(status >>> 0, STATUS)
}

/** Which mappings a search looks at. */
import { has, MAP, VMA } from '../memory/vma-status.ts'
import type { Vma } from '../model/process.ts'
import type { AddressRange, MappingKind, SearchScope } from '../model/search.ts'

/** PROT_* of mmap (linux/mman.h). */
const PROT = { write: 2, execute: 4 } as const

const EVERYTHING: AddressRange = { from: 0n, below: 1n << 64n }

/** What a mapping is; never empty. */
function kindsOf(vma: Vma): readonly MappingKind[] {
  const { status, flags, name } = vma
  if (has(status, VMA.vdso | VMA.vvar | VMA.vsyscall)) return ['kernel']
  const kinds: MappingKind[] = []
  const isFile = has(status, VMA.filePrivate | VMA.fileShared)
  if (isFile) kinds.push('file')
  if (has(flags, MAP.shared) || has(status, VMA.anonShared | VMA.sysvIpc | VMA.fileShared)) kinds.push('shared')
  if (has(status, VMA.heap)) kinds.push('heap')
  else if (has(status, VMA.stack) || name === '[stack]') kinds.push('stack')
  else if (kinds.length === 0) kinds.push('anonymous')
  return kinds
}

/** Ascending ranges that do not touch. Without a choice all memory, also what no mapping covers. */
export function selectedRanges(vmas: readonly Vma[], scope: SearchScope): readonly AddressRange[] {
  const { kinds = [], writable = false, executable = false, range = EVERYTHING } = scope
  if (range.from >= range.below) return []
  if (kinds.length === 0 && !writable && !executable) return [range]
  const chosen = vmas.filter(
    (vma) =>
      vma.end > range.from &&
      vma.start < range.below &&
      vma.end > vma.start &&
      (kinds.length === 0 || kindsOf(vma).some((kind) => kinds.includes(kind))) &&
      (!writable || has(vma.prot, PROT.write)) &&
      (!executable || has(vma.prot, PROT.execute)),
  )
  chosen.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  const ranges: AddressRange[] = []
  for (const vma of chosen) {
    const start = vma.start > range.from ? vma.start : range.from
    const end = vma.end < range.below ? vma.end : range.below
    const last = ranges.at(-1)
    if (last && start <= last.below) {
      if (end > last.below) ranges[ranges.length - 1] = { from: last.from, below: end }
    } else ranges.push({ from: start, below: end })
  }
  return ranges
}

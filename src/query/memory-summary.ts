/** Mappings of a process, summed by what they hold. */
import { isAbsent } from '../model/absent.ts'
import type { Vma } from '../model/process.ts'
import { protectionText } from './names.ts'

export interface MappingGroup {
  readonly id: string
  readonly label: string
  readonly count: number
  /** Bytes of address space. */
  readonly bytes: bigint
  /** Pages stored in the archive. */
  readonly presentPages: number
}

const MAP_SHARED = 1
/** CRIU's kinds of shared memory without a file: VMA_ANON_SHARED, VMA_AREA_SYSVIPC, VMA_AREA_MEMFD (criu/include/image.h). */
const SHARED_KINDS = (1 << 8) | (1 << 10) | (1 << 14)

export type MappingGroupId = 'heap' | 'stack' | 'kernel' | 'shared' | 'anonymous' | 'file-shared' | 'code' | 'file'

/** What kind of memory a mapping is. */
export function groupOf(vma: Vma): { readonly id: MappingGroupId; readonly label: string } {
  const name = isAbsent(vma.name) ? '' : vma.name
  if (name === '[heap]') return { id: 'heap', label: 'Heap' }
  if (name.startsWith('[stack')) return { id: 'stack', label: 'Stack' }
  if (/^\[(?:vdso|vvar|vsyscall)/.test(name)) return { id: 'kernel', label: 'Supplied by the kernel' }
  if ((vma.status & SHARED_KINDS) !== 0) return { id: 'shared', label: 'Shared memory' }
  const shared = (vma.flags & MAP_SHARED) !== 0
  if (vma.fileId === undefined && !name.startsWith('/'))
    return shared ? { id: 'shared', label: 'Shared memory' } : { id: 'anonymous', label: 'Private anonymous' }
  if (shared) return { id: 'file-shared', label: 'Files, shared' }
  return (vma.prot & 4) !== 0 ? { id: 'code', label: 'Files, executable' } : { id: 'file', label: 'Files, private' }
}

/** Bytes of address space; none for a damaged mapping that does not end behind its start. */
export function extentOf({ start, end }: Pick<Vma, 'start' | 'end'>): bigint {
  return end > start ? end - start : 0n
}

/** Groups in order of address space, largest first. */
export function summariseMappings(vmas: readonly Vma[]): readonly MappingGroup[] {
  const groups = new Map<string, MappingGroup>()
  for (const vma of vmas) {
    const { id, label } = groupOf(vma)
    const sum = groups.get(id)
    groups.set(id, {
      id,
      label,
      count: (sum?.count ?? 0) + 1,
      bytes: (sum?.bytes ?? 0n) + extentOf(vma),
      presentPages: (sum?.presentPages ?? 0) + vma.presentPages,
    })
  }
  return [...groups.values()].sort((a, b) => (a.bytes < b.bytes ? 1 : a.bytes > b.bytes ? -1 : 0))
}

/** Mappings that can be written and run, where code is usually not: worth a look. */
export function isWritableAndExecutable(vma: Vma): boolean {
  return protectionText(vma.prot, vma.flags).startsWith('rwx') || (vma.prot & 6) === 6
}

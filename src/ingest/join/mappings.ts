/** Mappings of a process with the names that /proc/<pid>/maps gives them. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { Vma } from '../../model/process.ts'
import type { AddressSpace } from '../../memory/address-space.ts'
import { has, VMA } from '../../memory/vma-status.ts'
import type { mm_entry, vma_entry } from '../../criu/generated/types.ts'
import type { FileContext } from './file-context.ts'
import { isDeleted } from './files.ts'
import { mappedFile, type MemoryIndex } from './memory.ts'
import type { Part, Task } from './tasks.ts'

/** Mappings in the order of the image. */
export function joinMappings(
  task: Task,
  context: FileContext,
  memory: MemoryIndex,
  space: AddressSpace | undefined,
): Vma[] {
  const pages = space ? countPages(task.vmas, space, memory.images.pageSize) : new Map<vma_entry, number>()
  return task.vmas.map((part) => joinMapping(part, task.mm?.value, context, memory, pages.get(part.value) ?? 0))
}

/**
 * Stored pages of each mapping. Where mappings overlap (which only damaged images have, and guards, which hold no
 * pages) a page counts for the first one, so that the work stays bounded.
 */
function countPages(
  vmas: readonly Part<vma_entry>[],
  space: AddressSpace,
  pageSize: number | undefined,
): Map<vma_entry, number> {
  const counts = new Map<vma_entry, number>()
  if (pageSize === undefined) return counts
  const sorted = vmas.map(({ value }) => value).filter((vma) => !has(vma.status ?? 0, VMA.guard))
  sorted.sort((a, b) => Number((a.start ?? 0n) > (b.start ?? 0n)) - Number((a.start ?? 0n) < (b.start ?? 0n)))
  let covered = 0n
  for (const vma of sorted) {
    const start = (vma.start ?? 0n) > covered ? (vma.start ?? 0n) : covered
    const end = vma.end ?? 0n
    if (end <= start) continue
    let bytes = 0n
    for (const extent of space.extents(start, end - start)) if (!extent.gap) bytes += extent.length
    counts.set(vma, Number(bytes / BigInt(pageSize)))
    covered = end
  }
  return counts
}

function joinMapping(
  { value, origin, path }: Part<vma_entry>,
  mm: mm_entry | undefined,
  context: FileContext,
  memory: MemoryIndex,
  presentPages: number,
): Vma {
  const file = mappedFile(context, value)
  return {
    start: value.start ?? 0n,
    end: value.end ?? 0n,
    offset: value.pgoff ?? 0n,
    prot: value.prot ?? 0,
    flags: value.flags ?? 0,
    status: value.status ?? 0,
    shmid: value.shmid ?? 0n,
    madvise: value.madv ?? absent('not-recorded', 'No advice is on record.'),
    name: mappingName(value, mm, context, memory, file),
    fileId: file?.id,
    presentPages,
    origin,
    path,
  }
}

/** The last column of /proc/<pid>/maps. */
function mappingName(
  vma: vma_entry,
  mm: mm_entry | undefined,
  context: FileContext,
  memory: MemoryIndex,
  file: { readonly id: number; readonly name: string } | undefined,
): Maybe<string> {
  const status = vma.status ?? 0
  if (file) return isDeleted(context, file.id) ? `${file.name} (deleted)` : file.name
  if (has(status, VMA.filePrivate | VMA.fileShared))
    return absent('unreadable', `The mapped file (${vma.shmid ?? 0n}) is not in the images.`)
  if (has(status, VMA.vsyscall)) return '[vsyscall]'
  if (has(status, VMA.vdso)) return '[vdso]'
  if (has(status, VMA.vvar)) return '[vvar]'
  if (has(status, VMA.uprobes)) return '[uprobes]'
  if (has(status, VMA.aioRing)) return '/[aio] (deleted)'
  if (has(status, VMA.sysvIpc)) return `${memory.objects.get(Number(vma.shmid ?? 0n))?.file ?? '/SYSV'} (deleted)`
  if (has(status, VMA.anonShared)) return '/dev/zero (deleted)'
  if (has(status, VMA.heap)) return '[heap]'
  const stack = mm?.mm_start_stack
  const holdsStack = stack !== undefined && (vma.start ?? 0n) <= stack && stack < (vma.end ?? 0n)
  if (has(status, VMA.stack) || holdsStack) return '[stack]'
  if (has(status, VMA.guard)) return '[guard]'
  return absent('not-applicable', 'Anonymous memory has no name.')
}

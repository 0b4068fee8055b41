/** Address spaces of processes and shared memory objects, made when asked for. */
import type { Evidence } from '../evidence.ts'
import { AddressSpace, type Mapping, type MemoryObject } from '../../memory/address-space.ts'
import { gap } from '../../memory/gap.ts'
import { PageStore } from '../../memory/page-store.ts'
import { has, MAP, VMA } from '../../memory/vma-status.ts'
import type { vma_entry } from '../../criu/generated/types.ts'
import type { FileContext } from './file-context.ts'
import { fileName } from './file-names.ts'
import { MemoryImages, type InlineObject, type LinkedParent } from './memory-images.ts'
import type { PagesOwner } from './pagemaps.ts'
import { readObjects, type ObjectRecord } from './shared-objects.ts'
import { isLive, type Part, type Task } from './tasks.ts'

/** Address spaces kept; building one again is cheap. */
const KEPT_SPACES = 32
/** Shared objects whose pages are kept sorted; most processes of a container map the same few. */
const KEPT_OBJECTS = 64

export class MemoryIndex {
  readonly images: MemoryImages
  readonly objects: ReadonlyMap<number, ObjectRecord>
  readonly #context: FileContext
  readonly #tasks: ReadonlyMap<number, Task>
  readonly #stores = new Map<number, Promise<MemoryObject>>()
  readonly #spaces = new Map<number, Promise<AddressSpace | undefined>>()

  constructor(
    images: MemoryImages,
    objects: ReadonlyMap<number, ObjectRecord>,
    context: FileContext,
    tasks: readonly Task[],
  ) {
    this.images = images
    this.objects = objects
    this.#context = context
    this.#tasks = new Map(tasks.map((task) => [task.pid, task]))
  }

  /** The memory of a process; undefined when it has none: a zombie, or a pid that is not in the checkpoint. */
  process(pid: number): Promise<AddressSpace | undefined> {
    const known = this.#spaces.get(pid)
    this.#spaces.delete(pid)
    const space = known ?? this.#build(pid)
    this.#spaces.set(pid, space)
    for (const key of this.#spaces.keys()) {
      if (this.#spaces.size <= KEPT_SPACES) break
      this.#spaces.delete(key)
    }
    return space
  }

  /** A shared memory object; addresses are offsets in it. */
  async shared(shmid: number): Promise<AddressSpace | undefined> {
    const store = await this.images.store({ kind: 'shared', id: shmid })
    if (!store) return undefined
    return new AddressSpace(
      [],
      store,
      (store instanceof PageStore ? store.silence : undefined) ?? gap('object-untouched'),
    )
  }

  /** What a mapping shows of shared memory, by the object's number; undefined for mappings of other kinds. */
  objectOf(vma: vma_entry): number | undefined {
    return mappedObject(this.#context, vma)
  }

  async #build(pid: number): Promise<AddressSpace | undefined> {
    const task = this.#tasks.get(pid)
    if (!task || !isLive(task.state)) return undefined
    const store = await this.images.store({ kind: 'process', id: pid }, task.narrow)
    const mappings: Mapping[] = []
    for (const vma of task.vmas) mappings.push(await this.#mapping(vma))
    const outside = gap(task.areMappingsWhole ? 'unmapped' : 'mappings-unknown')
    return new AddressSpace(mappings, store ?? gap('pagemap-missing'), outside)
  }

  async #mapping({ value }: Part<vma_entry>): Promise<Mapping> {
    const shmid = mappedObject(this.#context, value)
    return {
      start: value.start ?? 0n,
      end: value.end ?? 0n,
      offset: value.pgoff ?? 0n,
      status: value.status ?? 0,
      file: mappedFile(this.#context, value),
      object: shmid === undefined ? undefined : await this.#object(shmid),
    }
  }

  #object(shmid: number): Promise<MemoryObject> {
    const known = this.#stores.get(shmid)
    if (known) return known
    if (this.#stores.size >= KEPT_OBJECTS) this.#stores.clear()
    const made = this.images.store({ kind: 'shared', id: shmid }).then((store) => ({
      shmid,
      store: store instanceof PageStore ? store : undefined,
    }))
    this.#stores.set(shmid, made)
    return made
  }
}

/** The file behind a mapping: vma.shmid is its id in files.img (criu/mem.c). */
export function mappedFile(context: FileContext, vma: vma_entry): { id: number; name: string } | undefined {
  if (!has(vma.status ?? 0, VMA.filePrivate | VMA.fileShared)) return undefined
  const id = Number(vma.shmid ?? 0n)
  const entry = context.entries.get(id)
  if (!entry) return undefined
  const name = fileName(context, entry)
  return { id, name: typeof name === 'string' ? name : `file ${id}` }
}

/**
 * The shared memory behind a mapping. System V segments and old anonymous shared memory are named by vma.shmid
 * itself, memfds (and today's anonymous shared memory) through their file.
 */
function mappedObject(context: FileContext, vma: vma_entry): number | undefined {
  const status = vma.status ?? 0
  if (has(status, VMA.filePrivate | VMA.fileShared)) {
    const body = context.entries.get(Number(vma.shmid ?? 0n))?.body
    if (body?.field !== 'memfd' || body.value.inode_id === undefined) return undefined
    return context.memfds.get(body.value.inode_id)?.shmid
  }
  return has(status, VMA.anonShared | VMA.sysvIpc) ? Number(vma.shmid ?? 0n) : undefined
}

/** Bytes of the mappings that are shared: what `checkpointctl memparse` calls shared memory size. */
export function sharedBytes(vmas: readonly Part<vma_entry>[]): number {
  let sum = 0n
  for (const { value } of vmas) if (has(value.flags ?? 0, MAP.shared)) sum += length(value)
  return Number(sum)
}

/** Bytes of a mapping; none when its end lies before its start. */
export function length(vma: vma_entry): bigint {
  const start = vma.start ?? 0n
  const end = vma.end ?? 0n
  return end > start ? end - start : 0n
}

/** Reads all pagemaps of live processes and of shared objects. */
export async function openMemory(
  evidence: Evidence,
  tasks: readonly Task[],
  context: FileContext,
  parent: LinkedParent | undefined,
): Promise<MemoryIndex> {
  const live = tasks.filter((task) => isLive(task.state))
  const found = ['SHMEM_PAGEMAP', 'SHM_PAGES_OLD'].flatMap((type) => evidence.imagesOf(type))
  const shmids = [...new Set(found.flatMap(({ id }) => (id === undefined ? [] : [id])))]
  const objects = await readObjects(evidence, shmids)
  // A pre-dump has pagemaps and no process tree.
  const pids =
    tasks.length > 0 ? live.map(({ pid }) => pid) : evidence.imagesOf('PAGEMAP').flatMap(({ id }) => id ?? [])
  const owners = [
    ...pids.map((id): PagesOwner => ({ kind: 'process', id })),
    ...shmids.map((id): PagesOwner => ({ kind: 'shared', id })),
  ]
  let addressBits = 0n
  for (const { vmas } of live) for (const { value } of vmas) addressBits |= (value.start ?? 0n) | (value.end ?? 0n)
  const machine = live.find((task) => task.core)?.core?.value.mtype
  const inline = new Map<number, InlineObject>()
  for (const { shmid, content } of objects.values()) if (content) inline.set(shmid, content)
  const images = await MemoryImages.open(evidence, { owners, inline, addressBits, machine, parent })
  return new MemoryIndex(images, objects, context, tasks)
}

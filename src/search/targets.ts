/** The spaces of a checkpoint that a search goes through, and the mappings that its hits lie in. */
import type { OpenCheckpoint } from '../ingest/checkpoint.ts'
import type { MemoryIndex } from '../ingest/join/memory.ts'
import type { AddressSpace } from '../memory/address-space.ts'
import { PageStore } from '../memory/page-store.ts'
import type { PagesImage } from '../memory/pages-image.ts'
import { isAbsent, present } from '../model/absent.ts'
import type { MemoryPlace, SearchMapping, SearchScope } from '../model/search.ts'
import { protectionText } from '../query/names.ts'
import type { MemberBytes } from './host.ts'
import type { ReadMember } from './read-ahead.ts'
import type { Owner } from './piece.ts'
import type { PlanInput } from './plan.ts'
import { selectedRanges } from './selection.ts'

/** Whose memory: a process by pid, a shared object by shmid. */
interface Target {
  readonly kind: 'process' | 'shared'
  readonly id: number
}

/** Processes whose mappings are kept for naming hits. */
const KEPT = 32

export class SearchTargets {
  readonly #checkpoint: OpenCheckpoint
  readonly #memory: MemoryIndex
  readonly #scope: SearchScope
  readonly #targets: readonly Target[]
  readonly #mappings = new Map<number, readonly SearchMapping[]>()
  readonly #images = new Map<number, PagesImage>()
  readonly shared: ReadonlySet<number>

  private constructor(
    checkpoint: OpenCheckpoint,
    memory: MemoryIndex,
    scope: SearchScope,
    targets: readonly Target[],
    shared: ReadonlySet<number>,
  ) {
    this.#checkpoint = checkpoint
    this.#memory = memory
    this.#scope = scope
    this.#targets = targets
    this.shared = shared
  }

  static async open(checkpoint: OpenCheckpoint, scope: SearchScope): Promise<SearchTargets> {
    const { memory } = checkpoint
    if (!memory) throw new Error('the memory of this checkpoint is not decoded')
    const shared = new Set<number>()
    for (const shmid of memory.objects.keys()) {
      const store = await memory.images.store({ kind: 'shared', id: shmid })
      if (store instanceof PageStore) for (const { id } of store.images) shared.add(id)
    }
    return new SearchTargets(checkpoint, memory, scope, await targetsOf(checkpoint, memory, scope), shared)
  }

  /** What the plan needs, but for the reach. */
  get plan(): Omit<PlanInput, 'reach'> {
    return {
      count: this.#targets.length,
      open: (index) => this.#open(index),
      shared: this.shared,
    }
  }

  /** A pages image that the plan has come upon, by its number. */
  source(image: number): PagesImage | undefined {
    return this.#images.get(image)
  }

  readonly read: ReadMember = async (image, offset, length) => {
    const source = this.source(image)
    if (!source) throw new RangeError(`no pages image ${image}`)
    return source.read(offset, length)
  }

  /** What scan threads read. */
  get bytes(): MemberBytes {
    return { read: this.read, own: (image) => this.source(image)?.own() }
  }

  /** The place at a distance from the first byte of a piece. */
  place({ space, base }: Owner, at: number): MemoryPlace {
    const target = this.#targets[space]
    const address = base + BigInt(at)
    if (target?.kind !== 'process') return { pid: undefined, shmid: target?.id, address, mapping: undefined }
    return { pid: target.id, shmid: undefined, address, mapping: this.#mappingAt(target.id, address) }
  }

  async #open(index: number): ReturnType<PlanInput['open']> {
    const target = this.#targets[index]
    if (!target) return undefined
    if (target.kind === 'shared') {
      const space = await this.#memory.shared(target.id)
      return space && { space: this.#noted(space), ranges: [{ from: 0n, below: 1n << 64n }] }
    }
    const space = await this.#memory.process(target.id)
    const ranges = selectedRanges(this.#checkpoint.mappings(target.id), this.#scope)
    return space && { space: this.#noted(space), ranges }
  }

  #noted(space: AddressSpace): AddressSpace {
    for (const image of space.images()) this.#images.set(image.id, image)
    return space
  }

  #mappingAt(pid: number, address: bigint): SearchMapping | undefined {
    const mappings = this.#mappingsOf(pid)
    let low = 0
    let high = mappings.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((mappings[middle]?.end ?? 0n) > address) high = middle
      else low = middle + 1
    }
    const mapping = mappings[low]
    return mapping && mapping.start <= address ? mapping : undefined
  }

  #mappingsOf(pid: number): readonly SearchMapping[] {
    const known = this.#mappings.get(pid)
    if (known) return known
    const mappings = this.#checkpoint
      .mappings(pid)
      .map(({ start, end, name, prot, flags }): SearchMapping => {
        return { start, end, name: present(name), permissions: protectionText(prot, flags) }
      })
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
    this.#mappings.set(pid, mappings)
    for (const key of this.#mappings.keys()) {
      if (this.#mappings.size <= KEPT) break
      this.#mappings.delete(key)
    }
    return mappings
  }
}

async function targetsOf(
  { model }: OpenCheckpoint,
  memory: MemoryIndex,
  { where, kinds = [], writable = false, executable = false }: SearchScope,
): Promise<readonly Target[]> {
  const objects = [...memory.objects.keys()].map((id): Target => ({ kind: 'shared', id }))
  if (where === 'shared') return objects
  if (where !== 'all') return [{ kind: 'process', id: where }]
  const pids = isAbsent(model.processes) ? [] : model.processes.map(({ pid }) => pid)
  const mapped = new Set<number>()
  for (const pid of pids)
    for (const { object } of (await memory.process(pid))?.mappings ?? []) if (object) mapped.add(object.shmid)
  const processes = pids.map((id): Target => ({ kind: 'process', id }))
  // What no process maps is shared memory, and in no mapping that can be written or run.
  if (writable || executable || (kinds.length > 0 && !kinds.includes('shared'))) return processes
  return [...processes, ...objects.filter(({ id }) => !mapped.has(id))]
}

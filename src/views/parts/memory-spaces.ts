/** Address spaces as the memory screens need them: their layout, read once; which one was looked at last; what was found in them. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present } from '../../model/absent.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { MemoryLayout, SpaceRef } from '../../model/memory.ts'
import type { Ref } from '../../model/ref.ts'
import type { MemoryPlace } from '../../model/search.ts'
import { sameSpace, spaceKey, spaceOf } from '../../query/memory-space.ts'

/** Layouts kept: the largest take some 50 MB. */
const KEPT = 4

export interface Found extends Pick<MemoryPlace, 'pid' | 'shmid' | 'address'> {
  /** Bytes. */
  readonly length: number
}

interface Kept {
  readonly layouts: Map<string, Promise<MemoryLayout>>
  last: SpaceRef | undefined
  found: () => readonly Found[]
}

const kept = new WeakMap<Checkpoint, Kept>()

function keptOf(cp: Checkpoint): Kept {
  const known = kept.get(cp) ?? { layouts: new Map<string, Promise<MemoryLayout>>(), last: undefined, found: () => [] }
  kept.set(cp, known)
  return known
}

export function layoutOf(ctx: ViewContext, space: SpaceRef): Promise<MemoryLayout> {
  const { layouts } = keptOf(ctx.checkpoint)
  const key = spaceKey(space)
  const layout = layouts.get(key) ?? ctx.client.memoryLayout(ctx.checkpoint.id, space)
  layouts.delete(key)
  layouts.set(key, layout)
  const [oldest] = layouts.keys()
  if (layouts.size > KEPT && oldest !== undefined) layouts.delete(oldest)
  return layout
}

/** The space that the address points to; else the one that was looked at last, or the first process that has memory. */
export function currentSpace(ctx: ViewContext): SpaceRef | undefined {
  const cache = keptOf(ctx.checkpoint)
  const space = spaceOfRef(ctx.selected) ?? cache.last ?? firstSpace(ctx.checkpoint)
  cache.last = space
  return space
}

function spaceOfRef(ref: Ref | undefined): SpaceRef | undefined {
  if (ref?.kind === 'memory') return ref.space
  return ref && 'pid' in ref ? { kind: 'process', pid: ref.pid } : undefined
}

function firstSpace(cp: Checkpoint): SpaceRef | undefined {
  const processes = present(cp.processes) ?? []
  const first = processes.find(({ memory }) => !isAbsent(memory)) ?? processes[0]
  return first && { kind: 'process', pid: first.pid }
}

/** Says where to find what a search has found, so that it can be marked where it stands. */
export function offerFound(cp: Checkpoint, found: () => readonly Found[]): void {
  keptOf(cp).found = found
}

/** What was found in a space, ascending. */
export function foundIn(cp: Checkpoint, space: SpaceRef): readonly { readonly start: bigint; readonly end: bigint }[] {
  return keptOf(cp)
    .found()
    .filter((place) => sameSpace(spaceOf(place), space))
    .map(({ address, length }) => ({ start: address, end: address + BigInt(Math.max(1, length)) }))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
}

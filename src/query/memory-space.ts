/** Address spaces by name. */
import type { SpaceRef } from '../model/memory.ts'
import type { MemoryPlace } from '../model/search.ts'

/** Text that tells address spaces of a checkpoint apart, as a key. */
export function spaceKey(space: SpaceRef): string {
  return space.kind === 'process' ? `process ${space.pid}` : `shared ${space.shmid}`
}

export function sameSpace(a: SpaceRef, b: SpaceRef): boolean {
  return spaceKey(a) === spaceKey(b)
}

/** `process 12`, `shared memory 3`. */
export function spaceWords(space: SpaceRef): string {
  return space.kind === 'process' ? `process ${space.pid}` : `shared memory ${space.shmid}`
}

/** Whose memory a place is in. */
export function spaceOf({ pid, shmid }: Pick<MemoryPlace, 'pid' | 'shmid'>): SpaceRef {
  return pid === undefined ? { kind: 'shared', shmid: shmid ?? 0 } : { kind: 'process', pid }
}

/** Keeps opened checkpoints linked with their parents among them. */
import { findParent, type Kinship } from '../src/ingest/parents.ts'
import type { OpenCheckpoint } from '../src/ingest/checkpoint.ts'

/** Links anew after one was opened or closed; gives those that changed. */
export async function relinkAll(all: readonly OpenCheckpoint[]): Promise<readonly OpenCheckpoint[]> {
  const ready = all.filter(({ memory }) => memory !== undefined)
  const found = new Map<OpenCheckpoint, Kinship>()
  for (const child of ready) {
    // A checkpoint that is read over this one cannot be its parent.
    const kinship = await findParent(
      child,
      ready.filter((other) => !leansOn(other, child, found)),
    )
    if (kinship) found.set(child, kinship)
  }
  const changed = new Set<OpenCheckpoint>()
  const settled = new Set<OpenCheckpoint>()
  const settle = async (child: OpenCheckpoint): Promise<void> => {
    if (settled.has(child)) return
    settled.add(child)
    const kinship = found.get(child)
    if (kinship?.parent) await settle(kinship.parent)
    if (await child.relink(kinship)) changed.add(child)
  }
  for (const child of ready) await settle(child)
  return [...changed]
}

function leansOn(from: OpenCheckpoint, on: OpenCheckpoint, found: ReadonlyMap<OpenCheckpoint, Kinship>): boolean {
  for (let at: OpenCheckpoint | undefined = from; at; at = found.get(at)?.parent) if (at === on) return true
  return false
}

/** Mounts of the mount namespaces beside those that the runtime spec asks for. */
import { present } from '../model/absent.ts'
import type { Checkpoint, Mount } from '../model/checkpoint.ts'
import type { SpecMount } from '../model/metadata.ts'

export interface MountRow {
  /** Undefined: asked for by the spec and not found in the namespace. */
  readonly mount: Mount | undefined
  /** Undefined: not in the spec, so made by the runtime or from inside the container. */
  readonly spec: SpecMount | undefined
  readonly path: string
}

/** Paths differ only in what does not matter: doubled and trailing slashes. */
function normal(path: string): string {
  const folded = path.replace(/\/{2,}/g, '/')
  return folded.length > 1 && folded.endsWith('/') ? folded.slice(0, -1) : folded
}

/**
 * Rows in namespace order, then mounts of the spec that are missing there. A spec mount belongs to the topmost mount
 * (the last one made) at its path.
 */
export function listMounts(cp: Checkpoint): readonly MountRow[] {
  const mounts = present(cp.mounts) ?? []
  const asked = present(present(cp.metadata.spec)?.mounts ?? []) ?? []
  const bySpec = new Map(asked.map((spec) => [normal(spec.destination), spec]))
  const topmost = new Map(mounts.map((mount) => [normal(mount.mountPoint), mount]))
  const rows = mounts.map((mount): MountRow => {
    const path = normal(mount.mountPoint)
    return { mount, spec: topmost.get(path) === mount ? bySpec.get(path) : undefined, path: mount.mountPoint }
  })
  const missing = [...bySpec].filter(([path]) => !topmost.has(path))
  return [...rows, ...missing.map(([, spec]): MountRow => ({ mount: undefined, spec, path: spec.destination }))]
}

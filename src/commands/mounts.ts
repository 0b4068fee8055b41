/**
 * Mounts that a restored container must have again: CRIU restores none that came from outside the container. What kubelet
 * and engine mount into every container comes by itself; the rest must stand in the pod.
 */
import { present } from '../model/absent.ts'
import type { Metadata, SpecMount } from '../model/metadata.ts'

/** What a mount was fed from, as far as its path on the node tells (kubelet: pkg/volume, one folder for each plugin). */
export type VolumeKind = 'configMap' | 'secret' | 'projected' | 'emptyDir' | 'claim' | 'hostPath'

export interface NeededMount {
  readonly destination: string
  readonly readOnly: boolean
  readonly kind: VolumeKind
  /** Name of the volume in the old pod; a path for `hostPath`. */
  readonly from: string
}

const GIVEN = new Set([
  '/etc/hosts',
  '/etc/hostname',
  '/etc/resolv.conf',
  '/dev/shm',
  '/dev/termination-log',
  '/run/.containerenv',
  '/run/secrets',
])
const TOKEN = /^\/(?:var\/)?run\/secrets\/kubernetes\.io\/serviceaccount(?:\/|$)/

const PLUGINS: Readonly<Record<string, VolumeKind>> = {
  configmap: 'configMap',
  secret: 'secret',
  projected: 'projected',
  'downward-api': 'projected',
  'empty-dir': 'emptyDir',
  csi: 'claim',
  nfs: 'claim',
  iscsi: 'claim',
  'local-volume': 'claim',
}

/** Whether the service account's token was mounted, which a pod gets unless it says that it does not want it. */
export function hasToken(metadata: Metadata): boolean {
  return binds(metadata).some(({ destination }) => TOKEN.test(destination))
}

export function neededMounts(metadata: Metadata): NeededMount[] {
  return binds(metadata)
    .filter(({ destination }) => !GIVEN.has(destination) && !TOKEN.test(destination))
    .map(({ destination, source, options }) => {
      const readOnly = options.includes('ro')
      return { destination, readOnly, ...volumeOf(present(source) ?? '') }
    })
}

function binds({ spec }: Metadata): SpecMount[] {
  const mounts = present(present(spec)?.mounts ?? [])
  return (mounts ?? []).filter(
    ({ type, options }) =>
      present(type) === 'bind' || options.some((option) => option === 'bind' || option === 'rbind'),
  )
}

function volumeOf(source: string): Pick<NeededMount, 'kind' | 'from'> {
  const [, plugin = '', name = ''] = /\/volumes\/kubernetes\.io~([a-z-]+)\/([^/]+)/.exec(source) ?? []
  return Object.hasOwn(PLUGINS, plugin)
    ? { kind: PLUGINS[plugin] ?? 'hostPath', from: name }
    : { kind: 'hostPath', from: source }
}

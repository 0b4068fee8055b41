/** Names of the files that engines and CRIU write beside the images, and what they are. */
import type { MemberKind } from '../model/checkpoint.ts'

interface KnownMember {
  readonly kind: MemberKind
  readonly description: string
}

function known(kind: MemberKind, description: string): KnownMember {
  return { kind, description }
}

const KNOWN: Readonly<Record<string, KnownMember>> = {
  'config.dump': known('metadata', 'the engine’s description of the container'),
  'spec.dump': known('metadata', 'OCI runtime spec of the container'),
  'config.json': known('metadata', 'OCI runtime spec of the bundle'),
  'status.dump': known('metadata', 'containerd’s CRI status of the container'),
  status: known('metadata', 'containerd’s own state of the container'),
  'network.status': known('metadata', 'Podman’s networks and interfaces'),
  'bind.mounts': known('metadata', 'CRI-O’s list of bind mounts that a restore needs'),
  'deleted.files': known('metadata', 'paths that were deleted from the image’s files'),
  'descriptors.json': known('metadata', 'what the descriptors 0, 1 and 2 of the first process led to'),
  'pod.options': known('metadata', 'options of a checkpoint of a whole pod'),
  'pod.dump': known('metadata', 'description of a whole pod'),
  'manifest.json': known('metadata', 'manifest of a container image'),
  'index.json': known('metadata', 'index of a container image'),
  'oci-layout': known('metadata', 'mark of an OCI image layout'),
  'dump.log': known('log', 'CRIU’s log of the dump'),
  'criu.log': known('log', 'CRIU’s log'),
  'restore.log': known('log', 'CRIU’s log of a restore'),
  'container.log': known('log', 'output of the container, as containerd logged it'),
  'ctr.config.pb': known('metadata', 'runtime spec as containerd stores it'),
  'ctr.options.pb': known('metadata', 'options of the checkpoint, as containerd stores them'),
  'ctr.runtime.name': known('metadata', 'name of the runtime, written by ctr'),
  'ctr.runtime.options.pb': known('metadata', 'options of the runtime, as containerd stores them'),
  'ctr.log': known('log', 'output of the container, as Podman logged it'),
  'io.kubernetes.cri-o.LogPath': known('log', 'output of the container, as CRI-O logged it'),
  'rootfs-diff.tar': known('rootfs-diff', 'files that the container added or changed'),
  'devshm-checkpoint.tar': known('volume', 'content of /dev/shm'),
}

/** What a member of the top level is, by its name. Names with a folder only match `volumes/`. */
export function knownMember(name: string): KnownMember | undefined {
  if (Object.hasOwn(KNOWN, name)) return KNOWN[name]
  if (/^volumes\/[^/]+\.tar$/.test(name)) return known('volume', 'content of a named volume')
  if (/^artifacts\/./.test(name)) return known('unknown', 'an artifact that was mounted into the container')
  if (name.endsWith('.log')) return known('log', 'a log')
  if (/\.(tar|tar\.gz|tgz|tar\.zst)$/.test(name)) return known('archive', 'an archive inside the archive')
  return undefined
}

/**
 * Annotations of an image that carries a checkpoint. Engines tell by them that an image is one and what to restore:
 * CRI-O by its own key, containerd by `org.criu.checkpoint.container.name`, Podman by the name of the runtime. Keys of
 * `org.criu.checkpoint` are those of checkpointctl (lib/annotations.go), Podman's those of libpod/define/annotations.go.
 * No engine writes into an archive which version it was, which conmon, runtime or distribution: those are known only
 * where the archive was an image that was annotated by whoever made the checkpoint, and are then kept.
 */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Fact, Trace } from '../model/origin.ts'

/** The engine that is to restore the image. */
export type ImageTarget = 'containerd' | 'CRI-O' | 'Podman'

export interface ImageAnnotation {
  readonly key: string
  /** Text from evidence, well-formed Unicode. */
  readonly value: string
  /** Where the archive says so. */
  readonly from?: Trace
}

const PREFIX = 'org.criu.checkpoint.'
/** Names that only annotations hold. */
const KEPT = ['engine.version', 'runtime.version', 'conmon.version', 'distribution.name', 'distribution.version']
/** Every name that checkpointctl knows. */
const CRIU_NAMES = [
  'engine.name',
  'container.name',
  'pod.name',
  'pod.id',
  'pod.namespace',
  'pod.uid',
  'rootfsImageName',
  'rootfsImageUserRequested',
  'rootfsImageSha',
  'rootfsImageID',
  'rawImageName',
  'runtime.name',
  'criu.version',
  'host.arch',
  'host.kernel',
  'cgroup.version',
  ...KEPT,
]

/** Longest value, in UTF-16 units: a registry refuses manifests over 4 MiB. */
const MAX_VALUE = 4096

/** Names of the architectures that CRIU knows, as Go and the OCI specification spell them (GOARCH). */
const GOARCH: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  arm: 'arm',
  aarch64: 'arm64',
  ppc64: 'ppc64le',
  s390: 's390x',
  mips: 'mips64le',
  loongarch64: 'loong64',
  riscv64: 'riscv64',
}

/** Architecture of the checkpoint as an image's configuration names it; undefined when the archive does not tell. */
export function imageArchitecture({ architecture }: Checkpoint['metadata']): string | undefined {
  const name = present(architecture.value)
  return name !== undefined && Object.hasOwn(GOARCH, name) ? GOARCH[name] : undefined
}

/** The annotations whose values the archive knows, by key. Podman's own are set for Podman only: they make it restore. */
export function imageAnnotations(
  cp: Pick<Checkpoint, 'metadata' | 'mounts'>,
  target: ImageTarget,
): readonly ImageAnnotation[] {
  const { metadata: m } = cp
  const architecture: Fact<string> = mapped(m.architecture, imageArchitecture(m))
  const engine: Fact<string> = mapped(
    m.engine,
    present(m.engine.value) === 'unknown' ? undefined : present(m.engine.value),
  )
  const cgroup = cgroupVersion(cp)
  const criu: Readonly<Record<string, Fact<string> | undefined>> = {
    'engine.name': engine,
    'container.name': m.container,
    'pod.name': m.pod,
    'pod.id': m.sandboxId,
    'pod.namespace': m.podNamespace,
    'pod.uid': m.podUid,
    rootfsImageUserRequested: m.imageRequested,
    rootfsImageName: m.image,
    rootfsImageID: m.imageRef,
    'runtime.name': m.runtime,
    'criu.version': m.criuVersion,
    'host.arch': architecture,
    'host.kernel': m.kernel,
    'cgroup.version': cgroup,
    rootfsImageSha: pulledDigest(m),
    rawImageName: present(m.engine.value) === 'Podman' ? m.imageRequested : undefined,
    ...Object.fromEntries(KEPT.map((name) => [name, keptFact(m, `${PREFIX}${name}`)])),
  }
  const podman: typeof criu = {
    name: m.container,
    rawImageName: m.imageRequested,
    rootfsImageID: m.imageRef,
    rootfsImageName: m.image,
    'runtime.name': m.runtime,
    'criu.version': m.criuVersion,
    'host.arch': architecture,
    'host.kernel': m.kernel,
    'cgroups.version': cgroup,
    'podman.version': keptFact(m, 'io.podman.annotations.checkpoint.podman.version'),
    ...Object.fromEntries(
      KEPT.filter((name) => name !== 'engine.version').map((name) => [
        name,
        keptFact(m, `io.podman.annotations.checkpoint.${name}`),
      ]),
    ),
  }
  return [
    ...known(PREFIX, criu),
    ...known('io.kubernetes.cri-o.annotations.checkpoint.', { name: m.container }),
    ...(target === 'Podman' ? known('io.podman.annotations.checkpoint.', podman) : []),
  ]
}

/** Those that checkpointctl names and the annotations lack: the archive does not tell. Without `org.criu.checkpoint.` */
export function missingAnnotations(annotations: readonly ImageAnnotation[]): readonly string[] {
  const keys = new Set(annotations.map(({ key }) => key))
  return CRIU_NAMES.filter((name) => !keys.has(PREFIX + name))
}

/** The digest by which the image was pulled, where its name has one: the reference in config.dump is another, its id. */
function pulledDigest({ image, imageRequested }: Checkpoint['metadata']): Fact<string> | undefined {
  for (const fact of [image, imageRequested]) {
    const digest = /@(sha256:[0-9a-f]{64})$/.exec(present(fact.value) ?? '')?.[1]
    if (digest !== undefined) return mapped(fact, digest)
  }
  return undefined
}

/** What an annotation of the opened image says; of the same key the last one counts. */
function keptFact({ annotations }: Checkpoint['metadata'], key: string): Fact<string> | undefined {
  const found = annotations.findLast((one) => one.key === key)
  return found && { value: found.value, ...(found.from && { from: found.from }) }
}

function mapped(fact: Fact<unknown>, value: string | undefined): Fact<string> {
  return { ...fact, value: value ?? { absent: 'not-recorded', why: 'the archive does not tell' } }
}

/** Podman writes `v1` or `v2`; what the container saw mounted tells which it was. */
function cgroupVersion({ mounts }: Pick<Checkpoint, 'mounts'>): Fact<string> | undefined {
  const types = new Map((present(mounts) ?? []).map((mount) => [mount.fsType, mount]))
  const mount = types.get('cgroup') ?? types.get('cgroup2')
  return mount && { value: mount.fsType === 'cgroup' ? 'v1' : 'v2', from: { origin: mount.origin, path: 'fstype' } }
}

function known(prefix: string, facts: Readonly<Record<string, Fact<string> | undefined>>): ImageAnnotation[] {
  return Object.entries(facts).flatMap(([name, fact]) => {
    const value = present(fact?.value)
    if (value === undefined || !isUsable(value)) return []
    const from = fact?.from
    return [{ key: prefix + name, value, ...(from && { from }) }]
  })
}

/** JSON holds no bytes outside UTF-8 (lone surrogates here): a mutilated value would be a wrong one. */
function isUsable(value: string): boolean {
  return value !== '' && value.length <= MAX_VALUE && !/\p{Surrogate}/u.test(value)
}

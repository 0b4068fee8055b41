/**
 * Annotations of a checkpoint image, from what the checkpoint says of itself. Keys: checkpointctl (lib/annotations.go), CRI-O
 * (server/container_restore.go reads io.kubernetes.cri-o.annotations.checkpoint.name), Podman (cmd/podman/utils).
 */
import type { Maybe } from '../model/absent.ts'
import { present } from '../model/absent.ts'
import type { Metadata } from '../model/metadata.ts'

/** Whose annotations an image gets, beside those of org.criu.checkpoint. */
export type ImageTarget = 'kubernetes' | 'Podman'

export interface ImageAnnotation {
  readonly key: string
  readonly value: string
}

const CRIU = 'org.criu.checkpoint'
const PODMAN = 'io.podman.annotations.checkpoint'

/** What CRIU calls an architecture → what container images call it (GOARCH). */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  aarch64: 'arm64',
  arm: 'arm',
  ppc64: 'ppc64le',
  s390: 's390x',
  mips: 'mips64le',
  loongarch64: 'loong64',
  riscv64: 'riscv64',
}

/** The architecture as Kubernetes and images spell it; undefined when it is not known. */
export function imageArchitecture(metadata: Pick<Metadata, 'architecture'>): string | undefined {
  const name = present(metadata.architecture.value)
  return name !== undefined && Object.hasOwn(ARCHITECTURES, name) ? ARCHITECTURES[name] : undefined
}

/** `runc` or `crun`, also where containerd names its shim (`io.containerd.runc.v2`). */
export function runtimeName(recorded: string): string {
  return /^io\.containerd\.([a-z]+)\.v\d+$/.exec(recorded)?.[1] ?? recorded.slice(recorded.lastIndexOf('/') + 1)
}

/** Those whose value is known, in a fixed order. */
export function imageAnnotations(metadata: Metadata, target: ImageTarget): ImageAnnotation[] {
  const container = text(metadata.container.value)
  const runtime = text(metadata.runtime.value)
  const image = text(metadata.image.value)
  const common: [string, string | undefined][] = [
    ['engine.name', known(text(metadata.engine.value))],
    ['container.name', container],
    ['pod.name', text(metadata.pod.value)],
    ['pod.id', text(metadata.sandboxId.value)],
    ['pod.namespace', text(metadata.podNamespace.value)],
    ['pod.uid', text(metadata.podUid.value)],
    ['rootfsImageName', image],
    ['rootfsImageUserRequested', requestedImage(metadata) ?? image],
    ['rootfsImageID', text(metadata.imageRef.value)],
    ['rawImageName', image],
    ['runtime.name', runtime],
    ['criu.version', text(metadata.criuVersion.value)],
    ['host.arch', imageArchitecture(metadata)],
    ['host.kernel', text(metadata.kernel.value)],
  ]
  const own: [string, string | undefined][] =
    target === 'Podman'
      ? [
          [`${PODMAN}.name`, container],
          [`${PODMAN}.rawImageName`, image],
          [`${PODMAN}.rootfsImageID`, text(metadata.imageRef.value)],
          [`${PODMAN}.rootfsImageName`, image],
          // Podman refuses an image whose runtime is not the one that it uses.
          [`${PODMAN}.runtime.name`, runtime === undefined ? undefined : runtimeName(runtime)],
          [`${PODMAN}.criu.version`, text(metadata.criuVersion.value)],
          [`${PODMAN}.host.arch`, imageArchitecture(metadata)],
          [`${PODMAN}.host.kernel`, text(metadata.kernel.value)],
        ]
      : [['io.kubernetes.cri-o.annotations.checkpoint.name', container]]
  return [...common.map(([key, value]) => [`${CRIU}.${key}`, value] as const), ...own].flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [{ key, value }],
  )
}

function text(value: Maybe<string>): string | undefined {
  return present(value)
}

function known(engine: string | undefined): string | undefined {
  return engine === 'unknown' ? undefined : engine
}

/** The image as it was asked for, where the engine notes that apart from what it resolved to. */
function requestedImage({ annotations }: Metadata): string | undefined {
  const keys = ['io.kubernetes.cri-o.UserRequestedImage', 'io.kubernetes.cri.image-name']
  return annotations.find(({ key }) => keys.includes(key))?.value
}

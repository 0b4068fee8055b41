/** Manifests for a restore: the pod that the engine puts the checkpoint into, and the policy that cuts it off. */
import type { CommandInput } from './input.ts'
import type { Known } from './known.ts'
import type { NeededMount, VolumeKind } from './mounts.ts'
import { containerName } from './names.ts'
import type { Yaml } from './yaml.ts'

const LABEL = 'restored-from-checkpoint'
/** Longest name of a pod less the longest ending that is added. */
const MOST_NAME = 240

export interface RestorePod {
  readonly manifest: Yaml
  readonly name: string
  /** What was guessed or could not be said, mount by mount. */
  readonly warnings: readonly string[]
}

export function restoredName({ pod }: CommandInput): string {
  return `${pod.slice(0, MOST_NAME).replace(/[.-]+$/, '')}-restored`
}

/** Denies all traffic, in and out, of what carries the label of restored pods. */
export function denyAll({ namespace }: CommandInput): Yaml {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'restored-checkpoints-deny-all', namespace },
    spec: { podSelector: { matchLabels: { [LABEL]: 'true' } }, policyTypes: ['Ingress', 'Egress'] },
  }
}

/** `image`: what the container's image field says. */
export function restorePod(input: CommandInput, known: Known | undefined, image: string): RestorePod {
  const name = restoredName(input)
  const { volumes, mounts, warnings } = declareMounts(known?.mounts ?? [], input.isolate)
  const annotations: Yaml =
    input.source === 'operator'
      ? { annotations: { [`restore.criu.org/checkpoint-path.${input.container}`]: input.archive } }
      : {}
  const manifest: Yaml = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: input.namespace, labels: { [LABEL]: 'true' }, ...annotations },
    spec: {
      ...placement(input, known),
      // A token that the checkpoint had mounted must be there again; else the pod is better without one.
      ...(known !== undefined && !known.hasToken ? { automountServiceAccountToken: false } : {}),
      containers: [
        {
          name: input.container,
          image,
          ...(known?.hasTerminal ? { stdin: true, tty: true } : {}),
          ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
        },
      ],
      ...(volumes.length > 0 ? { volumes } : {}),
      restartPolicy: 'Never',
    },
  }
  return { manifest, name, warnings }
}

function placement({ node }: CommandInput, known: Known | undefined): Readonly<Record<string, Yaml>> {
  if (node !== '') return { nodeName: node }
  return known?.architecture === undefined ? {} : { nodeSelector: { 'kubernetes.io/arch': known.architecture } }
}

interface Declared {
  readonly volumes: Yaml[]
  readonly mounts: Yaml[]
  readonly warnings: string[]
}

function declareMounts(needed: readonly NeededMount[], isIsolated: boolean): Declared {
  const declared: Declared = { volumes: [], mounts: [], warnings: [] }
  needed.forEach((mount, index) => {
    const { destination, readOnly } = mount
    const reason = cannotBeDeclared(destination)
    if (reason !== undefined) {
      declared.warnings.push(
        `The mount at ${destination} cannot be declared in a pod: ${reason}. CRI-O will refuse the restore.`,
      )
      return
    }
    const name = `mount-${index + 1}`
    const { volume, warning } = volumeFor(mount, isIsolated)
    declared.volumes.push({ name, ...volume })
    declared.mounts.push({ name, mountPath: destination, ...(readOnly ? { readOnly } : {}) })
    if (warning !== undefined) declared.warnings.push(`${destination}: ${warning}`)
  })
  return declared
}

function cannotBeDeclared(path: string): string | undefined {
  if (!path.isWellFormed()) return 'it is not valid UTF-8'
  if (path.includes(':')) return 'it holds a colon, which Kubernetes forbids there'
  return path.startsWith('/') ? undefined : 'it does not begin with /'
}

const EMPTY: Readonly<Record<string, Yaml>> = { emptyDir: {} }

const WORDS: Readonly<Record<VolumeKind, string>> = {
  configMap: 'a ConfigMap',
  secret: 'a Secret',
  projected: 'a projected volume',
  claim: 'a persistent volume',
  emptyDir: 'an empty folder',
  hostPath: 'a path of the node',
}

function volumeFor(
  { kind, from }: NeededMount,
  isIsolated: boolean,
): { volume: Readonly<Record<string, Yaml>>; warning?: string } {
  const isName = containerName(from) === undefined
  const guessed = `${WORDS[kind]}. “${from}” is the volume’s name in the old pod; put the object’s own name in its place.`
  switch (kind) {
    case 'emptyDir':
      return { volume: EMPTY }
    case 'configMap':
      if (isName) return { volume: { configMap: { name: from } }, warning: guessed }
      break
    case 'secret':
      if (isName) return { volume: { secret: { secretName: from } }, warning: guessed }
      break
    case 'hostPath':
      if (!isIsolated && from.startsWith('/') && from.isWellFormed())
        return {
          volume: { hostPath: { path: from } },
          warning: 'a path of the node: what runs in the container can reach it again.',
        }
      return {
        volume: EMPTY,
        warning: 'was a path of the node and is empty here. A file, or a file that was open in it, will be missed.',
      }
    case 'projected':
    case 'claim':
      break
  }
  return {
    volume: EMPTY,
    warning: `${WORDS[kind]}, empty here: put the volume of the old pod in its place.`,
  }
}

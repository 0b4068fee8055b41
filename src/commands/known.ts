/** What an open checkpoint contributes: values for the form with their origin, annotations, mounts, architecture. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Engine, Metadata } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import { imageAnnotations, imageArchitecture, type ImageAnnotation, type ImageTarget } from './image-annotations.ts'
import { containerName } from './names.ts'
import { preflight, type PreflightTarget } from './preflight.ts'
import { hasToken, neededMounts, type NeededMount } from './mounts.ts'
import { hasTerminal } from './preflight-resources.ts'
import type { Suggestion, Suggestions } from './values.ts'
import type { FieldId } from './input.ts'

export interface Known {
  readonly suggestions: Suggestions
  readonly engine: Engine
  readonly annotations: Readonly<Record<ImageTarget, readonly ImageAnnotation[]>>
  readonly mounts: readonly NeededMount[]
  /** Whether the token of the service account was mounted. */
  readonly hasToken: boolean
  /** Whether it was started with a terminal or has one open. */
  readonly hasTerminal: boolean
  /** As Kubernetes spells it: `amd64`. */
  readonly architecture: string | undefined
  /** Folder of CRIU's images within the archive; '' when they lie at its root, undefined when there are none. */
  readonly imagesFolder: string | undefined
  /** Container image that the container ran from. */
  readonly rootfsImage: string | undefined
  /** What makes a restore fail unless something is done, in words that hold nothing of the evidence. */
  readonly stops: (target: PreflightTarget) => readonly string[]
}

export function knownOf(checkpoint: Checkpoint): Known {
  const { metadata } = checkpoint
  return {
    suggestions: suggestionsOf(checkpoint),
    engine: present(metadata.engine.value) ?? 'unknown',
    annotations: {
      containerd: imageAnnotations(checkpoint, 'containerd'),
      'CRI-O': imageAnnotations(checkpoint, 'CRI-O'),
      Podman: imageAnnotations(checkpoint, 'Podman'),
    },
    mounts: neededMounts(metadata),
    hasToken: hasToken(metadata),
    hasTerminal: hasTerminal(checkpoint),
    architecture: imageArchitecture(metadata),
    imagesFolder: imagesFolder(checkpoint),
    rootfsImage: present(metadata.image.value),
    stops: (target) =>
      preflight(checkpoint, target).flatMap(({ id, severity, title, consequence, remedy }) =>
        severity === 'stop' && id !== 'engine' ? [`${title}: ${consequence} ${remedy ?? ''}`.trimEnd()] : [],
      ),
  }
}

/** Every set of images has an inventory. A name of another shape stands in no command. */
function imagesFolder({ members }: Checkpoint): string | undefined {
  const names = members.map(({ name }) => /^(?:\.\/)?((?:[\w.-]+\/)*)inventory\.img$/.exec(name)?.[1])
  return names.find((folder) => folder !== undefined && !folder.includes('..'))?.replace(/\/$/, '')
}

function suggestionsOf(checkpoint: Checkpoint): Suggestions {
  const { metadata } = checkpoint
  const suggestions: Partial<Record<FieldId, Suggestion>> = {}
  const suggest = (id: FieldId, fact: Fact<string>, change = (value: string) => value): void => {
    if (isAbsent(fact.value) || fact.value === '') return
    suggestions[id] = { value: change(fact.value), origin: originText(checkpoint, fact) }
  }
  suggest('namespace', metadata.podNamespace)
  suggest('pod', metadata.pod)
  suggest('container', metadata.container)
  suggest('containerId', metadata.containerId)
  suggest('runtime', metadata.runtime, runtimeName)
  suggest('engine', metadata.engine)
  // The archive that is at hand needs no image made of it first.
  suggestions.source = { value: 'file', origin: 'it is an archive', engine: 'Podman' }
  suggestions.archive = { value: checkpoint.archive.label, origin: 'name of the opened file' }
  const image = imageName(metadata)
  if (image !== undefined)
    suggestions.image = {
      value: image,
      origin: `named after the container: ${originText(checkpoint, metadata.container)}`,
    }
  return suggestions
}

/** An image is named after the container where that makes a legal name. */
function imageName({ container }: Metadata): string | undefined {
  const name = present(container.value)
  return name !== undefined && containerName(name) === undefined ? `checkpoints/${name}:latest` : undefined
}

/** `spec.dump, /annotations/io.kubernetes.cri.container-name`. */
function originText({ members }: Checkpoint, { from }: Fact<unknown>): string {
  const member = from && members[from.origin.member]
  if (!member) return 'what the archive is'
  return from.path === undefined ? member.name : `${member.name}, ${from.path}`
}

/** `runc` or `crun`, also where containerd names its shim (`io.containerd.runc.v2`). */
function runtimeName(recorded: string): string {
  return /^io\.containerd\.([a-z]+)\.v\d+$/.exec(recorded)?.[1] ?? recorded.slice(recorded.lastIndexOf('/') + 1)
}

/**
 * Annotations and labels: where engines put what Kubernetes knows of a container. Keys are those of CRI-O
 * (pkg/annotations), containerd (internal/cri/annotations), the kubelet (pkg/kubelet/types) and of checkpoint images.
 */
import { absent } from '../model/absent.ts'
import type { Annotation } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import { parseInnerJson, type Json } from './json.ts'

/** Annotations or labels of a JSON object. Values of another type than text are kept as their literal. */
export function readAnnotations(object: Json): Annotation[] {
  return object.entries().map(({ key, value }) => {
    const text = value.scalarText()
    const shown = typeof text === 'string' ? text : `(${value.kind ?? 'nothing'})`
    return { key, value: shown, isJson: isJsonText(shown), from: value.trace() }
  })
}

/** True for text that is a JSON object or array as a whole. */
export function isJsonText(text: string): boolean {
  return parseInnerJson(text, { member: -1, size: 0, name: 'annotation' }) !== undefined
}

/** Annotations of a list by key, with their traces. Of duplicates the last one counts. */
export class AnnotationIndex {
  readonly all: readonly Annotation[]
  readonly #byKey: ReadonlyMap<string, Annotation>

  constructor(all: readonly Annotation[]) {
    this.all = all
    this.#byKey = new Map(all.map((item) => [item.key, item]))
  }

  fact(key: string): Fact<string> {
    const found = this.#byKey.get(key)
    if (!found) return { value: absent('not-recorded', `there is no annotation ${key}`) }
    return found.from ? { value: found.value, from: found.from } : { value: found.value }
  }

  /** Text at a path in the JSON that an annotation holds (CRI-O's Metadata, Labels). */
  inner(key: string, ...path: readonly string[]): Fact<string> {
    const found = this.#byKey.get(key)
    if (!found?.from) return { value: absent('not-recorded', `there is no annotation ${key}`) }
    const json = parseInnerJson(found.value, { member: found.from.origin.member, size: 0, name: key })
    const value = json?.at(...path).string() ?? absent('unparsable', `the annotation ${key} is not JSON`)
    return { value, from: found.from }
  }

  hasPrefix(prefix: string): Annotation | undefined {
    return this.all.find((item) => item.key.startsWith(prefix))
  }
}

/** Labels that CRI-O keeps as JSON in an annotation; traced to that annotation. */
export function labelsInside(annotations: AnnotationIndex, key: string): Annotation[] {
  const outer = annotations.all.findLast((item) => item.key === key)
  if (!outer?.from) return []
  const inner = parseInnerJson(outer.value, { member: outer.from.origin.member, size: 0, name: key })
  const from = outer.from
  return inner ? readAnnotations(inner).map((item) => ({ ...item, from })) : []
}

/** Annotations of an OCI image that carries a checkpoint, by what they say (checkpointctl build, Podman commit). */
export const imageKeys = {
  engine: ['org.criu.checkpoint.engine.name', 'checkpointctl.annotation.container.manager'],
  container: ['org.criu.checkpoint.container.name', 'checkpointctl.annotation.checkpoint.name'],
  pod: ['org.criu.checkpoint.pod.name', 'checkpointctl.annotation.checkpoint.pod'],
  podNamespace: ['org.criu.checkpoint.pod.namespace', 'checkpointctl.annotation.checkpoint.namespace'],
  podUid: ['org.criu.checkpoint.pod.uid'],
  sandboxId: ['org.criu.checkpoint.pod.id'],
  image: ['org.criu.checkpoint.rootfsImageName', 'checkpointctl.annotation.checkpoint.rootfsImageName'],
  imageRequested: ['org.criu.checkpoint.rootfsImageUserRequested', 'org.criu.checkpoint.rawImageName'],
  imageRef: ['org.criu.checkpoint.rootfsImageID', 'checkpointctl.annotation.checkpoint.rootfsImageID'],
  runtime: ['org.criu.checkpoint.runtime.name', 'checkpointctl.annotation.checkpoint.runtime.name'],
  criuVersion: ['org.criu.checkpoint.criu.version'],
  kernel: ['org.criu.checkpoint.host.kernel'],
  architecture: ['org.criu.checkpoint.host.arch'],
} as const

/** What the image annotations say of it, as candidates. */
export function imageFacts(annotations: AnnotationIndex, name: keyof typeof imageKeys): Fact<string>[] {
  return imageKeys[name].map((key) => annotations.fact(key))
}

/**
 * Who and what the checkpoint is: container, pod, image, runtime and times, each from the first source that has it.
 * config.dump is the ContainerConfig that CRI-O and containerd write (checkpointctl's lib/metadata.go names its
 * fields) or Podman's larger one (libpod/container_config.go), which has other names for some.
 */
import { absent, type Absent } from '../model/absent.ts'
import type { Annotation, Engine, Metadata } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import { imageFacts, type AnnotationIndex } from './annotations.ts'
import { firstFact, mapFact, nanosecondsFact, timeFact, timeText } from './fact.ts'
import type { Json } from './json.ts'

/** The engine's files, parsed; those that are not there give no values. */
export interface EngineFiles {
  readonly engine: Engine
  readonly config: Json
  readonly spec: Json
  /** containerd's `status.dump` and `status`. */
  readonly criStatus: Json
  readonly status: Json
  readonly annotations: AnnotationIndex
  /** Labels that the engine keeps beside the annotations. */
  readonly labels: readonly Annotation[]
  readonly imageAnnotations: AnnotationIndex
}

type Identity = Pick<
  Metadata,
  | 'podNamespace'
  | 'pod'
  | 'podUid'
  | 'sandboxId'
  | 'container'
  | 'containerId'
  | 'image'
  | 'imageRequested'
  | 'imageRef'
  | 'runtime'
  | 'created'
  | 'started'
  | 'checkpointed'
>

/** True for engines that run pods of Kubernetes. */
export function isKubernetes(engine: Engine): boolean {
  return engine === 'containerd' || engine === 'CRI-O'
}

export function readIdentity(files: EngineFiles): Identity {
  return { ...readPod(files), ...readContainer(files), ...readTimes(files) }
}

function readPod(files: EngineFiles): Pick<Metadata, 'podNamespace' | 'pod' | 'podUid' | 'sandboxId'> {
  const { annotations, imageAnnotations, config } = files
  const noPod = (what: string) => whyNoPod(files, what)
  return {
    podNamespace: firstFact(
      [
        annotations.fact('io.kubernetes.cri.sandbox-namespace'),
        annotations.fact('io.kubernetes.pod.namespace'),
        labelFact(files, 'io.kubernetes.pod.namespace'),
        ...imageFacts(imageAnnotations, 'podNamespace'),
      ],
      noPod('the namespace'),
    ),
    pod: firstFact(
      [
        annotations.fact('io.kubernetes.cri.sandbox-name'),
        annotations.fact('io.kubernetes.pod.name'),
        labelFact(files, 'io.kubernetes.pod.name'),
        ...imageFacts(imageAnnotations, 'pod'),
      ],
      noPod('the name of the pod'),
    ),
    podUid: firstFact(
      [
        annotations.fact('io.kubernetes.cri.sandbox-uid'),
        annotations.fact('io.kubernetes.pod.uid'),
        labelFact(files, 'io.kubernetes.pod.uid'),
        ...imageFacts(imageAnnotations, 'podUid'),
      ],
      noPod('the UID of the pod'),
    ),
    sandboxId: firstFact(
      [
        annotations.fact('io.kubernetes.cri.sandbox-id'),
        annotations.fact('io.kubernetes.cri-o.SandboxID'),
        // Podman: the id of the pod that the container is in.
        config.at('pod').fact((json) => json.string()),
        ...imageFacts(imageAnnotations, 'sandboxId'),
      ],
      noPod('the id of the sandbox'),
    ),
  }
}

function readContainer(
  files: EngineFiles,
): Pick<Metadata, 'container' | 'containerId' | 'image' | 'imageRequested' | 'imageRef' | 'runtime'> {
  const { annotations, imageAnnotations, config, criStatus } = files
  const text = (...path: string[]): Fact<string> => config.at(...path).fact((json) => json.string())
  const status = (...path: string[]): Fact<string> => criStatus.at(...path).fact((json) => json.string())
  return {
    container: firstFact(
      [
        annotations.fact('io.kubernetes.cri.container-name'),
        annotations.inner('io.kubernetes.cri-o.Metadata', 'name'),
        annotations.fact('io.kubernetes.container.name'),
        status('metadata', 'name'),
        text('name'),
        ...imageFacts(imageAnnotations, 'container'),
      ],
      whyNoConfig(files, 'the name of the container'),
    ),
    containerId: firstFact(
      [text('id'), annotations.fact('io.kubernetes.cri-o.ContainerID'), status('id')],
      whyNoConfig(files, 'the id of the container'),
    ),
    image: firstFact(
      [
        text('rootfsImageName'),
        text('rootfsImage'),
        annotations.fact('io.kubernetes.cri.image-name'),
        annotations.fact('io.kubernetes.cri-o.ImageName'),
        ...imageFacts(imageAnnotations, 'image'),
      ],
      whyNoConfig(files, 'the image'),
    ),
    imageRequested: firstFact(
      [text('rootfsImage'), text('RawImageName'), ...imageFacts(imageAnnotations, 'imageRequested')],
      whyNoConfig(files, 'the image as it was asked for'),
    ),
    imageRef: firstFact(
      [text('rootfsImageRef'), text('rootfsImageID'), status('image_ref'), ...imageFacts(imageAnnotations, 'imageRef')],
      whyNoConfig(files, 'the digest of the image'),
    ),
    runtime: firstFact(
      [text('runtime'), ...imageFacts(imageAnnotations, 'runtime')],
      whyNoConfig(files, 'the runtime'),
    ),
  }
}

function readTimes(files: EngineFiles): Pick<Metadata, 'created' | 'started' | 'checkpointed'> {
  const { annotations, config, criStatus, status } = files
  const created = 'io.kubernetes.cri-o.Created'
  return {
    // CRI-O notes the time of creation in an annotation; its config.dump has the time the runtime was done, a bit later.
    created: firstFact(
      [
        mapFact(annotations.fact(created), (text) => timeText(text, `the annotation ${created}`)),
        timeFact(config.at('createdTime')),
        nanosecondsFact(status.at('CreatedAt')),
        nanosecondsFact(criStatus.at('created_at')),
      ],
      whyNoConfig(files, 'when the container was created'),
    ),
    started: firstFact(
      [
        nanosecondsFact(status.at('StartedAt')),
        nanosecondsFact(criStatus.at('started_at')),
        timeFact(config.at('startedTime')),
      ],
      absent('not-recorded', unsaid(files, 'record', 'when the container was started')),
    ),
    checkpointed: firstFact(
      [timeFact(config.at('checkpointedTime'))],
      absent(
        'not-recorded',
        `${unsaid(files, 'record', 'the time of the checkpoint')}; the images’ modification times come close`,
      ),
    ),
  }
}

function labelFact(files: EngineFiles, key: string): Fact<string> {
  const found = files.labels.find((item) => item.key === key)
  if (!found) return { value: absent('not-recorded', `there is no label ${key}`) }
  return found.from ? { value: found.value, from: found.from } : { value: found.value }
}

/** Of an engine that is not known, or whose own file is not there (cut off, lost, an image by ctr), nothing is claimed. */
function unsaid(files: EngineFiles, does: string, what: string): string {
  return files.engine === 'unknown' || files.config.kind === undefined
    ? `nothing that could be read ${does}s ${what}`
    : `${files.engine} does not ${does} ${what}`
}

function whyNoPod(files: EngineFiles, what: string): Absent {
  const isInPod = files.annotations.all.some(({ key }) => key.startsWith('io.kubernetes'))
  if (isKubernetes(files.engine) && !isInPod)
    return absent('not-recorded', `nothing that could be read says that the container was in a pod, nor ${what}`)
  if (isKubernetes(files.engine))
    return absent('unreadable', `${what} should be in the annotations of spec.dump and is not`)
  if (files.engine === 'unknown') return absent('not-recorded', unsaid(files, 'note', what))
  return absent('not-applicable', `${unsaid(files, 'note', what)}: it did not run this for Kubernetes`)
}

function whyNoConfig(files: EngineFiles, what: string): Absent {
  if (files.config.kind === undefined) return absent('not-recorded', `no config.dump in this archive says ${what}`)
  return absent('not-recorded', `config.dump does not say ${what}`)
}

/** Reads everything that the Overview shows: a handful of small members, each value with its trace or its reason. */
import { limits } from '../base/limits.ts'
import { decodeText } from '../base/text.ts'
import { absent, isAbsent, present } from '../model/absent.ts'
import type { Annotation, Engine, Metadata } from '../model/metadata.ts'
import type { Fact } from '../model/origin.ts'
import { AnnotationIndex, imageFacts, isJsonText, labelsInside, readAnnotations } from '../oci/annotations.ts'
import { detectEngine } from '../oci/engine.ts'
import { firstFact } from '../oci/fact.ts'
import { readIdentity } from '../oci/identity.ts'
import type { Json } from '../oci/json.ts'
import { readSpec } from '../oci/spec.ts'
import type { Evidence } from './evidence.ts'
import { findMetadata, originOfMember, readJson } from './members.ts'
import { readCriuFacts } from './metadata-criu.ts'
import { readLogFacts } from './metadata-log.ts'
import { noteUnparsable } from './metadata-checks.ts'
import { readMore } from './metadata-more.ts'
import { readProcessor } from './metadata-processor.ts'
import { readInterfaces } from './metadata-network.ts'
import { listOmissions } from './metadata-omissions.ts'
import { readStatistics } from './metadata-statistics.ts'

interface Files {
  readonly config: Json
  readonly spec: Json
  readonly status: Json
  readonly criStatus: Json
  readonly network: Json
  readonly bindMounts: Json
  readonly descriptors: Json
  readonly deletedFiles: Json
}

async function readFiles(evidence: Evidence): Promise<Files> {
  const read = (name: string): Promise<Json> => readJson(evidence, name)
  const specName = findMetadata(evidence, 'spec.dump') ? 'spec.dump' : 'config.json'
  const [config, spec, status, criStatus, network, bindMounts, descriptors, deletedFiles] = await Promise.all([
    read('config.dump'),
    read(specName),
    read('status'),
    read('status.dump'),
    read('network.status'),
    read('bind.mounts'),
    read('descriptors.json'),
    read('deleted.files'),
  ])
  return { config, spec, status, criStatus, network, bindMounts, descriptors, deletedFiles }
}

/** Annotations of the spec, then those of the CRI status that the spec lacks, then those of the OCI image. */
function collectAnnotations(
  evidence: Evidence,
  files: Files,
): { spec: AnnotationIndex; image: AnnotationIndex; all: Annotation[] } {
  const spec = new AnnotationIndex(readAnnotations(files.spec.at('annotations')))
  const keys = new Set(spec.all.map((item) => item.key))
  const status = readAnnotations(files.criStatus.at('annotations')).filter((item) => !keys.has(item.key))
  const image = evidence.archive.annotations.map(({ key, value }): Annotation => {
    return { key, value, isJson: isJsonText(value), from: undefined }
  })
  return { spec, image: new AnnotationIndex(image), all: [...spec.all, ...status, ...image] }
}

function collectLabels(files: Files, annotations: AnnotationIndex): Annotation[] {
  return [
    ...readAnnotations(files.criStatus.at('labels')),
    ...labelsInside(annotations, 'io.kubernetes.cri-o.Labels'),
    ...readAnnotations(files.config.at('labels')),
  ]
}

/** Reads the metadata; what is missing or damaged becomes absent values and diagnostics. */
export async function readMetadata(evidence: Evidence): Promise<Metadata> {
  const files = await readFiles(evidence)
  const annotations = collectAnnotations(evidence, files)
  const labels = collectLabels(files, annotations.spec)
  const engine = detectEngine({
    annotations: annotations.spec,
    imageAnnotations: annotations.image,
    spec: files.spec,
    member: (name) => {
      const member = findMetadata(evidence, name)
      return member && originOfMember(member)
    },
    isCtrImage: evidence.archive.shape === 'ctr-image',
  })
  const engineName: Engine = present(engine.value) ?? 'unknown'
  const identity = readIdentity({
    engine: engineName,
    config: files.config,
    spec: files.spec,
    criStatus: files.criStatus,
    status: files.status,
    annotations: annotations.spec,
    labels,
    imageAnnotations: annotations.image,
  })
  const criu = await readCriuFacts(evidence)
  const log = await readLogFacts(evidence, engineName, {
    criuVersion: imageFacts(annotations.image, 'criuVersion'),
    kernel: imageFacts(annotations.image, 'kernel'),
  })
  const spec = readSpec(files.spec)
  const mounts = isAbsent(spec) || isAbsent(spec.mounts) ? [] : spec.mounts
  const metadata: Metadata = {
    engine,
    ...identity,
    runtime: isAbsent(identity.runtime.value)
      ? ((await readCtrRuntime(evidence)) ?? identity.runtime)
      : identity.runtime,
    hostname: hostnameOf(criu.hostname, files.spec),
    criuVersion: log.criuVersion,
    kernel: log.kernel,
    host: log.host,
    architecture: criu.architecture,
    imageFormat: criu.imageFormat,
    interfaces: await readInterfaces(evidence, engineName, files.network, annotations.spec),
    statistics: await readStatistics(evidence, engineName),
    annotations: annotations.all,
    labels,
    spec,
    more: [...readMore(evidence, files), ...criu.more, ...(await readProcessor(evidence)), ...log.more],
    omissions: listOmissions({ evidence, engine: engineName, criu, mounts }),
  }
  noteUnparsable(evidence, metadata)
  return metadata
}

/** `ctr` writes the name of the runtime into a part of its own, as plain text. */
async function readCtrRuntime(evidence: Evidence): Promise<Fact<string> | undefined> {
  const member = findMetadata(evidence, 'ctr.runtime.name')
  const bytes = member && (await evidence.body(member, limits.pathLength))
  return bytes && { value: decodeText(bytes), from: { origin: originOfMember(member) } }
}

/** The dumped UTS namespace says what the host name was; the spec only what it should have been. */
function hostnameOf(dumped: Fact<string>, spec: Json): Fact<string> {
  const wanted = spec.at('hostname').fact((json) => json.string())
  return firstFact([dumped, wanted], absent('not-recorded', 'neither a UTS namespace nor the spec has a host name'))
}

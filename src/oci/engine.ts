/**
 * Which engine made a checkpoint: first what it says (annotations), then the members that only it writes, then the
 * bundle's paths. Docker, nerdctl and plain runc leave nothing but images, descriptors.json and the bundle's config.json.
 */
import { absent } from '../model/absent.ts'
import type { Engine } from '../model/metadata.ts'
import type { Fact, Origin } from '../model/origin.ts'
import { AnnotationIndex, imageFacts } from './annotations.ts'
import type { Json } from './json.ts'

/** What detection looks at. */
export interface EngineClues {
  readonly annotations: AnnotationIndex
  readonly imageAnnotations: AnnotationIndex
  readonly spec: Json
  /** Where a member of that name is, if there is one. */
  member(name: string): Origin | undefined
  readonly isCtrImage: boolean
}

const MANAGERS: Readonly<Record<string, Engine>> = {
  libpod: 'Podman',
  podman: 'Podman',
  'cri-o': 'CRI-O',
  crio: 'CRI-O',
  containerd: 'containerd',
  docker: 'Docker',
}

function managerNamed(text: string): Engine | undefined {
  const key = text.toLowerCase()
  return Object.hasOwn(MANAGERS, key) ? MANAGERS[key] : undefined
}

/** Members that only one engine writes. */
const OWN_MEMBERS: readonly (readonly [string, Engine])[] = [
  ['status.dump', 'containerd'],
  ['bind.mounts', 'CRI-O'],
  ['io.kubernetes.cri-o.LogPath', 'CRI-O'],
  ['network.status', 'Podman'],
  ['ctr.log', 'Podman'],
]

/** The engine, traced to what told it. */
export function detectEngine(clues: EngineClues): Fact<Engine> {
  const says = [clues.annotations.fact('io.container.manager'), ...imageFacts(clues.imageAnnotations, 'engine')]
  for (const { value, from } of says) {
    const engine = typeof value === 'string' ? managerNamed(value) : undefined
    if (engine) return from ? { value: engine, from } : { value: engine }
  }
  const cri = clues.annotations.hasPrefix('io.kubernetes.cri.')
  if (cri?.from) return { value: 'containerd', from: cri.from }
  for (const [name, engine] of OWN_MEMBERS) {
    const origin = clues.member(name)
    if (origin) return { value: engine, from: { origin } }
  }
  if (clues.isCtrImage) return { value: 'containerd' }
  return detectByPaths(clues.spec)
}

/** Docker's data directory and cgroup names stand in the bundle's config.json. */
function detectByPaths(spec: Json): Fact<Engine> {
  for (const json of [spec.at('root', 'path'), spec.at('linux', 'cgroupsPath')]) {
    const text = json.string()
    if (typeof text !== 'string') continue
    if (/(^|[/:])docker([/:]|$)/.test(text)) return { value: 'Docker', from: json.trace() }
    if (/(^|\/)(io\.)?containerd[/.]/.test(text)) return { value: 'containerd', from: json.trace() }
  }
  const why = 'no annotation and no member of this archive tells the engine; runc and crun leave none when used alone'
  return { value: absent('not-recorded', why) }
}

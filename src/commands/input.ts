/** What the generators are given: few values, what is chosen where nothing is, and how a field of the form describes one. */
import type { RestoreEngine } from './engines.ts'
import type { Check } from './names.ts'

export type CommandKind = 'create' | 'build' | 'restore'

/** Ways to make a checkpoint. The first four ask the kubelet. */
export const ways = [
  'certificate',
  'kubeconfig',
  'token',
  'proxy',
  'operator',
  'crictl',
  'podman',
  'ctr',
  'nerdctl',
  'docker',
  'runc',
  'crun',
] as const
export type Way = (typeof ways)[number]

/** What a restore starts from: a checkpoint image, the archive, the archive and the one before it, an annotation. */
export type Source = 'image' | 'file' | 'previous' | 'operator'

/** Values by name; `''` for texts that are not given. */
export interface CommandInput {
  readonly way: Way
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly containerId: string
  readonly node: string
  readonly address: string
  readonly kubernetes: string
  readonly timeout: string
  readonly verify: boolean
  readonly nodePath: string
  readonly leaveRunning: boolean
  readonly tcpEstablished: boolean
  readonly tcpClose: boolean
  readonly fileLocks: boolean
  readonly compress: 'zstd' | 'gzip' | 'none'
  readonly preCheckpoint: boolean
  readonly ignoreRootfs: boolean
  readonly ignoreVolumes: boolean
  readonly keep: boolean
  readonly printStats: boolean
  readonly runtime: 'runc' | 'crun'
  readonly criu: string
  readonly archive: string
  readonly engine: RestoreEngine
  readonly engineVersion: string
  readonly registry: string
  readonly image: string
  readonly source: Source
  readonly previous: string
  readonly name: string
  readonly restoredAs: string
  readonly isolate: boolean
}
export type CommandOptions = Partial<CommandInput>
export type FieldId = keyof CommandInput

interface Common {
  readonly id: FieldId
  readonly label: string
  /** What it is and where one finds it. */
  readonly hint: string
  /** The forms that have it. */
  readonly isFor: (kind: CommandKind, input: CommandInput) => boolean
}
export interface TextField extends Common {
  readonly type: 'text' | 'lines'
  /** Used while nothing is given; undefined: it may be left out. */
  readonly example: string | ((input: CommandInput) => string) | undefined
  /** Where the example may not stand in: a thing that the commands can find by themselves. */
  readonly isFound?: (input: CommandInput) => boolean
  readonly check: Check
}
export interface ChoiceField extends Common {
  readonly type: 'choice'
  readonly options: readonly { readonly id: string; readonly label: string }[]
}
export interface SwitchField extends Common {
  readonly type: 'switch'
}
export type Field = TextField | ChoiceField | SwitchField

/** What is chosen where nothing is. */
export const defaults: CommandInput = {
  way: 'certificate',
  namespace: '',
  pod: '',
  container: '',
  containerId: '',
  node: '',
  address: '',
  kubernetes: '',
  timeout: '',
  verify: false,
  nodePath: '',
  leaveRunning: true,
  tcpEstablished: false,
  tcpClose: false,
  fileLocks: false,
  compress: 'zstd',
  preCheckpoint: false,
  ignoreRootfs: false,
  ignoreVolumes: false,
  keep: false,
  printStats: false,
  runtime: 'runc',
  criu: '',
  archive: '',
  engine: 'containerd',
  engineVersion: '',
  registry: '',
  image: '',
  source: 'image',
  previous: '',
  name: '',
  restoredAs: '',
  isolate: true,
}

/** Ways that ask the kubelet. */
export const KUBELET_WAYS: readonly Way[] = ['certificate', 'kubeconfig', 'token', 'proxy']

/** Engines behind a kubelet. */
export const isKubernetes = ({ engine }: Pick<CommandInput, 'engine'>): boolean =>
  engine === 'containerd' || engine === 'CRI-O'

/** How the name of an archive ends: only Podman compresses what it writes. */
export function archiveEnding({ way, compress }: Pick<CommandInput, 'way' | 'compress'>): string {
  return way === 'podman' ? { zstd: '.tar.zst', gzip: '.tar.gz', none: '.tar' }[compress] : '.tar'
}

/**
 * Which engine can restore a checkpoint, by version: restore has come and gone, and an engine that cannot restore starts
 * the image like any other and fails with an error that does not say so. Read in the sources of the engines named.
 */
import {
  ANY,
  CONTAINERD,
  CONTAINERD_NEEDS,
  CONTAINERD_SWITCH,
  CRIO,
  CRIO_CRIU,
  CRIO_NEEDS,
  CRIO_SWITCH,
  type Row,
} from './restore-table.ts'
import { compareVersions, parseVersion, type Version } from './version.ts'

export type RestoreEngine = 'containerd' | 'CRI-O' | 'Podman' | 'Docker' | 'nerdctl' | 'runc' | 'crun'

export const restoreEngines: readonly RestoreEngine[] = [
  'containerd',
  'CRI-O',
  'Podman',
  'Docker',
  'nerdctl',
  'runc',
  'crun',
]

/** `off`: built in, and off until it is configured. `check`: the patch release or the configuration decides. */
export type RestoreState = 'works' | 'off' | 'check' | 'checkpoint-only' | 'none' | 'removed' | 'unknown'

/** A piece of the engine's configuration. */
export interface EngineSetting {
  /** Where it goes, as the engine's packages install it. */
  readonly file: string
  /** TOML. */
  readonly text: string
  /** What makes the engine read it. */
  readonly apply: string
  /** Command that prints the configuration in force, and the keys to look for in it. */
  readonly look: readonly [command: string, keys: string]
}

export interface RestoreSupport {
  readonly state: RestoreState
  /** The versions that this holds for, in words. */
  readonly versions: string
  /** What it means, one sentence. */
  readonly summary: string
  /** What must hold for a restore to work, beside the image. */
  readonly needs: readonly string[]
  /** What to do where it does not work as it is; undefined where nothing is to be done. */
  readonly remedy: string | undefined
  /** The setting that the remedy speaks of. */
  readonly setting: EngineSetting | undefined
  /** Where this was read. */
  readonly source: string
}

/**
 * What an engine of that version does with a checkpoint. A version that cannot be read gives `unknown` for the engines
 * where it matters, with what to look for.
 */
export function restoreSupport(engine: RestoreEngine, version: string | undefined): RestoreSupport {
  if (engine !== 'containerd' && engine !== 'CRI-O') return support(ANY[engine])
  const rows = engine === 'containerd' ? CONTAINERD : CRIO
  const parsed = version === undefined ? undefined : parseVersion(version)
  const row = parsed && rows.findLast(({ from }) => isFrom(parsed, from))
  return row ? support(row) : unknownVersion(engine)
}

/** Whether that CRI-O has its CRIU support off by default, which checkpoints need as well. */
export function isCriuOff(version: string): boolean {
  return restoreSupport('CRI-O', version).setting === CRIO_CRIU
}

function isFrom(version: Version, from: string): boolean {
  const bound = parseVersion(from)
  return bound !== undefined && compareVersions(version, bound) >= 0
}

function support(row: Row): RestoreSupport {
  const { state, versions, summary, needs = [], remedy, setting, source } = row
  return { state, versions, summary, needs, remedy, setting, source }
}

function unknownVersion(engine: 'containerd' | 'CRI-O'): RestoreSupport {
  const isContainerd = engine === 'containerd'
  return {
    state: 'unknown',
    versions: 'version not given',
    summary: isContainerd
      ? 'containerd restores from 2.1 on, needs a switch from 2.2.7 and 2.3.4 on, and cannot from 2.4 on.'
      : 'CRI-O restores from 1.25 on, before 1.30 only with its CRIU support switched on. From 1.37, 1.36.6, 1.35.9 and 1.34.14 on, and in builds of 1.30 to 1.33 since September 2026, restore must be switched on.',
    needs: isContainerd ? CONTAINERD_NEEDS : CRIO_NEEDS,
    remedy: `Give the version: kubectl get nodes -o wide shows it as CONTAINER-RUNTIME, ${
      isContainerd ? 'containerd --version' : 'crio --version'
    } on the node.`,
    setting: isContainerd ? CONTAINERD_SWITCH : CRIO_SWITCH,
    source: isContainerd ? 'containerd: internal/cri/server' : 'CRI-O: server/container_restore.go',
  }
}

/** Whether the kubelet of a Kubernetes version has the checkpoint API: feature gate ContainerCheckpoint (KEP-2008). */
export function kubeletSupport(
  version: string | undefined,
): Pick<RestoreSupport, 'state' | 'summary' | 'remedy' | 'source'> {
  const parsed = version === undefined ? undefined : parseVersion(version)
  const source = 'Kubernetes: feature gate ContainerCheckpoint, alpha in 1.25, beta in 1.30'
  const gate = 'Start the kubelet with the feature gate ContainerCheckpoint=true.'
  if (!parsed)
    return {
      state: 'unknown',
      summary: 'The checkpoint API is on by default from Kubernetes 1.30 on.',
      remedy: 'From 1.25 on the kubelet has it when it is started with the feature gate ContainerCheckpoint=true.',
      source,
    }
  if (parsed.major === 1 && parsed.minor < 25)
    return {
      state: 'none',
      summary: 'The kubelet has no checkpoint API before Kubernetes 1.25.',
      remedy: 'Make the checkpoint on the node with the engine’s own tool.',
      source,
    }
  if (parsed.major === 1 && parsed.minor < 30)
    return {
      state: 'off',
      summary: 'The checkpoint API is off by default before Kubernetes 1.30: it answers 404.',
      remedy: gate,
      source,
    }
  return { state: 'works', summary: 'The checkpoint API is on by default.', remedy: undefined, source }
}

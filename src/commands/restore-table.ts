/** Restore by engine and version, as read in the sources of the engines. */
import type { EngineSetting, RestoreEngine, RestoreState, RestoreSupport } from './engines.ts'

/** A row holds from its version to the next row's. */
export interface Row extends Partial<Pick<RestoreSupport, 'needs' | 'remedy' | 'setting'>> {
  readonly from: string
  readonly state: RestoreState
  readonly versions: string
  readonly summary: string
  readonly source: string
}

const CRIU = 'CRIU on the node, not older than the one that made the checkpoint'
const SAME_RUNTIME = 'the runtime that made the checkpoint: runc and crun cannot restore each other’s'

export const CONTAINERD_SWITCH: EngineSetting = {
  file: '/etc/containerd/config.toml',
  text: `[plugins."io.containerd.cri.v1.runtime"]\n  enable_experimental_restore_via_create = true\n`,
  apply: 'systemctl restart containerd',
  look: ['containerd config dump', 'enable_criu|enable_experimental_restore_via_create'],
}
const CONTAINERD_REMEDY =
  'Set enable_experimental_restore_via_create and restart containerd. In a configuration of version 2 the section is [plugins."io.containerd.grpc.v1.cri"].'
const CRIO_LOOK = ['crio status config', 'enable_criu_support|container_level_enabled'] as const
export const CRIO_SWITCH: EngineSetting = {
  file: '/etc/crio/crio.conf.d/50-checkpoint-restore.conf',
  text: `[crio.checkpoint_restore]\ncontainer_level_enabled = "checkpoint_restore"\n`,
  apply: 'systemctl restart crio',
  look: CRIO_LOOK,
}
export const CRIO_CRIU: EngineSetting = {
  file: '/etc/crio/crio.conf.d/50-criu.conf',
  text: '[crio.runtime]\nenable_criu_support = true\n',
  apply: 'systemctl restart crio',
  look: CRIO_LOOK,
}
export const CRIO_NEEDS = [
  CRIU,
  SAME_RUNTIME,
  'enable_criu_support not switched off in the [crio.runtime] section',
  'every mount of the checkpointed container declared in the new pod',
]
export const CONTAINERD_NEEDS = [
  CRIU,
  SAME_RUNTIME,
  'enable_criu not switched off in the configuration of the CRI plugin',
]

export const CONTAINERD: readonly Row[] = [
  {
    from: '0.0',
    state: 'none',
    versions: 'before 2.0',
    summary: 'containerd before 2.0 has neither checkpoint nor restore behind the kubelet.',
    remedy: 'Restore on a node with containerd 2.1 to 2.3 or CRI-O, or with Podman.',
    source: 'containerd: internal/cri/server/container_checkpoint_linux.go, first in v2.0.0',
  },
  {
    from: '2.0.0-alpha',
    state: 'checkpoint-only',
    versions: '2.0',
    summary: 'containerd 2.0 makes checkpoints and cannot restore them: the code that imports them came with 2.1.0.',
    remedy: 'Restore on a node with containerd 2.1 to 2.3 or CRI-O, or with Podman.',
    source: 'containerd: internal/cri/server, import code first in v2.1.0',
  },
  {
    from: '2.1.0-alpha',
    state: 'works',
    versions: '2.1 to 2.2.6',
    summary: 'containerd restores when it creates a container from a checkpoint image.',
    needs: CONTAINERD_NEEDS,
    source: 'containerd: internal/cri/server in v2.1.0 to v2.2.6',
  },
  {
    from: '2.2.7',
    state: 'off',
    versions: '2.2.7 and later 2.2',
    summary: 'Restore is built in and off by default: the image is started like any other, and fails.',
    needs: CONTAINERD_NEEDS,
    remedy: CONTAINERD_REMEDY,
    setting: CONTAINERD_SWITCH,
    source: 'containerd: CRI runtime configuration from v2.2.7 and v2.3.4 on',
  },
  {
    from: '2.3.0-alpha',
    state: 'works',
    versions: '2.3.0 to 2.3.3',
    summary: 'containerd restores when it creates a container from a checkpoint image.',
    needs: CONTAINERD_NEEDS,
    source: 'containerd: internal/cri/server in v2.3.0 to v2.3.3',
  },
  {
    from: '2.3.4',
    state: 'off',
    versions: '2.3.4 and later 2.3',
    summary: 'Restore is built in and off by default: the image is started like any other, and fails.',
    needs: CONTAINERD_NEEDS,
    remedy: CONTAINERD_REMEDY,
    setting: CONTAINERD_SWITCH,
    source: 'containerd: CRI runtime configuration from v2.2.7 and v2.3.4 on',
  },
  {
    from: '2.4.0-alpha',
    state: 'check',
    versions: '2.4.0 alphas',
    summary: 'Restore by creating a container was removed on the way to 2.4.0-beta.0.',
    needs: CONTAINERD_NEEDS,
    remedy: 'Run containerd config dump: where it lists enable_experimental_restore_via_create, set it to true.',
    setting: CONTAINERD_SWITCH,
    source: 'containerd: commit 91be73ba6 of 28 July 2026',
  },
  {
    from: '2.4.0-beta.0',
    state: 'removed',
    versions: '2.4.0-beta.0 and later',
    summary: 'Restore by creating a container was removed from containerd before 2.4.0-beta.0.',
    remedy: 'Restore on a node with containerd 2.1 to 2.3 or CRI-O, or with Podman; pod-level restore is KEP-5823.',
    source: 'containerd: commit 91be73ba6 of 28 July 2026',
  },
]

const CRIO_OFF =
  'CRI-O only makes checkpoints unless it is told otherwise: the image is started like any other, and fails.'
const CRIO_REMEDY = 'Set container_level_enabled to checkpoint_restore and restart CRI-O.'

/** A minor release and the patch in which restore was switched off, as CVE-2026-92574 lists the versions with the fix. */
function crioReleases(minor: string, patch: number, pull: number | undefined): Row[] {
  const source = `CRI-O: ${pull === undefined ? '' : `pull request ${pull}; `}CVE-2026-92574, fixed in ${minor}.${patch}`
  return [
    {
      from: `${minor}.0-alpha`,
      state: 'works',
      versions: `${minor}.0 to ${minor}.${patch - 1}`,
      summary: 'CRI-O restores a pod whose image is a checkpoint image.',
      needs: CRIO_NEEDS,
      source,
    },
    {
      from: `${minor}.${patch}`,
      state: 'off',
      versions: `${minor}.${patch} and later ${minor}`,
      summary: CRIO_OFF,
      needs: CRIO_NEEDS,
      remedy: CRIO_REMEDY,
      setting: CRIO_SWITCH,
      source,
    },
  ]
}

export const CRIO: readonly Row[] = [
  {
    from: '0.0',
    state: 'none',
    versions: 'before 1.25',
    summary: 'CRI-O before 1.25 has no checkpoint and restore behind the kubelet.',
    remedy: 'Restore on a newer node, or with Podman.',
    source: 'Kubernetes: CheckpointContainer is in the CRI since 1.25',
  },
  {
    from: '1.25.0-alpha',
    state: 'off',
    versions: '1.25 to 1.29',
    summary: 'CRI-O restores a pod whose image is a checkpoint image; before 1.30 its CRIU support is off by default.',
    needs: CRIO_NEEDS,
    remedy: 'Set enable_criu_support to true and restart CRI-O.',
    setting: CRIO_CRIU,
    source: 'CRI-O: server/container_restore.go; pull request 7846 (default on)',
  },
  {
    from: '1.30.0-alpha',
    state: 'check',
    versions: '1.30 to 1.33',
    summary:
      'CRI-O restores a pod whose image is a checkpoint image. Builds of these branches since September 2026 have restore off.',
    needs: CRIO_NEEDS,
    remedy:
      'Look first: where container_level_enabled is listed it must be checkpoint_restore; where it is not, restore works as it is.',
    setting: CRIO_SWITCH,
    source: 'CRI-O: pull requests 10339 (1.30), 10338 (1.31), 10337 (1.32), 10336 (1.33)',
  },
  ...crioReleases('1.34', 14, 10327),
  ...crioReleases('1.35', 9, undefined),
  ...crioReleases('1.36', 6, 10322),
  {
    from: '1.37.0-alpha',
    state: 'off',
    versions: '1.37 and later',
    summary: CRIO_OFF,
    needs: CRIO_NEEDS,
    remedy: CRIO_REMEDY,
    setting: CRIO_SWITCH,
    source: 'CRI-O: pull requests 10248 and 10251',
  },
]

export const ANY: Readonly<Record<Exclude<RestoreEngine, 'containerd' | 'CRI-O'>, Row>> = {
  Podman: {
    from: '0.0',
    state: 'works',
    versions: 'every version',
    summary: 'Podman restores from the archive and from a checkpoint image.',
    needs: ['root: rootless Podman cannot restore', CRIU, SAME_RUNTIME],
    source: 'Podman: cmd/podman/containers/restore.go',
  },
  Docker: {
    from: '0.0',
    state: 'works',
    versions: 'every version',
    summary:
      'Docker restores its own checkpoints, in the container that they were made of; the feature is experimental.',
    needs: ['a daemon with "experimental": true', 'the container itself: Docker cannot import an archive', CRIU],
    remedy: 'For an archive of another engine use Podman.',
    source: 'Docker: docker checkpoint, docker start --checkpoint',
  },
  nerdctl: {
    from: '0.0',
    state: 'works',
    versions: 'every version with nerdctl checkpoint',
    summary: 'nerdctl restores its own checkpoints, in the container that they were made of.',
    needs: ['the container itself: nerdctl cannot import an archive', CRIU],
    remedy: 'For an archive of another engine use Podman.',
    source: 'nerdctl: nerdctl checkpoint, nerdctl start --checkpoint',
  },
  runc: {
    from: '0.0',
    state: 'works',
    versions: 'every version',
    summary: 'runc restores the CRIU images into a bundle that you prepare.',
    needs: [CRIU, 'a bundle with the same root file system and config.json', SAME_RUNTIME],
    source: 'runc: restore.go',
  },
  crun: {
    from: '0.0',
    state: 'works',
    versions: 'every version built with CRIU',
    summary: 'crun restores the CRIU images into a bundle that you prepare.',
    needs: [
      CRIU,
      'a bundle with the same root file system and config.json',
      SAME_RUNTIME,
      'a crun whose crun --version lists +CRIU',
    ],
    source: 'crun: src/restore.c',
  },
}

/** The fields of the forms, in order: each with its label, its explanation, its check and an example. */
import { checkCriuOptions } from './criu-options.ts'
import { restoreEngines } from './engines.ts'
import {
  archiveEnding,
  isKubernetes,
  KUBELET_WAYS,
  type CommandInput,
  type CommandKind,
  type Field,
  type FieldId,
  type Source,
  type SwitchField,
  type Way,
} from './input.ts'
import {
  absolutePath,
  containerName,
  engineName,
  filePath,
  imageReference,
  namespaceName,
  nodeName,
  podName,
  registryName,
  seconds,
  sshAddress,
  versionNumber,
} from './names.ts'

const DIRECT_WAYS: readonly Way[] = ['certificate', 'kubeconfig', 'token']
/** Ways by a tool on the node, whose archive has a path that one chooses. */
const CRI_WAYS: readonly Way[] = ['crictl', 'ctr']
const LOW_LEVEL: readonly string[] = ['runc', 'crun']

const isKubelet = ({ way }: CommandInput) => KUBELET_WAYS.includes(way)
const isPod = ({ way }: CommandInput) => KUBELET_WAYS.includes(way) || CRI_WAYS.includes(way) || way === 'operator'
const isImage = (kind: CommandKind, { source }: CommandInput) =>
  kind === 'build' || (kind === 'restore' && source === 'image')

function choices<T extends string>(labels: Readonly<Record<T, string>>): { id: T; label: string }[] {
  return Object.entries<string>(labels).map(([id, label]) => ({ id: id as T, label }))
}

/** All fields in the order of the forms. */
export const fields: readonly Field[] = [
  {
    id: 'way',
    type: 'choice',
    label: 'How',
    hint: 'The first four ask the kubelet; the others run on the node itself.',
    options: choices<Way>({
      certificate: 'Kubelet, kubeadm’s client certificate',
      kubeconfig: 'Kubelet, certificate of the kubeconfig',
      token: 'Kubelet, service account token',
      proxy: 'Kubelet, through the API server',
      operator: 'Checkpoint operator',
      crictl: 'crictl (CRI-O, containerd)',
      podman: 'Podman',
      ctr: 'ctr (containerd)',
      nerdctl: 'nerdctl',
      docker: 'Docker',
      runc: 'runc',
      crun: 'crun',
    }),
    isFor: (kind) => kind === 'create',
  },
  {
    id: 'engine',
    type: 'choice',
    label: 'Engine',
    hint: 'What is to restore it. Each engine reads annotations of its own.',
    options: restoreEngines.map((id) => ({ id, label: id })),
    isFor: (kind) => kind !== 'create',
  },
  {
    id: 'engineVersion',
    type: 'text',
    label: 'Engine version',
    hint: 'CONTAINER-RUNTIME in the output of kubectl get nodes -o wide; podman --version.',
    example: undefined,
    check: versionNumber,
    isFor: (kind, input) =>
      kind === 'create' ? isPod(input) || input.way === 'podman' : isKubernetes(input) || input.engine === 'Podman',
  },
  {
    id: 'kubernetes',
    type: 'text',
    label: 'Kubernetes version',
    hint: 'VERSION in the output of kubectl get nodes.',
    example: undefined,
    check: versionNumber,
    isFor: (kind, input) => kind === 'create' && isKubelet(input),
  },
  {
    id: 'namespace',
    type: 'text',
    label: 'Namespace',
    hint: 'Of the pod.',
    example: 'default',
    check: namespaceName,
    isFor: (kind, input) => (kind === 'create' && isPod(input)) || (kind === 'restore' && isKubernetes(input)),
  },
  {
    id: 'pod',
    type: 'text',
    label: 'Pod',
    hint: 'NAME in the output of kubectl get pods.',
    example: 'counters',
    check: podName,
    isFor: (kind, input) => (kind === 'create' && isPod(input)) || (kind === 'restore' && isKubernetes(input)),
  },
  {
    id: 'container',
    type: 'text',
    label: 'Container',
    hint: 'Its name in the pod, not its id.',
    example: 'counter',
    check: containerName,
    isFor: (kind, input) => (kind === 'create' ? isPod(input) : isKubernetes(input)),
  },
  {
    id: 'containerId',
    type: 'text',
    label: 'Container id',
    hint: 'Id or name, as the engine lists it.',
    example: 'counter',
    isFound: ({ way }) => CRI_WAYS.includes(way),
    check: engineName,
    isFor: (kind, input) =>
      (kind === 'create' && (!isPod(input) || CRI_WAYS.includes(input.way))) ||
      (kind === 'restore' && ['Docker', 'nerdctl', ...LOW_LEVEL].includes(input.engine)),
  },
  {
    id: 'node',
    type: 'text',
    label: 'Node',
    hint: 'Name of the node. Left out, the commands look it up, and the scheduler chooses one for a restored pod.',
    example: undefined,
    check: nodeName,
    isFor: (kind, input) => (kind === 'create' && input.way === 'proxy') || (kind === 'restore' && isKubernetes(input)),
  },
  {
    id: 'address',
    type: 'text',
    label: 'Address of the node',
    hint: 'For the kubelet’s port 10250 and for ssh, there also as root@address. Left out, commands run on the node itself or ask for it.',
    example: undefined,
    check: sshAddress,
    isFor: (kind) => kind === 'create',
  },
  {
    id: 'timeout',
    type: 'text',
    label: 'Timeout',
    hint: 'Seconds. Left out, the engine’s own holds: 2 minutes.',
    example: undefined,
    check: seconds,
    isFor: (kind, input) => kind === 'create' && (isKubelet(input) || input.way === 'crictl'),
  },
  {
    id: 'verify',
    type: 'switch',
    label: 'The kubelet’s certificate is signed by the cluster',
    hint: 'Only with serverTLSBootstrap. By default kubelets sign their own, and checking it fails.',
    isFor: (kind, { way }) => kind === 'create' && DIRECT_WAYS.includes(way),
  },
  {
    id: 'nodePath',
    type: 'text',
    label: 'Path on the node',
    hint: 'Where the archive, or the folder of images, is written.',
    example: (input) => `/srv/checkpoint${archiveEnding(input)}`,
    check: absolutePath,
    isFor: (kind, { way }) => kind === 'create' && ['crictl', 'podman', 'ctr', 'docker', ...LOW_LEVEL].includes(way),
  },
  {
    id: 'compress',
    type: 'choice',
    label: 'Compression',
    hint: 'Of the archive. gzip and zstd take time while the container stands still, none takes room.',
    options: choices({ zstd: 'zstd', gzip: 'gzip', none: 'none' }),
    isFor: (kind, { way }) => kind === 'create' && way === 'podman',
  },
  ...switches(),
  {
    id: 'runtime',
    type: 'choice',
    label: 'Runtime',
    hint: 'What runs the containers. runc and crun have files of options of their own and cannot restore each other’s.',
    options: choices({ runc: 'runc', crun: 'crun' }),
    isFor: (kind, input) => (kind === 'create' && isKubelet(input)) || (kind === 'build' && input.engine === 'Podman'),
  },
  {
    id: 'criu',
    type: 'lines',
    label: 'CRIU options',
    hint: 'For the whole node, one a line: the kubelet passes none. Such as tcp-established, file-locks, ghost-limit 1G.',
    example: undefined,
    check: checkCriuOptions,
    isFor: (kind, input) => kind === 'create' && isKubelet(input),
  },
  {
    id: 'archive',
    type: 'text',
    label: 'Archive',
    hint: 'The checkpoint’s file where the commands run.',
    example: ({ engine }) => (engine === 'Podman' ? 'checkpoint.tar.zst' : 'checkpoint.tar'),
    check: filePath,
    isFor: (kind, { source, engine }) =>
      kind === 'build' || (kind === 'restore' && (source !== 'image' || LOW_LEVEL.includes(engine))),
  },
  {
    id: 'registry',
    type: 'text',
    label: 'Registry',
    hint: 'A private one. Not needed when the image reference names it.',
    example: 'registry.example',
    check: registryName,
    isFor: isImage,
  },
  {
    id: 'image',
    type: 'text',
    label: 'Checkpoint image',
    hint: 'What the image with the checkpoint is called: path and tag.',
    example: 'checkpoints/counter:latest',
    check: imageReference,
    isFor: isImage,
  },
  {
    id: 'source',
    type: 'choice',
    label: 'Restore from',
    hint: 'CRI-O and Podman also take the archive itself; Podman one after a pre-checkpoint.',
    options: choices<Source>({
      image: 'checkpoint image',
      file: 'archive',
      previous: 'archive after a pre-checkpoint',
      operator: 'archive, by the operator',
    }),
    isFor: (kind, { engine }) => kind === 'restore' && (isKubernetes({ engine }) || engine === 'Podman'),
  },
  {
    id: 'previous',
    type: 'text',
    label: 'Pre-checkpoint',
    hint: 'The archive of the pre-checkpoint.',
    example: 'pre-checkpoint.tar.zst',
    check: filePath,
    isFor: (kind, { engine, source }) => kind === 'restore' && engine === 'Podman' && source === 'previous',
  },
  {
    id: 'name',
    type: 'text',
    label: 'Checkpoint',
    hint: 'The name under which Docker and nerdctl keep it.',
    example: 'checkpoint1',
    check: engineName,
    isFor: (kind, { way, engine }) =>
      (kind === 'create' && (way === 'docker' || way === 'nerdctl')) ||
      (kind === 'restore' && ['Docker', 'nerdctl'].includes(engine)),
  },
  {
    id: 'restoredAs',
    type: 'text',
    label: 'New name',
    hint: 'Of the restored container, so that it can stand beside the old one. Left out, it keeps its name.',
    example: undefined,
    check: engineName,
    isFor: (kind, { engine }) => kind === 'restore' && engine === 'Podman',
  },
  {
    id: 'isolate',
    type: 'switch',
    label: 'Isolate',
    hint: 'A network policy that denies all traffic, and no host paths. Leave it on for evidence.',
    isFor: (kind, input) => kind === 'restore' && isKubernetes(input),
  },
]

function switches(): SwitchField[] {
  const isPodman = (kind: CommandKind, { way }: CommandInput) => kind === 'create' && way === 'podman'
  const isDump = (kind: CommandKind, { way }: CommandInput) =>
    kind === 'create' && ['podman', ...LOW_LEVEL].includes(way)
  /** Engines whose restore takes CRIU's options. */
  const isRestore = (kind: CommandKind, { engine }: CommandInput) =>
    kind === 'restore' && ['Podman', ...LOW_LEVEL].includes(engine)
  const own: readonly (readonly [FieldId, string, string, SwitchField['isFor']])[] = [
    [
      'leaveRunning',
      'Leave it running',
      'The container goes on after the checkpoint.',
      (kind, { way }) => kind === 'create' && ['podman', 'nerdctl', 'docker', ...LOW_LEVEL].includes(way),
    ],
    [
      'tcpEstablished',
      'Established TCP connections',
      'Without it the dump fails when there are any; with it a restore takes them up again.',
      (kind, input) => isDump(kind, input) || isRestore(kind, input),
    ],
    [
      'tcpClose',
      'Close TCP connections',
      'Established connections come back closed, so that nothing reaches the other side.',
      (kind, { engine }) => kind === 'restore' && engine === 'Podman',
    ],
    [
      'fileLocks',
      'File locks',
      'Without it the dump fails when files are locked, and so does the restore.',
      (kind, input) => isDump(kind, input) || isRestore(kind, input),
    ],
    ['preCheckpoint', 'Pre-checkpoint first', 'Memory is dumped while it runs, then only what changed.', isPodman],
    ['ignoreRootfs', 'Without root file system', 'Leaves out what changed in the container’s files.', isPodman],
    [
      'ignoreVolumes',
      'Without volumes',
      'Leaves out the content of named volumes.',
      (kind, input) => isPodman(kind, input) || (kind === 'restore' && input.engine === 'Podman'),
    ],
    ['printStats', 'Print statistics', 'Times of the dump.', isPodman],
    ['keep', 'Keep logs and images', 'In the container’s folder on the node, for looking for faults.', isPodman],
  ]
  return own.map(([id, label, hint, isFor]) => ({ id, type: 'switch', label, hint, isFor }))
}

/** Checkpoints by tools on the node: crictl, Podman, ctr, nerdctl, Docker, runc, crun, and by the operator. */
import { ADDRESS, collect, findNode, listArchives, newestArchive, onNode, showNode } from './collect.ts'
import { archiveEnding, type CommandInput } from './input.ts'
import { hasPodman, podmanNeeds } from './podman-versions.ts'
import type { Argv, Line, Word } from './shell.ts'
import { run, step, type Step } from './step.ts'

/** Name under which ctr keeps the checkpoint. */
const CTR_REFERENCE = 'localhost/cryoscope-checkpoint:latest'

export function createByTool(input: CommandInput): Step[] {
  switch (input.way) {
    case 'operator':
      return byOperator(input)
    case 'crictl':
      return byCrictl(input)
    case 'podman':
      return byPodman(input)
    case 'ctr':
      return byCtr(input)
    case 'nerdctl':
    case 'docker':
      return byDocker(input, input.way)
    default:
      return byRuntime(input, input.way === 'crun' ? 'crun' : 'runc')
  }
}

function addressOf({ address }: CommandInput): string | undefined {
  return address === '' ? undefined : address
}

function onTool(input: CommandInput, ...argv: Argv): Line {
  return run(...onNode(addressOf(input), argv, true))
}

function byOperator(input: CommandInput): Step[] {
  const { namespace, pod } = input
  const given = addressOf(input)
  const address: Word = given ?? [ADDRESS]
  return [
    ...(given === undefined ? [findNode(input, ['ADDRESS'])] : []),
    step({
      id: 'checkpoint',
      title: 'Ask the operator',
      why: 'Where the checkpoint operator is installed, an annotation of the pod triggers a checkpoint of its containers. For schedules it has CheckpointSchedule, for evidence ForensicSnapshotChain.',
      lines: [
        run(
          'kubectl',
          'annotate',
          'pod',
          '--namespace',
          namespace,
          '--overwrite',
          pod,
          'checkpoint.criu.org/trigger=true',
        ),
      ],
    }),
    step({
      id: 'made',
      title: 'Wait for the archive',
      why: 'The operator works by itself, after the annotation: the kubelet’s archives of the container, the newest last. Repeat it until the new one is there, which has the time in its name.',
      lines: [listArchives(input, address)],
    }),
    ...collect({ address, path: newestArchive(input, address) }),
  ]
}

/** Finds a running container of a pod; the variable is used when no id is given. */
function findContainer(input: CommandInput): { readonly id: Word; readonly steps: readonly Step[] } {
  const { namespace, pod, container, containerId } = input
  const where = addressOf(input) === undefined ? [showNode(input)] : []
  if (containerId !== '') return { id: containerId, steps: where }
  const list: Argv = [
    'sudo',
    'crictl',
    'ps',
    '--quiet',
    '--label',
    `io.kubernetes.pod.namespace=${namespace}`,
    '--label',
    `io.kubernetes.pod.name=${pod}`,
    '--label',
    `io.kubernetes.container.name=${container}`,
  ]
  const find = step({
    id: 'find-container',
    title: 'Find the container',
    why: 'The runtime knows containers by id. What is found goes into a variable of the shell.',
    lines: [{ pipeline: [onNode(addressOf(input), list)], assign: 'CONTAINER' }],
  })
  return { id: [{ variable: 'CONTAINER' }], steps: [...where, find] }
}

function byCrictl(input: CommandInput): Step[] {
  const { id, steps } = findContainer(input)
  const { timeout, nodePath } = input
  return [
    ...steps,
    step({
      id: 'checkpoint',
      title: 'Make the checkpoint',
      why: 'crictl asks CRI-O, or containerd from 2.0 on. The container goes on running. The archive is written by the engine, on the node.',
      lines: [
        onTool(
          input,
          'sudo',
          'crictl',
          `--timeout=${timeout === '' ? '120' : timeout}s`,
          'checkpoint',
          `--export=${nodePath}`,
          id,
        ),
      ],
    }),
    ...collect({ address: addressOf(input), path: nodePath }),
  ]
}

function byPodman(input: CommandInput): Step[] {
  const { compress, preCheckpoint, nodePath, containerId } = input
  const checkpoint = (...options: string[]): Line =>
    onTool(input, 'sudo', 'podman', 'container', 'checkpoint', ...options, containerId)
  const compression = hasPodman(input, '3.3.0') ? [`--compress=${compress}`] : []
  const options = [
    ...(input.leaveRunning ? ['--leave-running'] : []),
    ...(input.tcpEstablished ? ['--tcp-established'] : []),
    ...(input.fileLocks ? ['--file-locks'] : []),
    ...(input.printStats ? ['--print-stats'] : []),
    ...(input.keep ? ['--keep'] : []),
  ]
  // Podman takes these with --export only.
  const leftOut = [
    ...(input.ignoreRootfs ? ['--ignore-rootfs'] : []),
    ...(input.ignoreVolumes ? ['--ignore-volumes'] : []),
  ]
  const slash = nodePath.lastIndexOf('/') + 1
  const before = `${nodePath.slice(0, slash)}pre-${nodePath.slice(slash)}`
  const warnings = [
    ...(input.leaveRunning ? [] : ['Without --leave-running the container is stopped after the checkpoint.']),
    ...misnamed(input),
    ...podmanNeeds('create', input).map((need) => `Needs ${need}.`),
  ]
  return [
    step({
      id: 'checkpoint',
      title: 'Make the checkpoint',
      why: preCheckpoint
        ? 'The first command dumps memory while the container runs; the second stops it only for what changed since. A restore needs both archives.'
        : 'Needs root: rootless containers cannot be checkpointed.',
      lines: preCheckpoint
        ? [
            checkpoint('--pre-checkpoint', ...compression, `--export=${before}`),
            checkpoint('--with-previous', ...compression, ...options, ...leftOut, `--export=${nodePath}`),
          ]
        : [checkpoint(...compression, ...options, ...leftOut, `--export=${nodePath}`)],
      warnings,
    }),
    ...(hasPodman(input, '4.1.0')
      ? [asImageStep(checkpoint(...options, '--create-image=localhost/checkpoint:latest'))]
      : []),
    ...(preCheckpoint ? renamed(collect({ address: addressOf(input), path: before }), 'pre-') : []),
    ...collect({ address: addressOf(input), path: nodePath }),
  ]
}

function asImageStep(line: Line): Step {
  return step({
    id: 'as-image',
    title: 'Or as an image at once',
    why: 'Podman, from 4.1 on, can store the checkpoint as a local image instead of an archive, with the annotations that it reads itself.',
    isAside: true,
    lines: [line],
  })
}

/** Tools look into the archive; people go by its name. */
function misnamed(input: CommandInput): string[] {
  const [found] = /\.tar(?:\.[a-z0-9]+)?$/i.exec(input.nodePath) ?? []
  const ending = archiveEnding(input)
  if (found === undefined || found === ending) return []
  return [`The name ends in ${found}, and what is written is ${ending}: give the path that ending.`]
}

function renamed(steps: readonly Step[], prefix: string): Step[] {
  return steps.map((one) => ({ ...one, id: prefix + one.id, title: `${one.title}: pre-checkpoint` }))
}

function byCtr(input: CommandInput): Step[] {
  const { id, steps } = findContainer(input)
  const { nodePath } = input
  return [
    ...steps,
    step({
      id: 'checkpoint',
      title: 'Make the checkpoint',
      why: 'Kubernetes’ containers are in containerd’s namespace k8s.io. The checkpoint becomes an image in containerd’s store, which the second command writes to a file.',
      lines: [
        onTool(
          input,
          'sudo',
          'ctr',
          '--namespace',
          'k8s.io',
          'containers',
          'checkpoint',
          '--rw',
          '--image',
          '--task',
          id,
          CTR_REFERENCE,
        ),
        onTool(input, 'sudo', 'ctr', '--namespace', 'k8s.io', 'images', 'export', nodePath, CTR_REFERENCE),
        onTool(input, 'sudo', 'ctr', '--namespace', 'k8s.io', 'images', 'rm', CTR_REFERENCE),
      ],
      warnings: ['No kubelet and no CRI can restore this form: it is for looking into, or for ctr.'],
    }),
    ...collect({ address: addressOf(input), path: nodePath }),
  ]
}

function byDocker(input: CommandInput, tool: 'docker' | 'nerdctl'): Step[] {
  const { leaveRunning, containerId, name } = input
  return [
    step({
      id: 'checkpoint',
      title: 'Make the checkpoint',
      why:
        tool === 'docker'
          ? 'An experimental function: the daemon needs "experimental": true in /etc/docker/daemon.json.'
          : 'nerdctl writes no archive: it keeps the checkpoint as a folder of CRIU’s images, where nerdctl start --checkpoint looks for it.',
      lines: [
        onTool(
          input,
          'sudo',
          tool,
          'checkpoint',
          'create',
          ...(leaveRunning ? ['--leave-running'] : []),
          containerId,
          name,
        ),
        onTool(input, 'sudo', tool, 'checkpoint', 'ls', containerId),
      ],
      warnings: leaveRunning ? [] : ['Without --leave-running the container is stopped after the checkpoint.'],
    }),
    ...(tool === 'docker' ? packDocker(input) : [lookStep(input)]),
  ]
}

/** Where nerdctl keeps it hangs on the address of containerd and on its namespace. */
function lookStep(input: CommandInput): Step {
  return step({
    id: 'look',
    title: 'Look for the folder',
    why: 'Nothing is fetched and sealed here, since there is no archive: which folder it is hangs on nerdctl’s data root and namespace. This lists the candidates below the usual one. Pack the right one with tar, hash the tar on both ends, and open it here.',
    isAside: true,
    isFolded: false,
    lines: [onTool(input, 'sudo', 'find', '/var/lib/nerdctl', '-type', 'd', '-name', input.name)],
  })
}

/** Docker keeps the images in its data folder, under the whole id of the container (moby: daemon/checkpoint.go). */
function packDocker(input: CommandInput): Step[] {
  const { containerId, name, nodePath } = input
  const address = addressOf(input)
  const folder: Word = ['/var/lib/docker/containers/', { variable: 'CONTAINER' }, `/checkpoints/${name}`]
  return [
    step({
      id: 'pack',
      title: 'Pack it',
      why: 'Docker keeps CRIU’s images in its data folder, under the container’s whole id. This puts them into one archive.',
      lines: [
        {
          pipeline: [onNode(address, ['sudo', 'docker', 'inspect', '--format={{.Id}}', '--', containerId])],
          assign: 'CONTAINER',
        },
        onTool(input, 'sudo', 'tar', '-C', folder, '-cf', nodePath, '.'),
      ],
    }),
    ...collect({ address, path: nodePath }),
  ]
}

function byRuntime(input: CommandInput, runtime: 'runc' | 'crun'): Step[] {
  const { nodePath, containerId } = input
  const base = nodePath.replace(/\.tar$/, '')
  const folder = `${base}.images`
  // Where engines have the images in their archives.
  const images = `${folder}/checkpoint`
  const work = `${base}.work`
  const options = [
    ...(input.leaveRunning ? ['--leave-running'] : []),
    ...(input.tcpEstablished ? ['--tcp-established'] : []),
    '--ext-unix-sk',
    '--shell-job',
    ...(input.fileLocks ? ['--file-locks'] : []),
  ]
  return [
    step({
      id: 'checkpoint',
      title: 'Make the checkpoint',
      why: `Straight from the runtime: only CRIU’s images, without what an engine adds. ${runtime} keeps its containers under a root of its own for each engine; add --root when it does not find the container.`,
      lines: [
        onTool(input, 'sudo', 'mkdir', '-p', '--', images, work),
        onTool(
          input,
          'sudo',
          runtime,
          'checkpoint',
          `--image-path=${images}`,
          `--work-path=${work}`,
          ...options,
          containerId,
        ),
        onTool(input, 'sudo', 'tar', '-C', folder, '-cf', nodePath, 'checkpoint'),
      ],
      warnings: [
        ...(input.leaveRunning ? [] : ['Without --leave-running the container is stopped after the checkpoint.']),
        'The engine does not know of this: it may take a stopped container for a crash.',
      ],
    }),
    ...collect({ address: addressOf(input), path: nodePath }),
  ]
}

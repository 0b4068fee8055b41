/** Commands that restore a checkpoint, and whether the engine at hand can. */
import { restoreSupport, type EngineSetting } from './engines.ts'
import { localPath } from './collect.ts'
import { isKubernetes, type CommandInput } from './input.ts'
import { wholeReference } from './build.ts'
import type { Known } from './known.ts'
import { absolutePath, bareVersion, engineNamed, imageReference } from './names.ts'
import { hasPodman, podmanNeeds, podmanRefusals } from './podman-versions.ts'
import { areNear, type PreflightTarget } from './preflight.ts'
import { denyAll, restoredName, restorePod } from './restore-pod.ts'
import { run, step, type Advice, type Refusal, type Step } from './step.ts'

/** Folder that images are unpacked to for runc and crun, and the bundle that is prepared beside it. */
const UNPACKED = 'checkpoint-unpacked'
const BUNDLE = 'bundle'

export function restoreSteps(input: CommandInput, known: Known | undefined): Step[] {
  switch (input.engine) {
    case 'containerd':
    case 'CRI-O':
      return byKubernetes(input, known)
    case 'Podman':
      return byPodman(input)
    case 'Docker':
    case 'nerdctl':
      return byDocker(input, input.engine === 'Docker' ? 'docker' : 'nerdctl')
    case 'runc':
    case 'crun':
      return byRuntime(input, known)
  }
}

/** Combinations that no engine takes. */
export function restoreRefusals(input: CommandInput, known: Known | undefined): Refusal[] {
  const { engine, source, archive } = input
  if (engine === 'Podman' && input.tcpEstablished && input.tcpClose)
    return [{ field: 'tcpClose', reason: 'Connections are either taken up again or closed.' }]
  // Podman: --tcp-established cannot be used with --name.
  if (engine === 'Podman' && input.tcpEstablished && input.restoredAs !== '')
    return [{ field: 'restoredAs', reason: 'Podman takes up connections only under the old name: leave this empty.' }]
  const named = engineNamed(input.engineVersion)
  if ((isKubernetes(input) || engine === 'Podman') && named !== undefined && named !== engine)
    return [{ field: 'engineVersion', reason: `That is a version of ${named}, and the engine above is ${engine}.` }]
  if (source === 'previous' && engine !== 'Podman' && isKubernetes(input))
    return [{ field: 'source', reason: 'Only Podman restores an archive that follows a pre-checkpoint.' }]
  if (source === 'operator' && engine === 'Podman')
    return [{ field: 'source', reason: 'The operator restores pods of Kubernetes.' }]
  if (engine === 'Podman') return podmanRefusals('restore', input)
  if (source === 'operator' && known?.rootfsImage === undefined)
    return [{ field: 'source', reason: 'Open the archive: the pod needs the image that the container ran from.' }]
  if (source === 'operator') {
    const reason = imageReference(known?.rootfsImage ?? '')
    if (reason !== undefined) return [{ field: 'source', reason: `The archive names no legal image. ${reason}` }]
  }
  if (source === 'file' && engine === 'containerd')
    return [{ field: 'source', reason: 'containerd restores from an image only: build one first.' }]
  if (isKubernetes(input) && source !== 'image') {
    const reason = absolutePath(archive)
    if (reason !== undefined) return [{ field: 'archive', reason: `The engine looks for it on the node. ${reason}` }]
  }
  return []
}

const TONES = { works: 'good', off: 'warn', check: 'warn', unknown: 'info' } as const

/** Whether this engine restores at all, and what must hold. */
export function restoreAdvice(input: CommandInput, known: Known | undefined): Advice[] {
  const { state, summary, needs, remedy, setting, source } = restoreSupport(
    input.engine,
    bareVersion(input.engineVersion),
  )
  const tone = state === 'works' || state === 'off' || state === 'check' || state === 'unknown' ? TONES[state] : 'bad'
  const advice: Advice[] = [{ id: 'engine', tone, text: summary, needs, remedy, setting, source }]
  const made = known?.engine
  if (made === undefined || made === 'unknown' || made === input.engine || ['runc', 'crun'].includes(input.engine))
    return advice
  const isNear = areNear(made, input.engine)
  const foreign: Advice = {
    id: 'foreign',
    tone: isNear ? 'warn' : 'bad',
    text: isNear
      ? `This checkpoint was made by ${made}: ${input.engine} is not known to restore what others wrote. Each engine writes metadata of its own.`
      : `This checkpoint was made by ${made}, in a form that ${input.engine} does not read.`,
    needs: [],
    remedy: `Restore with ${made}.`,
    setting: undefined,
    source: undefined,
  }
  return isNear ? [...advice, foreign] : [foreign]
}

function byKubernetes(input: CommandInput, known: Known | undefined): Step[] {
  const { setting, state } = restoreSupport(input.engine, bareVersion(input.engineVersion))
  const { manifest, name, warnings } = restorePod(input, known, podImage(input, known))
  const inNamespace = ['--namespace', input.namespace]
  return [
    ...(setting === undefined ? [] : [settingStep(setting, input.engine === 'CRI-O', state === 'off')]),
    ...volumesStep(input, known),
    ...(input.isolate ? [policyStep(input)] : []),
    step({
      id: 'pod',
      title: 'Restore it into a new pod',
      why: `The container keeps its name; it gets a new id. The node needs the same architecture and processor features, the same runtime, and a CRIU not older than the one that dumped.${
        input.source === 'image' ? ' The image that the container ran from must be there to pull as well.' : ''
      }`,
      files: [{ name: 'restore.yaml', content: [manifest] }],
      lines: [run('kubectl', 'apply', '--filename', 'restore.yaml')],
      warnings: [
        ...(known === undefined
          ? ['Without the archive its mounts are not known: open it, or declare every mount of the container yourself.']
          : []),
        ...warnings,
        'The processes come back with the user, capabilities and seccomp filters of the checkpoint, whatever the pod’s security context says (CVE-2026-92574, CVE-2026-95837): use a node that nothing else runs on.',
        ...(input.isolate
          ? []
          : ['Nothing keeps the restored processes from the network: they go on with what they were doing.']),
      ],
    }),
    step({
      id: 'watch',
      title: 'See whether it was restored',
      why: 'The first line says Running when it was; the log then goes on where it stopped. An error about a missing command means that the engine took the image for an ordinary one.',
      lines: [
        run('kubectl', 'get', 'pod', ...inNamespace, '--output=wide', '--', name),
        run('kubectl', 'describe', 'pod', ...inNamespace, '--', name),
        run('kubectl', 'logs', ...inNamespace, `--container=${input.container}`, '--', name),
      ],
    }),
    step({
      id: 'remove',
      title: 'Remove it',
      why: 'The policy may stay: it concerns restored pods only.',
      isAside: true,
      lines: [run('kubectl', 'delete', 'pod', ...inNamespace, '--', restoredName(input))],
    }),
  ]
}

/** CRI-O takes the path of an archive for an image; the operator finds it by its annotation. */
function podImage(input: CommandInput, known: Known | undefined): string {
  if (input.source === 'image') return wholeReference(input)
  return input.source === 'file' ? input.archive : (known?.rootfsImage ?? '')
}

/** Not part of the whole, which runs elsewhere; `isNeeded`: of this version it is known that it is off. */
function settingStep(setting: EngineSetting, isOwnFile: boolean, isNeeded: boolean): Step {
  const name = setting.file.slice(setting.file.lastIndexOf('/') + 1)
  const [look, keys] = setting.look
  return step({
    id: 'setting',
    title: 'On the node: switch restore on',
    why: `The first line shows what is in force. ${
      isOwnFile
        ? `The setting goes to ${setting.file}; remove the file when you are done.`
        : `The setting goes into ${setting.file}, into the section of that name if there is one; take it out when you are done.`
    }`,
    isAside: true,
    isFolded: !isNeeded,
    files: [{ name, content: setting.text }],
    lines: [
      {
        pipeline: [
          ['sudo', ...look.split(' ')],
          ['grep', '-E', keys],
        ],
      },
      ...(isOwnFile
        ? [
            {
              pipeline: [
                ['cat', name],
                ['sudo', 'tee', setting.file],
              ],
            },
          ]
        : []),
      run('sudo', ...setting.apply.split(' ')),
    ],
    warnings: ['Restarting the engine leaves containers running, but pods cannot start meanwhile.'],
  })
}

/** The archive knows volumes by their name in the pod only; the pod, while it exists, says what they are. */
function volumesStep({ namespace, pod }: CommandInput, known: Known | undefined): Step[] {
  const unknown = (known?.mounts ?? []).filter(({ kind }) => !['emptyDir', 'hostPath'].includes(kind))
  if (unknown.length === 0) return []
  return [
    step({
      id: 'volumes',
      title: 'Look up the volumes of the old pod',
      why: 'The archive has each volume’s name in the pod, not what it was made from: the ConfigMap, the Secret, the claim. While the old pod exists this lists them all; put their names into the manifest below.',
      lines: [
        run('kubectl', 'get', 'pod', '--namespace', namespace, '--output=jsonpath-as-json={.spec.volumes}', '--', pod),
      ],
    }),
  ]
}

function policyStep(input: CommandInput): Step {
  return step({
    id: 'isolate',
    title: 'Cut it off first',
    why: 'Denies all traffic of restored pods, before there is one. A restored process goes on with what it did: it would call home.',
    files: [{ name: 'deny-all.yaml', content: [denyAll(input)] }],
    lines: [run('kubectl', 'apply', '--filename', 'deny-all.yaml')],
    warnings: [
      'It acts only where the network plugin enforces policies; flannel alone does not. A cluster of its own without network is safer.',
    ],
  })
}

/** What a pre-flight has to know of the form. */
export function targetOf(input: CommandInput): PreflightTarget {
  const { engine, engineVersion } = input
  const version = engineVersion === '' ? undefined : bareVersion(engineVersion)
  return { engine, version, given: givenOptions(input) }
}

/** CRIU's options that the form has switched on and this engine's command takes, without the dashes. */
function givenOptions({ engine, tcpEstablished, tcpClose, fileLocks }: CommandInput): string[] {
  if (engine !== 'Podman' && engine !== 'runc' && engine !== 'crun') return []
  return [
    ...(tcpEstablished ? ['tcp-established'] : []),
    ...(tcpClose && engine === 'Podman' ? ['tcp-close'] : []),
    ...(engine === 'Podman' ? [] : ['ext-unix-sk', 'shell-job']),
    ...(fileLocks ? ['file-locks'] : []),
  ]
}

function criuFlags(input: CommandInput): string[] {
  return givenOptions(input).map((name) => `--${name}`)
}

function byPodman(input: CommandInput): Step[] {
  const { source, archive, previous, restoredAs, tcpEstablished } = input
  const options = [
    ...(restoredAs === '' ? [] : [`--name=${restoredAs}`, '--ignore-static-ip', '--ignore-static-mac']),
    ...criuFlags(input),
    ...(input.ignoreVolumes ? ['--ignore-volumes'] : []),
    ...(hasPodman(input, '4.0.0') ? ['--print-stats'] : []),
  ]
  const from =
    source === 'image'
      ? [wholeReference(input)]
      : [
          ...(source === 'previous' ? [`--import-previous=${localPath(previous)}`] : []),
          `--import=${localPath(archive)}`,
        ]
  return [
    step({
      id: 'restore',
      title: 'Restore it',
      why: 'As root, on a machine with the same architecture, processor features and runtime. The image that the container ran from must be there or be pulled: a checkpoint holds what changed. A new name lets it stand beside the old container, and drops the fixed addresses.',
      lines: [run('sudo', 'podman', 'container', 'restore', ...options, ...from)],
      warnings: [
        'The restored processes go on with what they were doing, network included: use a machine without network for evidence.',
        ...(tcpEstablished ? ['Established connections are taken up again: the other side hears from it.'] : []),
        ...podmanNeeds('restore', input).map(
          (need) => `Needs ${need}. Older ones say “unknown flag”, or find no such container.`,
        ),
      ],
    }),
    step({
      id: 'watch',
      title: 'See whether it runs',
      why: 'The restored container is listed as Up; one that says Exited ended at once, and podman logs with its name tells more.',
      lines: [run('sudo', 'podman', 'ps', '--all')],
    }),
  ]
}

function byDocker({ containerId, name }: CommandInput, tool: 'docker' | 'nerdctl'): Step[] {
  return [
    step({
      id: 'restore',
      title: 'Restore it',
      why: 'Only the container that the checkpoint was made of, on the same machine: an archive cannot be imported. The container must be stopped.',
      lines: [run('sudo', tool, 'start', `--checkpoint=${name}`, containerId)],
    }),
  ]
}

function byRuntime(input: CommandInput, known: Known | undefined): Step[] {
  const images = known?.imagesFolder ?? 'checkpoint'
  const { engine, archive, containerId } = input
  return [
    step({
      id: 'restore',
      title: 'Restore it',
      why: `Needs a bundle in ./${BUNDLE}: the config.json (spec.dump of the archive) and the same root file system that the container had, with what rootfs-diff.tar holds laid over it. The images are ${
        known?.imagesFolder !== undefined
          ? 'where the open archive has them'
          : 'in checkpoint/, as in archives of engines and in those that Create makes'
      }.`,
      lines: [
        run('mkdir', '-p', UNPACKED),
        run('tar', '-C', UNPACKED, '-xf', localPath(archive)),
        run(
          'sudo',
          engine,
          'restore',
          `--image-path=${images === '' ? UNPACKED : `${UNPACKED}/${images}`}`,
          `--bundle=${BUNDLE}`,
          ...criuFlags(input),
          containerId,
        ),
      ],
      warnings: ['The restored processes go on with what they were doing: use a machine without network for evidence.'],
    }),
  ]
}

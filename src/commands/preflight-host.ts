/** Pre-flight: what the other host must have in common with the one that the checkpoint was made on. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint, CheckpointMember } from '../model/checkpoint.ts'
import type { Fact } from '../model/origin.ts'
import type { PreflightFinding, PreflightTarget } from './preflight.ts'
import { run } from './step.ts'

export function hostFindings(cp: Checkpoint, { engine }: PreflightTarget): PreflightFinding[] {
  return [
    architecture(cp),
    processor(cp),
    runtime(cp, engine),
    criu(cp),
    kernel(cp),
    ...format(cp),
    ...security(cp),
    ...seccomp(cp),
    ...devices(cp),
  ]
}

/** Members of a CRIU image type that belong to the dump and hold something. */
export function imagesOf({ members }: Checkpoint, type: string): readonly CheckpointMember[] {
  return members.filter(
    ({ image, reading, records }) => image === type && reading !== 'stale' && present(records) !== 0,
  )
}

/** A line of the metadata's further facts. */
function moreFact({ metadata }: Checkpoint, label: string): Fact<string> | undefined {
  const fact = metadata.more.find((item) => item.label === label)?.fact
  if (!fact) return undefined
  const { value, from } = fact
  return { value: isAbsent(value) || typeof value === 'string' ? value : value.join(' '), ...(from && { from }) }
}

function architecture({ metadata: { architecture: fact } }: Checkpoint): PreflightFinding {
  return {
    id: 'architecture',
    severity: 'check',
    title: 'Architecture',
    found: present(fact.value) ?? 'not known: no core image says it',
    consequence: 'Registers and memory fit this architecture only.',
    remedy: 'Choose a node of the same architecture: nodeSelector kubernetes.io/arch.',
    lines: [run('uname', '-m')],
    from: fact.from,
  }
}

function processor(cp: Checkpoint): PreflightFinding {
  const [image] = imagesOf(cp, 'CPUINFO')
  const isX86 = present(cp.metadata.architecture.value) === 'x86_64'
  const facts = ['Processor', 'Features'].map((label) => present(moreFact(cp, label)?.value))
  const sets = moreFact(cp, 'Register sets')
  const recorded = facts.filter((text) => text !== undefined).join(': ')
  const saved = present(sets?.value)
  const found = image
    ? recorded === ''
      ? `recorded in ${image.name}, in a form that is not known`
      : recorded
    : 'not recorded: there is no cpuinfo.img'
  return {
    id: 'cpu-features',
    severity: 'check',
    title: 'Processor features',
    found: saved === undefined ? found : `${found}; register sets in the dump: ${saved}`,
    consequence: isX86
      ? 'A processor without these register sets fails the restore; without instructions that the programs found on the first one, they end with SIGILL.'
      : 'A processor without the features in use lets programs end with SIGILL.',
    remedy: image
      ? 'The other host must have every feature of the first; it may have more. CRIU compares, from a folder with checkpoint/cpuinfo.img of the archive.'
      : 'Restore on the same model of processor. These lines show what the other host has: every register set must be among its flags.',
    lines: image
      ? [run('sudo', 'criu', 'cpuinfo', 'check', '--cpu-cap=ins', '--images-dir=checkpoint')]
      : [run('grep', '-m2', '-E', '^(model name|flags|Features)', '/proc/cpuinfo')],
    ...(image ? { subject: { kind: 'member', index: image.index } as const } : { from: sets?.from }),
  }
}

function runtime({ metadata: { runtime: fact } }: Checkpoint, engine: string): PreflightFinding {
  const name = present(fact.value)
  const wanted =
    name === undefined ? undefined : /(?:^|[./-])(runc|crun|kata|runsc)(?:[./-]|$)/.exec(name.slice(0, 256))?.[1]
  const isOther = wanted !== undefined && (engine === 'runc' || engine === 'crun') && wanted !== engine
  const isShim = name?.startsWith('io.containerd.') === true
  return {
    id: 'runtime',
    severity: isOther ? 'stop' : 'check',
    title: 'Runtime',
    found: name ?? 'not recorded',
    consequence: isShim
      ? 'The name is that of containerd’s shim, which runs runc unless BinaryName names another. runc and crun cannot restore each other’s checkpoints.'
      : 'runc and crun cannot restore each other’s checkpoints.',
    remedy:
      'Configure the same runtime on the other host; Kubernetes chooses it with a RuntimeClass, Podman with --runtime.',
    from: fact.from,
  }
}

function criu({ metadata: { criuVersion: fact } }: Checkpoint): PreflightFinding {
  const version = present(fact.value)
  return {
    id: 'criu',
    severity: 'check',
    title: 'CRIU version',
    found: version ?? 'not recorded: only dump.log tells it',
    consequence: 'An older CRIU does not know what a newer one wrote: it stops, or restores memory wrongly.',
    remedy: `On the other host it must be ${version ?? 'that of the first host'} or newer.`,
    lines: [run('criu', '--version')],
    from: fact.from,
  }
}

function kernel({ metadata: { kernel: fact } }: Checkpoint): PreflightFinding {
  return {
    id: 'kernel',
    severity: 'check',
    title: 'Kernel',
    found: present(fact.value) ?? 'not recorded: only dump.log tells it',
    consequence: 'A kernel that lacks a feature in use (namespaces, socket options, rseq, seccomp) fails the restore.',
    remedy: 'Restore on the same or a newer kernel; CRIU says what the other one lacks.',
    lines: [run('uname', '-r'), run('sudo', 'criu', 'check', '--all')],
    from: fact.from,
  }
}

function format({ metadata: { imageFormat: fact } }: Checkpoint): PreflightFinding[] {
  const text = present(fact.value)
  const known = text === '1.0' || text === '1.1'
  if (known) return []
  return [
    {
      id: 'image-format',
      severity: 'check',
      title: 'Image format',
      found: text ?? (isAbsent(fact.value) ? fact.value.why : ''),
      consequence: 'Released versions of CRIU up to 4.2 read the formats 1.0 and 1.1 only.',
      remedy: 'Use the CRIU that made the dump, or a newer one.',
      from: fact.from,
    },
  ]
}

function security(cp: Checkpoint): PreflightFinding[] {
  const lsm = moreFact(cp, 'Security module')
  const name = present(lsm?.value)
  if (name === undefined || name === 'none') return []
  const spec = present(cp.metadata.spec)
  const label = present(name === 'SELinux' ? spec?.selinuxLabel.value : spec?.apparmorProfile.value)
  return [
    {
      id: 'lsm',
      severity: 'check',
      title: 'Security module',
      found: label === undefined ? name : `${name}, ${label}`,
      consequence: `CRIU restores the labels of ${name}: the restore fails where the module is off or the label is not known.`,
      remedy: `Restore on a host with ${name} and the same policy or profile loaded.`,
      from: lsm?.from,
    },
  ]
}

function seccomp(cp: Checkpoint): PreflightFinding[] {
  const [image] = imagesOf(cp, 'SECCOMP')
  const asked = present(cp.metadata.spec)?.seccomp
  if (!image || present(asked?.value) === undefined) return []
  return [
    {
      id: 'seccomp',
      severity: 'note',
      title: 'Seccomp filters',
      found: present(asked?.value) ?? '',
      consequence: 'The filters of the dump are restored, whatever the new pod or container asks for.',
      remedy: undefined,
      from: asked?.from,
    },
  ]
}

const GPU = /(?:^|\/)amdgpu-/

function devices(cp: Checkpoint): PreflightFinding[] {
  const plugins = moreFact(cp, 'Plugins')
  const names = present(plugins?.value)
  const image = cp.members.find(({ name }) => GPU.test(name))
  if ((names === undefined || names === 'none') && !image) return []
  return [
    {
      id: 'plugins',
      severity: 'stop',
      title: 'Plugins and devices',
      found: names !== undefined && names !== 'none' ? names : 'state of an AMD GPU',
      consequence: 'The dump holds the state of devices that CRIU saves with plugins: without them the restore stops.',
      remedy: 'Install the same plugins, drivers and the same model of device on the other host.',
      ...(image ? { subject: { kind: 'member', index: image.index } as const } : { from: plugins?.from }),
    },
  ]
}

/** Pre-flight: what the processes hold that CRIU restores only with an option, or that must exist before. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { OpenFile, Socket } from '../model/files.ts'
import { imagesOf } from './preflight-host.ts'
import type { PreflightFinding, PreflightTarget } from './preflight.ts'
import { run } from './step.ts'

/** Names listed in a finding; further ones are counted. */
const LISTED = 12

export function resourceFindings(cp: Checkpoint, target: PreflightTarget): PreflightFinding[] {
  return [
    ...connections(cp, target),
    ...unixPeers(cp),
    ...locks(cp, target),
    ...deletedFiles(cp),
    ...mounts(cp, target),
    ...terminals(cp, target),
    ...namespaces(cp),
    ...parents(cp, target),
    ...lazyPages(cp),
    ...cgroups(cp),
  ]
}

/** Where engines take CRIU's options from: Podman has flags, the others a file that the runtime hands to CRIU. */
function option(target: PreflightTarget, name: string): string {
  const { engine } = target
  if (engine === 'Podman' || engine === 'runc' || engine === 'crun') return `Restore with --${name}.`
  return `Put ${name} into /etc/criu/runc.conf (or crun.conf) on the node, one option a line.`
}

function isOneGiven({ given = [] }: PreflightTarget, ...names: readonly string[]): boolean {
  return names.some((name) => given.includes(name))
}

function listed(items: readonly string[]): string {
  const more = items.length - LISTED
  return items.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** Not listening, not closed: states that CRIU calls connected. */
const QUIET = new Set(['LISTEN', 'CLOSE', 'UNCONN'])

/** Addresses that lead back into the network namespace (RFC 1122, RFC 4291), also when IPv4 is written as IPv6. */
const LOOPBACK = /^(?:(?:::ffff:)?127\.\d|::1$)/i

function isOnLoopback({ remote }: Socket): boolean {
  return LOOPBACK.test(present(remote)?.address ?? '')
}

/** A connection as one end sees it. */
function connectionKey(netNs: Socket['netNs'], ...ends: readonly Socket['local'][]): string {
  const texts = ends.map((value) => {
    const { address, port } = present(value) ?? {}
    return `${address?.replace(/^::ffff:/i, '') ?? '?'} ${port ?? '?'}`
  })
  return [present(netNs) ?? '?', ...texts].join(' ')
}

/** Connections on loopback whose other end is in the checkpoint as well. */
function wholeConnections(open: readonly Socket[]): Socket[] {
  const ends = new Set(open.map(({ netNs, local, remote }) => connectionKey(netNs, local, remote)))
  return open.filter(
    (socket) => isOnLoopback(socket) && ends.has(connectionKey(socket.netNs, socket.remote, socket.local)),
  )
}

/** `2 open, to 192.0.2.9 port 443, …`; those that stay within are told apart. */
function connectionsText(open: readonly Socket[], whole: number): string {
  const outside = open.filter((socket) => !isOnLoopback(socket))
  const inside = open.filter(isOnLoopback)
  const peers = outside.map(({ remote }) => {
    const end = present(remote)
    return end ? `${end.address}${end.port === undefined ? '' : ` port ${end.port}`}` : 'an unknown peer'
  })
  const half = inside.length - whole
  const parts = [
    ...(outside.length > 0 ? [`${outside.length} open, to ${listed(peers)}`] : []),
    ...(whole > 0 ? [`${whole} on loopback whose other end is in the checkpoint`] : []),
    ...(half > 0 ? [`${half} on loopback whose other end is not in the checkpoint`] : []),
  ]
  return parts.join('; ')
}

function connections(cp: Checkpoint, target: PreflightTarget): PreflightFinding[] {
  const open = (present(cp.sockets) ?? []).filter(({ protocol, state }) => {
    const name = present(state)
    return protocol === 'TCP' && name !== undefined && !QUIET.has(name)
  })
  const [first] = open
  if (!first) return []
  const whole = wholeConnections(open).length
  const isWithin = whole === open.length
  const isLocal = open.every(isOnLoopback)
  const way =
    target.engine === 'Podman'
      ? 'Restore with --tcp-established on the same address, or with --tcp-close to drop them.'
      : option(target, 'tcp-established')
  const isGiven = isOneGiven(target, 'tcp-established', 'tcp-close')
  return [
    {
      id: 'tcp-established',
      severity: isGiven ? 'note' : 'stop',
      title: 'TCP connections',
      found: connectionsText(open, whole),
      consequence: isWithin
        ? 'CRIU refuses them without an option, although they never leave the container. With it both ends come back together.'
        : isLocal
          ? 'CRIU refuses them without an option, although they stay on the machine. The other end is a process beside the container that shares its network, such as another container of the pod: one that has given up answers with a reset.'
          : 'CRIU refuses them without an option. With it the address must be the same, and a peer that has given up answers with a reset.',
      remedy: isGiven
        ? 'The command has the option.'
        : isLocal
          ? way
          : `${way} For an examination close them, so that nothing reaches the peer.`,
      subject: { kind: 'socket', id: first.id },
    },
  ]
}

function unixPeers(cp: Checkpoint): PreflightFinding[] {
  const out = (present(cp.sockets) ?? []).filter(
    ({ family, state, peer }) =>
      family === 'unix' && present(state) === 'ESTABLISHED' && isAbsent(peer) && peer.absent === 'not-in-archive',
  )
  const [first] = out
  if (!first) return []
  return [
    {
      id: 'unix-external',
      severity: 'stop',
      title: 'Unix sockets to the outside',
      found: `${out.length} whose other end is not in the checkpoint`,
      consequence: 'CRIU connects them again only when it is allowed to, and the other end must be listening.',
      remedy: 'Use ext-unix-sk for dump and restore, and start the service at the other end first.',
      subject: { kind: 'socket', id: first.id },
    },
  ]
}

function locks(cp: Checkpoint, target: PreflightTarget): PreflightFinding[] {
  const [image] = imagesOf(cp, 'FILE_LOCKS')
  if (!image) return []
  const count = present(image.records)
  const isGiven = isOneGiven(target, 'file-locks')
  return [
    {
      id: 'file-locks',
      severity: isGiven ? 'note' : 'stop',
      title: 'File locks',
      found: count === undefined ? `in ${image.name}` : `${count} held`,
      consequence:
        'CRIU restores locks only when told to, and a lock that somebody else holds by then fails the restore.',
      remedy: isGiven ? 'The command has the option.' : option(target, 'file-locks'),
      subject: { kind: 'member', index: image.index },
    },
  ]
}

function deletedFiles(cp: Checkpoint): PreflightFinding[] {
  const files = (present(cp.files) ?? []).filter(({ remap }) => remap?.kind === 'ghost' || remap?.kind === 'linked')
  const [first] = files
  if (!first) return []
  const lost = files.filter(({ remap }) => remap?.kind === 'ghost' && remap.member === undefined)
  return [
    {
      id: 'ghost-files',
      severity: lost.length > 0 ? 'stop' : 'note',
      title: 'Deleted files in use',
      found: `${files.length}${lost.length > 0 ? `, of ${lost.length} the content is missing` : ''}`,
      consequence:
        'CRIU creates them again under a name beside the first one and deletes them: their folders must exist and be writable.',
      remedy: lost.length > 0 ? 'Get the archive again: images are missing from it.' : undefined,
      subject: { kind: 'file', id: first.id },
    },
  ]
}

function mounts(cp: Checkpoint, { engine }: PreflightTarget): PreflightFinding[] {
  const spec = present(cp.metadata.spec)
  const bound = (present(spec?.mounts ?? { absent: 'not-recorded', why: '' }) ?? []).filter(
    ({ type, options }) => present(type) === 'bind' || options.some((word) => word === 'bind' || word === 'rbind'),
  )
  const external = (present(cp.mounts) ?? []).filter(({ externalKey }) => !isAbsent(externalKey))
  const names = [
    ...new Set([...bound.map(({ destination }) => destination), ...external.map((mount) => mount.mountPoint)]),
  ]
  if (names.length === 0) return []
  const isPod = engine === 'CRI-O' || engine === 'containerd'
  const held = names.filter((name) => isHeld(cp, name))
  const from = bound[0]?.from ?? (external[0] && { origin: external[0].origin })
  return [
    {
      id: 'external-mounts',
      severity: 'check',
      title: 'Mounts from outside',
      found: listed(names),
      consequence: 'Each of them must be there again at the same place, or CRIU finds no mount for it and stops.',
      remedy: isPod
        ? 'Declare every volume of the first pod with the same mountPath; hosts, hostname, resolv.conf, termination log and the service account token come from the kubelet.'
        : held.length === 0
          ? 'Have every source on the other host, with its content: it is not in the archive.'
          : `Have every source on the other host. The archive has the content of ${listed(held)}, of the others it has none.`,
      ...(from && { from }),
    },
  ]
}

/** Whether the archive has what was mounted there: Podman keeps /dev/shm and named volumes, as tars of their own. */
function isHeld({ members, metadata }: Checkpoint, destination: string): boolean {
  const has = (name: string): boolean => members.some((member) => member.name === name)
  if (destination === '/dev/shm') return has('devshm-checkpoint.tar')
  const mounts = present(present(metadata.spec)?.mounts ?? { absent: 'not-recorded', why: '' }) ?? []
  const source = present(mounts.find((mount) => mount.destination === destination)?.source ?? '')
  const volume = /\/volumes\/([^/]+)\/_data$/.exec(source ?? '')?.[1]
  return volume !== undefined && has(`volumes/${volume}.tar`)
}

function terminalFile({ files }: Checkpoint): OpenFile | undefined {
  return (present(files) ?? []).find(({ type }) => type === 'TTY')
}

/** Whether the new container needs a terminal: the first one was started with one, or has one open. */
export function hasTerminal(cp: Checkpoint): boolean {
  return present(cp.metadata.spec)?.terminal.value === true || terminalFile(cp) !== undefined
}

function terminals(cp: Checkpoint, { engine }: PreflightTarget): PreflightFinding[] {
  if (!hasTerminal(cp)) return []
  const spec = present(cp.metadata.spec)
  const tty = terminalFile(cp)
  const isRuntime = engine === 'runc' || engine === 'crun'
  const isPod = engine === 'CRI-O' || engine === 'containerd'
  return [
    {
      id: 'terminal',
      severity: 'check',
      title: 'Terminal',
      found: spec?.terminal.value === true ? 'the container was started with a terminal' : 'a terminal is open',
      consequence: 'The terminal of a session outside cannot be restored; one of the container needs a new console.',
      remedy: isRuntime
        ? 'The command has --shell-job; for a terminal of the container add --console-socket.'
        : isPod
          ? 'The new container needs a terminal too: the pod below has tty: true and stdin: true.'
          : 'The new container gets a terminal when the first one was started with one.',
      ...(tty ? { subject: { kind: 'file', id: tty.id } as const } : { from: spec?.terminal.from }),
    },
  ]
}

function namespaces(cp: Checkpoint): PreflightFinding[] {
  const external = (present(cp.namespaces) ?? []).filter((ns) => ns.external)
  if (external.length === 0) return []
  const origin = external.find((ns) => ns.origin)?.origin
  return [
    {
      id: 'external-namespaces',
      severity: 'note',
      title: 'Namespaces of the engine',
      found: [...new Set(external.map(({ kind }) => kind))].join(', '),
      consequence:
        'They are not in the archive: the engine supplies new ones, the network one with another address as a rule.',
      remedy: 'Restore through an engine; a plain criu restore has to be given them.',
      ...(origin && { from: { origin } }),
    },
  ]
}

function parents(cp: Checkpoint, { engine }: PreflightTarget): PreflightFinding[] {
  const link = cp.members.find(({ name, type }) => type === 'symlink' && /^(?:.+\/)?parent$/.test(name))
  if (!link) return []
  const target = link.linkTarget?.split('/').at(-1)
  if (target !== undefined && cp.members.some(({ name }) => name.split('/')[0] === target)) return []
  return [
    {
      id: 'parent',
      severity: 'stop',
      title: 'Earlier checkpoint needed',
      found: `${link.name} leads to ${link.linkTarget ?? ''}`,
      consequence: 'Pages that did not change since then are in the earlier checkpoint only.',
      remedy:
        engine === 'Podman'
          ? 'Restore with --import-previous and the archive of the earlier checkpoint.'
          : 'Make a complete checkpoint, or put the earlier images where the link leads.',
      subject: { kind: 'member', index: link.index },
    },
  ]
}

function lazyPages({ metadata }: Checkpoint): PreflightFinding[] {
  const lazy = (present(metadata.statistics) ?? []).find(({ id }) => id === 'pages_lazy')
  const pages = present(lazy?.value)
  if (pages === undefined || pages === 0n) return []
  return [
    {
      id: 'lazy-pages',
      severity: 'stop',
      title: 'Pages left behind',
      found: `${pages} pages stayed on the first host`,
      consequence: 'A lazy dump leaves memory with the page server of the first host, which has to be running still.',
      remedy: 'Make a complete checkpoint, without lazy pages.',
      from: lazy?.from,
    },
  ]
}

function cgroups(cp: Checkpoint): PreflightFinding[] {
  const mount = (present(cp.mounts) ?? []).find(({ fsType }) => fsType === 'cgroup' || fsType === 'cgroup2')
  if (!mount) return []
  const version = mount.fsType === 'cgroup2' ? '2' : '1'
  return [
    {
      id: 'cgroup',
      severity: 'check',
      title: 'Control groups',
      found: `version ${version}, mounted at ${mount.mountPoint}`,
      consequence: 'A host with the other version has no place for the groups of the dump.',
      remedy: `Restore on a host with cgroup version ${version}: the line prints cgroup2fs for 2, tmpfs for 1.`,
      lines: [run('stat', '--file-system', '--format=%T', '/sys/fs/cgroup')],
      subject: { kind: 'mount', ns: mount.ns, id: mount.id },
    },
  ]
}

/** What an archive cannot contain, said only where it applies to this engine and this archive. */
import { isAbsent } from '../model/absent.ts'
import type { Engine, Omission, SpecMount } from '../model/metadata.ts'
import { isKubernetes } from '../oci/identity.ts'
import type { Evidence } from './evidence.ts'
import { findMetadata } from './members.ts'
import type { CriuFacts } from './metadata-criu.ts'

interface Situation {
  readonly evidence: Evidence
  readonly engine: Engine
  readonly criu: CriuFacts
  readonly mounts: readonly SpecMount[]
}

interface Rule extends Omission {
  readonly applies: (situation: Situation) => boolean
}

/** What a broken archive held behind the break is not known, so nothing is concluded from what is missing. */
export function isBroken({ archive }: Evidence): boolean {
  return archive.defects.some(({ severity }) => severity === 'error')
}

const RULES: readonly Rule[] = [
  {
    id: 'broken',
    title: 'What was behind the break',
    text: 'The archive is cut or damaged. What is missing on these pages may have been in it.',
    applies: ({ evidence }) => isBroken(evidence),
  },
  {
    id: 'image-files',
    title: 'Files that the container did not change',
    text: 'Only memory pages that were written and files that were added or changed are in the archive. Program code, libraries and other files of the container image are not: they need the image itself.',
    applies: () => true,
  },
  {
    id: 'dump-log',
    title: 'CRIU version, kernel and host name',
    text: 'No image records them, only CRIU’s log does, and this archive has no dump.log.',
    applies: ({ evidence }) =>
      !isBroken(evidence) && !findMetadata(evidence, 'dump.log') && !findMetadata(evidence, 'criu.log'),
  },
  {
    id: 'wall-clock',
    title: 'Start times of processes',
    text: 'Images hold no time of day. Only the engine’s own notes, logs and file times say when something happened.',
    applies: () => true,
  },
  {
    id: 'external-network',
    title: 'Interfaces, routes and firewall',
    text: 'The network namespace belongs to the pod, the engine or the host and was not dumped: no interfaces, routes, firewall rules or connection tracking.',
    applies: ({ criu, evidence }) =>
      !isAbsent(criu.externalNetwork.value) || (!isBroken(evidence) && evidence.imagesOf('NETNS').length === 0),
  },
  {
    id: 'other-containers',
    title: 'Other containers of the pod',
    text: 'A checkpoint holds one container. What else ran in the pod is not in it.',
    applies: ({ engine }) => isKubernetes(engine),
  },
  {
    id: 'outside-tree',
    title: 'Processes outside the tree of the first process',
    text: 'Only descendants of the container’s first process were dumped. Processes of the host and kernel memory are not in the archive; whether a session opened with exec is, depends on whether it was a descendant.',
    applies: () => true,
  },
  {
    id: 'mounts',
    title: 'Content of volumes and bind mounts',
    text: 'Directories and files that were mounted from the host are not in the archive. Only Podman’s named volumes can be, under volumes/.',
    applies: ({ mounts }) => mounts.some((mount) => mount.type === 'bind' || mount.options.some(isBind)),
  },
  {
    id: 'rootfs-diff-missed',
    title: 'Some changed files may be missing',
    text: 'The engine collects changed files by looking for their path on the host first. A changed file whose path does not exist on the host can be left out without a word, so a file that is not in rootfs-diff.tar may still have been changed.',
    applies: ({ engine }) => engine === 'Podman' || engine === 'CRI-O',
  },
  {
    id: 'rootfs-diff-absent',
    title: 'Changed files',
    text: 'There is no rootfs-diff.tar: either the container changed no file, or they were not saved.',
    applies: ({ evidence }) => !isBroken(evidence) && !findMetadata(evidence, 'rootfs-diff.tar'),
  },
  {
    id: 'udp-queues',
    title: 'Datagrams waiting in UDP and raw sockets',
    text: 'CRIU saves the queues of TCP connections and Unix sockets only. The readiness that epoll would report and kernel TLS keys are not saved either.',
    applies: () => true,
  },
  {
    id: 'tcp-closed',
    title: 'State of TCP connections',
    text: 'The dump closed established TCP connections instead of saving them: their sequence numbers and queued bytes are gone.',
    applies: ({ criu }) => criu.tcpClose,
  },
  {
    id: 'parent-pages',
    title: 'Pages of the earlier checkpoint',
    text: 'This checkpoint builds on an earlier one. Pages that did not change since then are there, not here.',
    applies: ({ evidence }) => evidence.members.some((member) => member.name === `${evidence.imageDir}parent`),
  },
]

function isBind(option: string): boolean {
  return option === 'bind' || option === 'rbind'
}

export function listOmissions(situation: Situation): Omission[] {
  return RULES.filter((rule) => rule.applies(situation)).map(({ id, title, text }) => ({ id, title, text }))
}

/**
 * Where the bytes of an archive are. The totals are counted as checkpointctl counts them (internal/container.go:
 * regular files whose path begins with `checkpoint`, those that begin with `checkpoint/pages-`, rootfs-diff.tar),
 * the groups so that they add up to the bytes of all members.
 */
import { recordsOf } from '../criu/decode-image.ts'
import { absent, type Maybe } from '../model/absent.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { Sizes } from '../model/metadata.ts'
import type { Evidence } from './evidence.ts'
import { findMetadata } from './members.ts'
import { isBroken } from './metadata-omissions.ts'

const GROUPS = [
  ['memory', 'Process memory'],
  ['shared', 'Shared memory'],
  ['images', 'Other CRIU images'],
  ['tmpfs', 'Content of tmpfs mounts'],
  ['rootfs', 'Changed files of the container'],
  ['volumes', 'Volumes and /dev/shm'],
  ['logs', 'Logs'],
  ['metadata', 'Metadata of the engine'],
  ['other', 'Other'],
] as const

type GroupId = (typeof GROUPS)[number][0]

function groupOf(member: CheckpointMember, sharedPages: ReadonlySet<string>): GroupId {
  switch (member.kind) {
    case 'pages':
      return member.image === 'SHM_PAGES_OLD' || sharedPages.has(member.name) ? 'shared' : 'memory'
    case 'criu-image':
      return 'images'
    case 'raw-image':
      return member.image === 'TMPFS_IMG' || member.image === 'TMPFS_DEV' ? 'tmpfs' : 'images'
    case 'rootfs-diff':
      return 'rootfs'
    case 'volume':
      return 'volumes'
    case 'log':
      return 'logs'
    case 'metadata':
      return 'metadata'
    case 'archive':
    case 'directory':
    case 'link':
    case 'special':
    case 'unknown':
      return 'other'
  }
}

function groupMembers(members: readonly CheckpointMember[], sharedPages: ReadonlySet<string>): Sizes['groups'] {
  const sorted = new Map<GroupId, { bytes: number; members: number[] }>(
    GROUPS.map(([id]) => [id, { bytes: 0, members: [] }]),
  )
  for (const member of members) {
    const group = sorted.get(groupOf(member, sharedPages))
    if (!group || member.type !== 'file') continue
    group.bytes += member.size
    group.members.push(member.index)
  }
  return GROUPS.flatMap(([id, label]) => {
    const group = sorted.get(id)
    return group && group.members.length > 0 ? [{ id, label, ...group }] : []
  })
}

/** Pages images of shared memory objects: those that the heads of pagemap-shmem images name. */
async function findSharedPages(evidence: Evidence): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  for (const { member } of evidence.imagesOf('SHMEM_PAGEMAP')) {
    const image = await evidence.imageOf(member)
    const head = image && recordsOf(image, 'pagemap_head')[0]
    if (head?.value.pages_id !== undefined) names.add(`${evidence.imageDir}pages-${head.value.pages_id}.img`)
  }
  return names
}

async function isGzip(evidence: Evidence, member: CheckpointMember): Promise<Maybe<boolean>> {
  if (member.size < 2) return false
  try {
    const [first, second] = await evidence.archive.open(member).read(0, 2, evidence.signal)
    return first === 0x1f && second === 0x8b
  } catch (error) {
    evidence.signal?.throwIfAborted()
    return absent('unreadable', `the first bytes cannot be read: ${error instanceof Error ? error.message : 'unknown'}`)
  }
}

function sum(members: readonly CheckpointMember[]): number {
  return members.reduce((total, member) => total + member.size, 0)
}

/** Counts sizes; reads the heads of pagemap-shmem images and two bytes of rootfs-diff.tar. */
export async function readSizes(evidence: Evidence): Promise<Sizes> {
  const images = evidence.members.filter(
    (member) => member.type === 'file' && member.name.startsWith(evidence.imageDir) && belongs(evidence, member),
  )
  const pages = images.filter((member) => member.name.startsWith(`${evidence.imageDir}pages-`))
  const diff = findMetadata(evidence, 'rootfs-diff.tar')
  // What a broken archive would have held behind the break is not known.
  const reach = isBroken(evidence) ? ' as far as it can be read' : ''
  const none = absent('not-in-archive', `the archive has no rootfs-diff.tar${reach}`)
  const noImages = absent('not-in-archive', `the archive has no CRIU images${reach}`)
  return {
    checkpoint: images.length > 0 ? sum(images) : noImages,
    memoryPages: images.length > 0 ? sum(pages) : noImages,
    rootfsDiff: diff ? diff.size : none,
    rootfsDiffCompressed: diff ? await isGzip(evidence, diff) : none,
    groups: groupMembers(evidence.members, await findSharedPages(evidence)),
  }
}

/** At the top of a bare folder, only what CRIU wrote counts as checkpoint. */
function belongs(evidence: Evidence, member: CheckpointMember): boolean {
  return evidence.imageDir !== '' || ['criu-image', 'pages', 'raw-image'].includes(member.kind)
}

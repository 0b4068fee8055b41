/**
 * What each member of an archive is, by its name and type, and where the CRIU images are. Names are only hints: the
 * magic decides when an image is decoded. Members whose path climbs or is absolute match nothing.
 */
import type { Member, OpenedArchive } from '../archive/member.ts'
import { matchName } from '../criu/image-types.ts'
import { absent } from '../model/absent.ts'
import type { CheckpointMember, MemberKind } from '../model/checkpoint.ts'
import { knownMember } from '../oci/members.ts'

/** Images that are in every checkpoint or in most; they tell the image folder. */
const MARKS: ReadonlySet<string> = new Set(['inventory.img', 'pstree.img', 'files.img', 'cgroup.img'])

function isTrusted(member: Member): boolean {
  return !member.oddities.includes('climbs') && !member.oddities.includes('absolute')
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1)
}

/** Better folders first: `checkpoint/`, then the one with more marks, then the one nearer to the top. */
function compareFolders(a: readonly [string, number], b: readonly [string, number]): number {
  const fixed = Number(b[0] === 'checkpoint/') - Number(a[0] === 'checkpoint/')
  const nested = Number(/(^|\/)pre-checkpoint\//.test(a[0])) - Number(/(^|\/)pre-checkpoint\//.test(b[0]))
  return fixed || nested || b[1] - a[1] || a[0].split('/').length - b[0].split('/').length
}

/** The folder of the CRIU images with its trailing slash, '' when they are at the top or there are none. */
function findImageDir(members: readonly Member[]): string {
  const folders = new Map<string, number>()
  for (const member of members) {
    if (member.type !== 'file' || !isTrusted(member)) continue
    const folder = folderOf(member.name)
    if (MARKS.has(member.name.slice(folder.length))) folders.set(folder, (folders.get(folder) ?? 0) + 1)
  }
  const [best] = [...folders].sort(compareFolders)
  return (
    best?.[0] ??
    (members.some((member) => isTrusted(member) && member.name.startsWith('checkpoint/')) ? 'checkpoint/' : '')
  )
}

/**
 * Folders where the engine's files may be, nearest to the top first: the top, beside the image folder (of a dropped
 * folder), and in it (bundles of runc and Docker).
 */
export function metadataDirs(imageDir: string): readonly string[] {
  return [...new Set(['', folderOf(imageDir.slice(0, -1)), imageDir])]
}

interface Class {
  readonly kind: MemberKind
  readonly image: string | undefined
  readonly description: string
}

function classOf(kind: MemberKind, description: string, image?: string): Class {
  return { kind, image, description }
}

/** Types whose bytes are pages of memory. */
const PAGES: ReadonlySet<string> = new Set(['PAGES', 'PAGES_OLD', 'SHM_PAGES_OLD', 'AMDGPU_PAGES', 'AMDGPU_DRM_PAGES'])

function classifyImage(name: string, imageDir: string): Class | undefined {
  const fileName = name.slice(folderOf(name).length)
  const match = matchName(fileName)
  const inDir = folderOf(name) === imageDir
  // stats-dump stands beside the image folder, since engines copy it out of CRIU's work directory.
  if (!match || !(inDir || match.type.framing === 'service' || fileName.endsWith('.img'))) {
    const isImage = fileName.endsWith('.img')
    return isImage ? classOf('criu-image', 'a CRIU image of a kind that is not known here') : undefined
  }
  const { type } = match
  const kind = PAGES.has(type.name) ? 'pages' : type.framing === 'raw' ? 'raw-image' : 'criu-image'
  const elsewhere = inDir || type.framing === 'service' ? '' : ' (outside the folder of this checkpoint’s images)'
  return classOf(kind, type.about + elsewhere, type.name)
}

function classifyFile(member: Member, imageDir: string): Class {
  if (!isTrusted(member)) return classOf('unknown', 'its path leads out of the archive: listed, never used')
  const image = classifyImage(member.name, imageDir)
  if (image) return image
  for (const dir of metadataDirs(imageDir)) {
    const found = member.name.startsWith(dir) ? knownMember(member.name.slice(dir.length)) : undefined
    if (found) return classOf(found.kind, found.description)
  }
  return classOf('unknown', 'not a file that engines or CRIU are known to write')
}

function classifyMember(member: Member, imageDir: string): Class {
  switch (member.type) {
    case 'file':
      return classifyFile(member, imageDir)
    case 'directory':
      return classOf('directory', 'a folder')
    case 'symlink':
    case 'hardlink':
      return classOf('link', linkDescription(member, imageDir))
    case 'char-device':
    case 'block-device':
    case 'fifo':
    case 'socket':
    case 'other':
      return classOf('special', 'not a regular file: nothing to read')
  }
}

function linkDescription(member: Member, imageDir: string): string {
  return member.name === `${imageDir}parent`
    ? 'link to the earlier checkpoint that holds the pages which did not change'
    : 'a link; it is not followed'
}

/** Kinds that are read when they are asked for, or decoded while opening. */
function readingOf(kind: MemberKind): CheckpointMember['reading'] {
  if (kind === 'directory' || kind === 'link' || kind === 'special') return 'whole'
  return kind === 'unknown' ? 'not-understood' : 'on-demand'
}

const NOT_YET = absent('not-yet', 'not decoded so far')
const NO_RECORDS = absent('not-applicable', 'only CRIU images have records')

/** Classifies all members and finds the folder of the CRIU images. */
export function classify(archive: OpenedArchive): {
  readonly members: CheckpointMember[]
  readonly imageDir: string
} {
  const imageDir = findImageDir(archive.members)
  const members = archive.members.map((member): CheckpointMember => {
    const { kind, image, description } = classifyMember(member, imageDir)
    const records = kind === 'criu-image' ? NOT_YET : NO_RECORDS
    return { ...member, kind, image, description, records, reading: readingOf(kind) }
  })
  return { members, imageDir }
}

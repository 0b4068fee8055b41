/** A flat list of members with access to their bodies: what tars, folders and layouts have in common. */
import { FormatError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { blobSource } from './byte-sources.ts'
import { CachedSource } from './cached-source.ts'
import type { ArchiveDefect, InputFile, Member } from './member.ts'
import { baseOf, climbs, foldName, folderOf, pathOddities, within } from './names.ts'
import type { ByteSource } from './source.ts'

export interface Tree {
  readonly members: readonly Member[]
  readonly defects: readonly ArchiveDefect[]
  /** The plain tar, where the tree is all of one: not for folders, nor for a part of a tar. */
  readonly tar?: ByteSource | undefined
  open(member: Member): ByteSource
}

/** Most links followed from one name to another, inside the tree. */
const MAX_LINKS = 8

/** The member that `name` stands for inside the tree, through links between its members; undefined when none. */
export function makeLookup(tree: Tree): (name: string) => Member | undefined {
  // The last one of equal names is what unpacking would leave.
  const byName = new Map(tree.members.map((member) => [member.name, member]))
  return (name) => {
    let member = byName.get(name)
    for (let i = 0; i < MAX_LINKS && member?.linkTarget !== undefined; i++) {
      const folder = member.type === 'symlink' ? folderOf(member.name) : ''
      member = byName.get(joinNames(folder, member.linkTarget))
    }
    return member?.type === 'file' ? member : undefined
  }
}

/** `target` seen from `folder`, `..` resolved by text alone; what leaves the top matches nothing. */
function joinNames(folder: string, target: string): string {
  if (target.startsWith('/')) return target
  const parts: string[] = folder === '' ? [] : folder.split('/')
  for (const part of target.split('/', 256)) {
    if (part === '..') {
      if (parts.pop() === undefined) return '..'
    } else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** Reads a small JSON member; undefined when it is too large or not JSON. */
export async function readJson(tree: Tree, member: Member, signal?: AbortSignal): Promise<unknown> {
  if (member.size > limits.jsonMember) return undefined
  try {
    const source = tree.open(member)
    return JSON.parse(new TextDecoder().decode(await source.read(0, source.size, signal)))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError || error instanceof FormatError) return undefined
    throw error
  }
}

/** Files of a dropped folder (or several loose files) as a tree; `top` is the part of each path that is left out. */
export function fileTree(files: readonly InputFile[], top: string): Tree {
  const members = files.map(({ file, path }, index): Member => {
    const relative = within(path, top) ?? path
    return {
      index,
      path: relative,
      name: foldName(relative),
      type: 'file',
      size: file.size,
      headerOffset: undefined,
      dataOffset: undefined,
      mode: undefined,
      uid: undefined,
      gid: undefined,
      mtime: file instanceof File ? file.lastModified / 1000 : undefined,
      linkTarget: undefined,
      device: undefined,
      oddities: climbs(relative) ? ['climbs'] : pathOddities(relative),
    }
  })
  const open = (member: Member): ByteSource => {
    const input = files[member.index]
    if (!input) throw new RangeError(`no member ${member.index}`)
    return new CachedSource(blobSource(input.file), { capacity: 1024 * 1024 })
  }
  return { members, defects: [], open }
}

/** A member chosen from a tree, under a new name. */
export interface Pick {
  readonly tree: Tree
  readonly member: Member
  readonly name: string
  /** The path by which its bytes are found, for members whose recorded path tells nobody what they are. */
  readonly storedIn?: string
}

/** Chosen members, renumbered; bodies come from the trees they were taken from. */
export function makeTree(picks: readonly Pick[], defects: readonly ArchiveDefect[]): Tree {
  const members = picks.map(({ member, name, storedIn }, index): Member => ({
    ...member,
    index,
    name,
    ...(storedIn !== undefined && { path: name, storedIn }),
  }))
  const open = (member: Member): ByteSource => {
    const pick = picks[member.index]
    if (!pick) throw new RangeError(`no member ${member.index}`)
    return pick.tree.open(pick.member)
  }
  return { members, defects, open }
}

/** Where checkpoints stand in a tree. */
export interface Roots {
  /** Folders that hold CRIU images, or `checkpoint/` with them: surely checkpoints. */
  readonly strong: readonly string[]
  /** Folders with nothing but the engines' JSON files: perhaps what is left of a checkpoint. */
  readonly weak: readonly string[]
}

const IMAGE_FILES = new Set(['inventory.img', 'pstree.img'])
const ENGINE_FILES = new Set(['config.dump', 'spec.dump'])
/** Folders of images inside a checkpoint, as the engines name them. */
const IMAGE_FOLDERS = new Set(['checkpoint', 'pre-checkpoint'])

/** Finds checkpoint roots by the names CRIU and the engines give; `isImage` names further CRIU images. */
export function findRoots(members: readonly Member[], isImage: (member: Member) => boolean = () => false): Roots {
  const engine = new Set<string>()
  const images = new Set<string>()
  for (const member of members) {
    if (member.type !== 'file' || member.oddities.includes('climbs') || member.oddities.includes('absolute')) continue
    const base = baseOf(member.name)
    if (ENGINE_FILES.has(base)) engine.add(folderOf(member.name))
    else if (IMAGE_FILES.has(base) || isImage(member)) images.add(folderOf(member.name))
  }
  const strong = outermost([...images].map((folder) => rootOf(folder, engine)))
  const weak = outermost([...engine]).filter(
    (folder) => !strong.some((root) => folder === root || within(folder, root) !== undefined),
  )
  return { strong, weak }
}

function rootOf(folder: string, engine: ReadonlySet<string>): string {
  for (let at = folder; ; at = folderOf(at)) {
    if (engine.has(at)) return at
    if (at === '') break
  }
  return IMAGE_FOLDERS.has(baseOf(folder)) ? folderOf(folder) : folder
}

/** Folders that are not inside another one of the list, sorted. */
function outermost(folders: readonly string[]): string[] {
  const unique = [...new Set(folders)].sort()
  return unique.filter((folder) => !unique.some((other) => other !== folder && within(folder, other) !== undefined))
}

/** The part of a tree that belongs to one checkpoint, names relative to its root. */
export function takeRoot(tree: Tree, root: string, isOnly: boolean): Tree {
  if (root === '') return tree
  const picks = tree.members.flatMap((member) => {
    const name = within(member.name, root)
    if (name === undefined && !isOnly) return []
    return [{ tree, member, name: name ?? member.name }]
  })
  return makeTree(picks, tree.defects)
}

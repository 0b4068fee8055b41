/** Member names for comparing. Paths stay data: nothing is resolved against a file system, nothing is followed. */
import type { MemberOddity } from './member.ts'

/**
 * A path with leading `./`, `.` segments, repeated and trailing slashes folded away. Absolute and climbing paths
 * come back unchanged, so that they equal no name anybody looks for.
 */
export function foldName(path: string): string {
  if (path.startsWith('/') || climbs(path)) return path
  const parts = path.split('/').filter((part) => part !== '' && part !== '.')
  return parts.length === 0 && path !== '' ? '.' : parts.join('/')
}

/** True when a segment is `..`: unpacked naively, the path could leave its folder. */
export function climbs(path: string): boolean {
  return path === '..' || path.startsWith('../') || path.endsWith('/..') || path.includes('/../')
}

/** What is odd about a path taken alone. */
export function pathOddities(path: string): MemberOddity[] {
  const oddities: MemberOddity[] = []
  if (path.startsWith('/')) oddities.push('absolute')
  if (climbs(path)) oddities.push('climbs')
  return oddities
}

/** The part before the last slash, '' when there is none. */
export function folderOf(name: string): string {
  const slash = name.lastIndexOf('/')
  return slash < 0 ? '' : name.slice(0, slash)
}

/** The part after the last slash. */
export function baseOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** `name` relative to folder `root` ('' is the top); undefined when it is not inside. */
export function within(name: string, root: string): string | undefined {
  if (root === '') return name
  return name.startsWith(`${root}/`) ? name.slice(root.length + 1) : undefined
}

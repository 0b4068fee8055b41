/**
 * Where the images of a checkpoint and of its parents are. An incremental checkpoint has a link `parent` in its
 * image folder (criu/image.c, CR_PARENT_LINK). Its target is text that is resolved among the archive's members and
 * never followed on any file system.
 */
import type { Evidence } from '../evidence.ts'

/** Parents followed at most; longer chains are not made in practice. */
const DEPTH = 64

/** Joins a folder (with trailing slash, or '') and a relative target; undefined when it leaves the archive. */
export function resolveTarget(folder: string, target: string): string | undefined {
  if (target.startsWith('/') || target === '') return undefined
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.')
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.length === 0 ? '' : `${parts.join('/')}/`
}

export interface ImageDirs {
  /** Image folders, the checkpoint's own first, then its parents'. */
  readonly dirs: readonly string[]
  /** Why the chain ends, when there is a link that leads nowhere. */
  readonly missing: string | undefined
}

/** Follows `parent` links among the members. */
export function imageDirs(evidence: Evidence): ImageDirs {
  const dirs = [evidence.imageDir]
  for (;;) {
    const last = dirs[dirs.length - 1] ?? ''
    const link = evidence.member(`${last}parent`)
    if (link?.linkTarget === undefined) {
      const folder = `${last}parent/`
      if (!hasFolder(evidence, folder)) return { dirs, missing: undefined }
      dirs.push(folder)
    } else {
      const target = resolveTarget(last, link.linkTarget)
      if (target === undefined || !hasFolder(evidence, target)) return { dirs, missing: link.linkTarget }
      if (dirs.includes(target) || dirs.length >= DEPTH)
        return { dirs, missing: `${link.linkTarget}, which leads in a circle` }
      dirs.push(target)
    }
  }
}

/** True when a folder of the archive holds pagemaps. */
function hasFolder(evidence: Evidence, folder: string): boolean {
  if (evidence.member(`${folder}inventory.img`)) return true
  return evidence.members.some((member) => member.name.startsWith(`${folder}pagemap-`))
}

/**
 * Looks for checkpoints in what an archive or folder holds, which may be another archive. Depth is bounded by
 * `limits.nesting`.
 */
import { OpenError, isAbort } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { visibleText } from '../base/text.ts'
import { EXPECTED, makeArchive, openContained, sniffMember } from './contained.ts'
import type { OpenContext, OpenResult } from './contained.ts'
import { openDocker } from './docker-archive.ts'
import type { Member } from './member.ts'
import { within } from './names.ts'
import { openOci } from './oci-layout.ts'
import type { ByteSource } from './source.ts'
import { findRoots, takeRoot } from './tree.ts'
import type { Tree } from './tree.ts'

/** Members looked at by their bytes when no name tells what a tree is. */
const MAX_PROBES = 64

/** Opens whatever `source` is. Throws OpenError when it holds no checkpoint. */
export async function* openSource(source: ByteSource, context: OpenContext): AsyncGenerator<OpenResult> {
  const contained = await openContained(source, context)
  try {
    yield* openTree(contained.tree, contained.context)
  } finally {
    await contained.release()
  }
}

/** Opens the checkpoints of a tree. Throws OpenError when there are none. */
export async function* openTree(tree: Tree, context: OpenContext): AsyncGenerator<OpenResult> {
  const { strong, weak } = findRoots(tree.members)
  if (strong.length > 0) {
    yield* archivesAt(tree, strong, context)
    if (context.shape === 'directory') yield* innerArchives(tree, context, strong)
    return
  }
  const nested =
    context.depth < limits.nesting ? ((await openOci(tree, context)) ?? (await openDocker(tree, context))) : undefined
  if (nested) {
    yield* nested
    return
  }
  const images = await imagesByMagic(tree, context.options.signal)
  const roots = images.size > 0 ? findRoots(tree.members, (member) => images.has(member)).strong : weak
  if (roots.length > 0) {
    yield* archivesAt(tree, roots, context)
    return
  }
  if (context.depth < limits.nesting) {
    let count = 0
    for await (const result of innerArchives(tree, context)) {
      count += 1
      yield result
    }
    if (count > 0) return
  }
  throw notACheckpoint(tree, context)
}

function* archivesAt(tree: Tree, roots: readonly string[], context: OpenContext): Generator<OpenResult> {
  for (const root of roots) {
    const part = takeRoot(tree, root, roots.length === 1)
    const label = roots.length === 1 || root === '' ? context.label : `${context.label}: ${root}`
    yield { kind: 'archive', archive: makeArchive(part, { ...context, label }) }
  }
}

/** Members that begin with a CRIU magic, among the first few files. */
async function imagesByMagic(tree: Tree, signal?: AbortSignal): Promise<ReadonlySet<Member>> {
  const images = new Set<Member>()
  for (const member of tree.members.filter(isFile).slice(0, MAX_PROBES)) {
    if ((await sniffMember(tree, member, signal)).kind === 'criu-image') images.add(member)
  }
  return images
}

/** Archives inside an archive or folder: the containers of a pod, or a collection. Those that are none are passed over. */
async function* innerArchives(
  tree: Tree,
  context: OpenContext,
  roots: readonly string[] = [],
): AsyncGenerator<OpenResult> {
  const { options } = context
  const isFolder = context.shape === 'directory'
  for (const member of isFolder ? tree.members : tree.members.filter(isFile).slice(0, MAX_PROBES)) {
    if (roots.some((root) => within(member.name, root) !== undefined)) continue
    const { kind } = await sniffMember(tree, member, options.signal)
    if (kind !== 'tar' && kind !== 'gzip' && kind !== 'zstd') continue
    const label = isFolder ? `${context.label}/${member.name}` : `${context.label}: ${member.name}`
    const shape = 'tar'
    const size = isFolder ? member.size : context.size
    try {
      yield* openSource(tree.open(member), { ...context, label, shape, size, depth: context.depth + 1 })
    } catch (error) {
      if (!(error instanceof OpenError) || isAbort(error)) throw error
      if (error.code !== 'not-a-checkpoint') yield { kind: 'failed', label, error }
    }
  }
}

function isFile(member: Member): boolean {
  return member.type === 'file' && member.size > 0
}

function notACheckpoint(tree: Tree, context: OpenContext): OpenError {
  const what =
    context.shape === 'directory'
      ? 'folder'
      : context.compression === 'none'
        ? 'tar'
        : `${context.compression}-compressed tar`
  const names = tree.members.slice(0, 5).map((member) => visibleText(member.path.slice(0, 100)))
  const { length } = tree.members
  const [broken] = tree.defects.filter((defect) => defect.severity === 'error')
  const first = names.length === 0 ? '' : `; first names: ${names.join(', ')}`
  const damage = broken ? `; ${broken.message}` : ''
  const count = `${length} ${length === 1 ? 'member' : 'members'}`
  return new OpenError(
    'not-a-checkpoint',
    `This is a ${what} of ${count} without CRIU images or config.dump${first}${damage}.`,
    EXPECTED,
  )
}

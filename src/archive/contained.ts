/**
 * One step down: a source of unknown kind becomes a tree of members, inflated on the way if need be; and a tree
 * becomes an `OpenedArchive`. What a lease holds (spills, outer archives) lives until the last archive is closed.
 */
import { OpenError } from '../base/errors.ts'
import { CachedSource } from './cached-source.ts'
import { Lease } from './lease.ts'
import type { ArchiveShape, Compression, Member, OpenedArchive, Progress } from './member.ts'
import { SNIFF_LENGTH, sniff } from './sniff.ts'
import type { Sniffed } from './sniff.ts'
import type { ByteSource } from './source.ts'
import type { SpillStore } from './spill.ts'
import { indexTar } from './tar-index.ts'
import type { TarIndex } from './tar-index.ts'
import type { Tree } from './tree.ts'
import { EXPECTED, unpack } from './unpack.ts'

export { EXPECTED }

export interface OpenOptions {
  readonly spill: SpillStore
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
}

/** One checkpoint found, or why an input (or an archive inside it) could not be opened. */
export type OpenResult =
  | { readonly kind: 'archive'; readonly archive: OpenedArchive }
  | { readonly kind: 'failed'; readonly label: string; readonly error: OpenError }

/** What is known on the way down to a checkpoint. */
export interface OpenContext {
  readonly options: OpenOptions
  readonly label: string
  /** Bytes as dropped. */
  readonly size: number
  readonly depth: number
  readonly shape: ArchiveShape
  readonly compression: Compression
  readonly spill: OpenedArchive['spill']
  readonly unpackedSize: number
  readonly annotations: OpenedArchive['annotations']
  /** Keeps the bytes alive that the trees read from. */
  readonly lease: Lease
}

/** A source taken apart. `release` ends this use of what was inflated. */
export interface Contained {
  readonly tree: TarIndex
  /** The plain tar. */
  readonly bytes: ByteSource
  readonly context: OpenContext
  readonly release: () => Promise<void>
}

/** Inflates and indexes a source. Throws OpenError when it is no tar. */
export async function openContained(source: ByteSource, context: OpenContext): Promise<Contained> {
  const { options } = context
  const head = await source.read(0, Math.min(SNIFF_LENGTH, source.size), options.signal)
  const sniffed = sniff(head)
  if (sniffed.kind === 'tar') {
    const tree = await indexTar(new CachedSource(source), options)
    const release = context.lease.share()
    return { tree, bytes: source, context: { ...context, unpackedSize: source.size }, release }
  }
  if (sniffed.kind !== 'gzip' && sniffed.kind !== 'zstd') throw cannotOpen(sniffed)
  const { spill, defects } = await unpack(source, sniffed.kind, options.spill, options)
  const release = context.lease.share()
  const lease = new Lease(async () => {
    await spill.close()
    await release()
  })
  try {
    const index = await indexTar(spill.kind === 'blob' ? new CachedSource(spill.source) : spill.source, options)
    const tree = { ...index, defects: [...defects, ...index.defects] }
    const inner = { compression: sniffed.kind, spill: spill.kind, unpackedSize: spill.source.size, lease }
    return { tree, bytes: spill.source, context: { ...context, ...inner }, release: () => lease.release() }
  } catch (error) {
    await lease.release()
    throw error
  }
}

/** The finished archive; it shares the lease until it is closed. */
export function makeArchive(tree: Tree, context: OpenContext): OpenedArchive {
  const { label, shape, compression, size, unpackedSize, annotations, spill } = context
  return {
    label,
    shape,
    compression,
    size,
    unpackedSize,
    annotations,
    spill,
    members: tree.members,
    defects: tree.defects,
    tar: tree.tar,
    open: (member) => tree.open(member),
    close: context.lease.share(),
  }
}

/** What a member is, from its bytes. */
export async function sniffMember(tree: Tree, member: Member, signal?: AbortSignal): Promise<Sniffed> {
  const source = tree.open(member)
  return sniff(await source.read(0, Math.min(SNIFF_LENGTH, source.size), signal))
}

/** The error for a file that is none of the archives that can be opened. */
function cannotOpen(sniffed: Sniffed): OpenError {
  switch (sniffed.kind) {
    case 'empty':
      return new OpenError('empty', 'The file is empty.', EXPECTED)
    case 'packed':
      return new OpenError(
        'unsupported-compression',
        `This is ${sniffed.found}, which is not read here.`,
        `Unpack it first: ${sniffed.convert ?? ''}`,
      )
    case 'encrypted':
      return new OpenError('encrypted', `This is ${sniffed.found}.`, 'Decrypt it and drop the result.')
    default:
      return new OpenError('not-a-checkpoint', `This is ${sniffed.found}, not a checkpoint.`, EXPECTED)
  }
}

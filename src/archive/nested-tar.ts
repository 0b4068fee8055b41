/**
 * Tars inside a checkpoint: /dev/shm, tmpfs content, the changed files of the root file system, volumes. All facts
 * come from our own index; js-untar, where it is handed in, reads small plain ones too, and a difference is noted.
 */
import { isAbort } from '../base/errors.ts'
import { encodeText, visibleText } from '../base/text.ts'
import { openContained } from './contained.ts'
import type { OpenOptions } from './contained.ts'
import { DefectList } from './defects.ts'
import { Lease } from './lease.ts'
import type { Compression, Member } from './member.ts'
import type { ByteSource } from './source.ts'
import type { TarIndex } from './tar-index.ts'
import { latin1 } from './tar-header.ts'
import type { Tree } from './tree.ts'
import type { UntarFile, UntarReader } from './untar-client.ts'

export interface NestedTarOptions extends OpenOptions {
  /** Second reader for small plain tars. */
  readonly crossCheck?: UntarReader | undefined
}

/** A nested tar, open for ranged reads. `close` is idempotent. */
export interface NestedTar extends Tree {
  readonly compression: Compression
  /** Whether js-untar agreed, and if it was not asked, that. */
  readonly crossCheck: 'agrees' | 'differs' | 'not-asked'
  close(): Promise<void>
}

/** Largest tar that js-untar is given: it takes the whole file and copies each member. */
const CROSS_CHECK_SIZE = 64 * 1024 * 1024

/** Lists a tar (plain, gzip or zstd). Throws OpenError when it is none. */
export async function listNestedTar(source: ByteSource, options: NestedTarOptions): Promise<NestedTar> {
  const lease = new Lease(() => Promise.resolve())
  const { tree, bytes, context, release } = await openContained(source, {
    options,
    label: '',
    size: source.size,
    depth: 0,
    shape: 'tar',
    compression: 'none',
    spill: 'none',
    unpackedSize: source.size,
    annotations: [],
    lease,
  })
  const defects = new DefectList()
  defects.addAll(tree.defects)
  let crossCheck: NestedTar['crossCheck']
  try {
    crossCheck = await compare(bytes, tree, defects, options)
  } catch (error) {
    await release()
    throw error
  }
  let isOpen = true
  const close = async () => {
    if (isOpen) await release()
    isOpen = false
  }
  const { members } = tree
  return {
    members,
    defects: defects.list(),
    open: (member) => tree.open(member),
    compression: context.compression,
    crossCheck,
    close,
  }
}

async function compare(
  source: ByteSource,
  tree: TarIndex,
  defects: DefectList,
  options: NestedTarOptions,
): Promise<NestedTar['crossCheck']> {
  // Only what js-untar is known to read rightly: good checksums and sizes, no features it misreads.
  const isPlain = tree.traits.size === 0 && tree.defects.length === 0 && tree.members.length > 0
  if (!options.crossCheck || !isPlain || source.size > CROSS_CHECK_SIZE) return 'not-asked'
  try {
    const bytes = await source.read(0, source.size, options.signal)
    const difference = findDifference(tree.members, await options.crossCheck(bytes, tree.members.length))
    if (difference === undefined) return 'agrees'
    defects.add('info', 'tar-readers-differ', `a second tar reader differs: ${difference}`)
  } catch (error) {
    if (isAbort(error)) throw error
    const why = error instanceof Error ? error.message : 'unknown failure'
    defects.add('info', 'tar-readers-differ', `a second tar reader could not read this archive: ${why}`)
  }
  return 'differs'
}

/** The first difference between the two readers, in words; undefined when they agree. */
function findDifference(members: readonly Member[], files: readonly UntarFile[]): string | undefined {
  if (members.length !== files.length) return `${files.length} members instead of ${members.length}`
  for (const [i, member] of members.entries()) {
    const file = files[i]
    if (!file || !isSameName(member.path, file.name)) return `the name of ${visibleText(member.path.slice(0, 200))}`
    if (member.type === 'file' && member.size !== file.size)
      return `the size of ${visibleText(member.path.slice(0, 200))}`
  }
  return undefined
}

/** js-untar takes header names byte by byte and pax names as UTF-8. */
function isSameName(path: string, name: string): boolean {
  return path === name || latin1(encodeText(path).subarray(0, 4096)) === name
}

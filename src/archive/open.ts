/**
 * The input layer's door: dropped files in, checkpoints out. Files of one folder are looked at together, loose files
 * each alone, except that loose CRIU images make up one checkpoint. One bad input never keeps the others from opening.
 */
import { FormatError, LimitError, OpenError, isAbort } from '../base/errors.ts'
import { blobSource } from './byte-sources.ts'
import { CachedSource } from './cached-source.ts'
import type { OpenContext, OpenOptions, OpenResult } from './contained.ts'
import { Lease } from './lease.ts'
import type { InputFile } from './member.ts'
import { openSource, openTree } from './open-tree.ts'
import { SNIFF_LENGTH, sniff } from './sniff.ts'
import type { Sniffed } from './sniff.ts'
import { fileTree } from './tree.ts'

export type { OpenOptions, OpenResult } from './contained.ts'

/** Files that belong together. */
interface Group {
  readonly label: string
  readonly open: (context: OpenContext) => AsyncGenerator<OpenResult>
  readonly size: number
  readonly isFolder: boolean
}

/**
 * Opens everything that was dropped, one result per checkpoint as soon as it is ready, in order. An input that holds
 * none yields `failed`. Throws only when cancelled.
 */
export async function* openInputs(files: readonly InputFile[], options: OpenOptions): AsyncGenerator<OpenResult> {
  for (const group of await groupInputs(files)) {
    options.signal?.throwIfAborted()
    const lease = new Lease(() => Promise.resolve())
    const context: OpenContext = {
      options,
      label: group.label,
      size: group.size,
      depth: 0,
      shape: group.isFolder ? 'directory' : 'tar',
      compression: 'none',
      spill: 'none',
      unpackedSize: group.size,
      annotations: [],
      lease,
    }
    try {
      yield* group.open(context)
    } catch (error) {
      options.signal?.throwIfAborted()
      if (isAbort(error)) throw error
      yield { kind: 'failed', label: group.label, error: toOpenError(error) }
    } finally {
      await lease.release()
    }
  }
}

function toOpenError(error: unknown): OpenError {
  if (error instanceof OpenError) return error
  if (error instanceof FormatError || error instanceof LimitError) {
    return new OpenError(
      'unreadable',
      `The archive cannot be read: ${error.message}.`,
      'Check that it was copied completely.',
    )
  }
  throw error
}

async function groupInputs(files: readonly InputFile[]): Promise<Group[]> {
  const folders = new Map<string, InputFile[]>()
  const loose: InputFile[] = []
  for (const file of files) {
    const slash = file.path.replace(/^\/+/, '').indexOf('/')
    if (slash < 0) {
      loose.push(file)
      continue
    }
    const top = file.path.replace(/^\/+/, '').slice(0, slash)
    const list = folders.get(top)
    if (list) list.push(file)
    else folders.set(top, [file])
  }
  return [...(await groupLoose(loose)), ...[...folders].map(([top, inside]) => folderGroup(inside, top, top))]
}

async function groupLoose(files: readonly InputFile[]): Promise<Group[]> {
  const sniffed = await Promise.all(files.map(async (file) => ({ file, kind: await sniffFile(file) })))
  const hasImages = sniffed.some(({ kind }) => kind?.kind === 'criu-image')
  // Among images a packed tar may be one of them: the content of a tmpfs. Only there does a name decide.
  const isArchive = ({ kind, file }: { kind: Sniffed | undefined; file: InputFile }) =>
    (kind?.kind === 'tar' || kind?.kind === 'gzip' || kind?.kind === 'zstd') && !file.path.endsWith('.img')
  const together = hasImages ? sniffed.filter((one) => one.kind && !isArchive(one)).map(({ file }) => file) : []
  const groups: Group[] = []
  const taken = new Set(together)
  for (const { file } of sniffed) if (!taken.has(file)) groups.push(fileGroup(file))
  const [first] = together
  if (!first) return groups
  const others = together.length - 1
  const label = others === 0 ? first.path : `${first.path} and ${others} more`
  return [...groups, folderGroup(together, '', label)]
}

/** Undefined when the file cannot be read; opening it says why. */
async function sniffFile({ file }: InputFile): Promise<Sniffed | undefined> {
  try {
    return sniff(await blobSource(file).read(0, Math.min(SNIFF_LENGTH, file.size)))
  } catch {
    return undefined
  }
}

function fileGroup({ file, path }: InputFile): Group {
  const open = (context: OpenContext) => openSource(new CachedSource(blobSource(file)), context)
  return { label: path, open, size: file.size, isFolder: false }
}

function folderGroup(files: readonly InputFile[], top: string, label: string): Group {
  const tree = fileTree(
    files.map(({ file, path }) => ({ file, path: path.replace(/^\/+/, '') })),
    top,
  )
  const size = files.reduce((sum, { file }) => sum + file.size, 0)
  return { label, open: (context) => openTree(tree, context), size, isFolder: true }
}

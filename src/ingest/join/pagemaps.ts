/** Pagemaps and the pages images that they lead to, as they lie in an image folder. */
import { FormatError, LimitError } from '../../base/errors.ts'
import { sniffImage } from '../../criu/decode-image.ts'
import type { Defect } from '../../criu/defects.ts'
import { decodePagemap, type Pagemap } from '../../criu/pagemap.ts'
import { blockTable, compressedPages, type BlockCache, type BlockSizes } from '../../memory/compressed-pages.ts'
import { gap, type Gap } from '../../memory/gap.ts'
import { oldPages, oldPageSize, readOldRuns } from '../../memory/old-pages.ts'
import { plainPages, type PagesImage } from '../../memory/pages-image.ts'
import { PE, type RunColumns } from '../../memory/runs.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { Evidence } from '../evidence.ts'
import { note } from './records.ts'

/** Whose pages: a process by pid, or a shared object by shmid. */
export interface PagesOwner {
  readonly kind: 'process' | 'shared'
  readonly id: number
}

/** An image folder, and the archive that it is in. */
export interface PagesFolder {
  readonly evidence: Evidence
  /** With trailing slash; '' at the top. */
  readonly dir: string
  /** Id of the opened checkpoint, when it is another one. */
  readonly checkpoint: string | undefined
}

/** How page bytes are stored; `unknown`: compressed in a form that is not known. */
export type Storage = 'plain' | 'compressed' | 'unknown' | 'encrypted' | 'old'

/** A pagemap with what it counts. */
export interface LoadedPages {
  readonly folder: PagesFolder
  /** The pagemap; of the first format the pages image itself. */
  readonly member: CheckpointMember
  /** The pages image. */
  readonly pages: CheckpointMember | undefined
  readonly runs: RunColumns
  readonly blocks: ReadonlyMap<number, BlockSizes>
  readonly presentPages: number
  readonly totalPages: number
  /** Pages said to be in the parent checkpoint. */
  readonly parentPages: number
  /** All addresses or-ed together: what divides it divides each. */
  readonly addressBits: bigint
  readonly storage: Storage
  /** Whether the pagemap could not be read whole. */
  readonly damaged: boolean
  /** Stored pages outside of compressed blocks; bytes of the blocks, undefined when padding makes them more. */
  readonly rawPages: number
  readonly blockBytes: number | undefined
}

/** Largest pagemap image that is read. */
const PAGEMAP_BYTES = 256 * 1024 * 1024

export function pagemapName({ kind, id }: PagesOwner): string {
  return kind === 'process' ? `pagemap-${id}.img` : `pagemap-shmem-${id}.img`
}

/** Reads what a folder has of an owner's pages; undefined when it has none. `first`: its defects are told. */
export async function loadPages(
  folder: PagesFolder,
  owner: PagesOwner,
  first: boolean,
): Promise<LoadedPages | undefined> {
  const { evidence, dir } = folder
  const member = evidence.member(dir + pagemapName(owner))
  if (!member) return loadOldPages(folder, owner)
  if (member.type !== 'file') return undefined
  const bytes = await evidence.body(member, PAGEMAP_BYTES)
  const map = bytes && tryPagemap(evidence, member, bytes)
  if (!map) return undefined
  if (first) for (const defect of map.defects) noteDefect(evidence, member, defect)
  const number = map.pagesId
  const pages = number === undefined ? undefined : evidence.member(`${dir}pages-${number}.img`)
  const isOther = pages === undefined && evidence.member(`${dir}pages-${number ?? ''}.comp.img`) !== undefined
  const isEncrypted = evidence.member(`${dir}cipher.img`) !== undefined
  return {
    ...{ folder, member, pages: pages?.type === 'file' ? pages : undefined },
    ...counts({ address: map.vaddr, pages: map.pages, flags: map.flags }, blocksOf(map)),
    damaged: map.defects.some(({ severity, code }) => severity === 'error' && code !== 'encrypted'),
    storage: isEncrypted ? 'encrypted' : isOther ? 'unknown' : storageOf(map),
  }
}

function blocksOf({ compression }: Pagemap): Map<number, BlockSizes> {
  const blocks = new Map<number, BlockSizes>()
  for (const [row, { blockSizes, pagesPerBlock, padded }] of compression)
    if (pagesPerBlock !== undefined) blocks.set(row, { blockSizes, pagesPerBlock, padded })
  return blocks
}

type Counts = Pick<
  LoadedPages,
  'runs' | 'blocks' | 'presentPages' | 'totalPages' | 'parentPages' | 'addressBits' | 'rawPages' | 'blockBytes'
>

function counts(runs: RunColumns, blocks: ReadonlyMap<number, BlockSizes>): Counts {
  const sums = { presentPages: 0, totalPages: 0, parentPages: 0, rawPages: 0 }
  let addressBits = 0n
  let blockBytes: number | undefined = 0
  for (let i = 0; i < runs.pages.length; i++) {
    const count = runs.pages[i] ?? 0
    const flags = runs.flags[i] ?? 0
    addressBits |= runs.address[i] ?? 0n
    sums.totalPages += count
    if (flags & PE.present) {
      sums.presentPages += count
      const packed = blocks.get(i)
      if (packed?.padded === true || flags & PE.aligned) blockBytes = undefined
      if (!packed) sums.rawPages += count
      else if (blockBytes !== undefined) for (const size of packed.blockSizes) blockBytes += size
    } else if (flags & PE.parent) sums.parentPages += count
  }
  return { runs, blocks, ...sums, addressBits, blockBytes }
}

function storageOf(map: Pagemap): Storage {
  if (map.encrypted) return 'encrypted'
  if (map.defects.some(({ code }) => code === 'unsupported')) return 'unknown'
  return map.compression.size > 0 ? 'compressed' : 'plain'
}

function noteDefect(evidence: Evidence, member: CheckpointMember, { severity, code, message, at }: Defect): void {
  const origin = { member: member.index, ...(at ?? { offset: 0, length: member.size }) }
  note(evidence, severity, code, `${member.name}: ${message}`, {
    origin,
    subject: { kind: 'member', index: member.index },
  })
}

function tryPagemap(evidence: Evidence, member: CheckpointMember, bytes: Uint8Array): Pagemap | undefined {
  const origin = { member: member.index, offset: 0, length: member.size }
  const sniffed = sniffImage(bytes.subarray(0, 8), member.name)
  if (sniffed && sniffed.type.message !== 'pagemap_head') {
    note(evidence, 'error', 'bad-magic', `${member.name} is no pagemap: it has the magic of ${sniffed.type.name}.`, {
      origin,
    })
    return undefined
  }
  try {
    return decodePagemap(bytes, member.name)
  } catch (error) {
    if (!(error instanceof FormatError || error instanceof LimitError)) throw error
    note(evidence, 'error', 'bad-pagemap', `${member.name}: ${error.message}`, { origin })
    return undefined
  }
}

/** Magic of the first format's pages images, which is the one of pagemaps today (criu/include/magic.h). */
const OLD_MAGIC = [0x25, 0x40, 0x08, 0x56]

async function loadOldPages(folder: PagesFolder, { kind, id }: PagesOwner): Promise<LoadedPages | undefined> {
  const { evidence, dir } = folder
  const member = evidence.member(`${dir}pages-${kind === 'shared' ? 'shmem-' : ''}${id}.img`)
  const pageSize = member && oldPageSize(member.size)
  if (member?.type !== 'file' || pageSize === undefined) return undefined
  try {
    const source = evidence.archive.open(member)
    const magic = await source.read(0, OLD_MAGIC.length, evidence.signal)
    if (!OLD_MAGIC.every((byte, i) => magic[i] === byte)) return undefined
    const runs = await readOldRuns(source, pageSize, evidence.signal)
    return { folder, member, pages: member, ...counts(runs, new Map()), storage: 'old', damaged: false }
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    note(evidence, 'error', error.code, `${member.name}: ${error.message}`)
    return undefined
  }
}

/** The image of stored pages, or why they cannot be located. */
export function imageOf(
  { folder, pages, runs, blocks, storage }: LoadedPages,
  pageSize: number,
  cache: BlockCache,
): PagesImage | Gap {
  if (storage === 'encrypted') return gap('encrypted')
  if (storage === 'unknown') return gap('compressed')
  if (!pages) return gap('pages-missing')
  const { evidence, checkpoint } = folder
  const source = evidence.archive.open(pages)
  if (storage === 'plain') return plainPages(source, pages.index, { checkpoint })
  if (storage === 'old') return oldPages(source, pages.index, oldPageSize(pages.size) ?? pageSize, checkpoint)
  try {
    return compressedPages(source, pages.index, blockTable({ ...runs, blocks }, pageSize), cache, checkpoint)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return gap('compressed')
  }
}

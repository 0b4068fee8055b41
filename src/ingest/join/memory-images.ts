/**
 * The memory of a checkpoint as a whole: pagemaps of processes and shared objects, the pages images they point to,
 * the page size, and the stores that address spaces are built on.
 */
import { absent, type Maybe } from '../../model/absent.ts'
import type { CheckpointMember, MemoryFacts, PagesCheck } from '../../model/checkpoint.ts'
import type { Origin } from '../../model/origin.ts'
import { BlockCache } from '../../memory/compressed-pages.ts'
import { gap, type Gap } from '../../memory/gap.ts'
import { inferPageSize, type PageSizeFinding, type PageSizeSample } from '../../memory/page-size.ts'
import { PageStore, type PageLevel } from '../../memory/page-store.ts'
import { plainPages, type PagesImage } from '../../memory/pages-image.ts'
import { buildRunTable, PE } from '../../memory/runs.ts'
import type { Evidence } from '../evidence.ts'
import { imageDirs, type ImageDirs } from './image-dirs.ts'
import {
  imageOf,
  loadPages,
  pagemapName,
  type LoadedPages,
  type PagesFolder,
  type PagesOwner,
  type Storage,
} from './pagemaps.ts'
import { mapMany, note } from './records.ts'

/** Runs and blocks of all pagemaps that are kept decoded; others are read again when asked for. */
const KEPT_RUNS = 16_000_000
/** Bytes of decoded blocks kept: several of the largest. */
const KEPT_BLOCKS = 32 * 1024 * 1024

/** A parent checkpoint in another archive. */
export interface LinkedParent {
  /** Its image folder and those of its own parents. */
  readonly folders: readonly PagesFolder[]
  /** Why the chain ends there, when a further parent is missing. */
  readonly missing: string | undefined
}

/** An object whose bytes stand in the image that describes it, as old versions of CRIU wrote System V segments. */
export interface InlineObject {
  readonly member: CheckpointMember
  readonly origin: Origin
  /** Bytes of the content in the member. */
  readonly offset: number
  readonly length: number
}

export interface MemoryInput {
  readonly owners: readonly PagesOwner[]
  /** By number of the shared object. */
  readonly inline: ReadonlyMap<number, InlineObject>
  /** All mapping bounds or-ed together. */
  readonly addressBits: bigint
  /** core_entry.mtype */
  readonly machine: number | undefined
  readonly parent: LinkedParent | undefined
}

export class MemoryImages {
  readonly facts: MemoryFacts
  readonly pageSize: number | undefined
  /** Image folders, the checkpoint's own first, then its parents'. */
  readonly folders: readonly PagesFolder[]
  /** What is wanted of a parent in another archive: by the link's target, for these processes and objects. */
  readonly wanted: { readonly link: string | undefined; readonly owners: readonly PagesOwner[] } | undefined
  /** The last image folder of the chain that is in the archive itself. */
  readonly ownFolder: PagesFolder | undefined
  /** Where the parent should be, when it is neither in the archive nor linked. */
  readonly missing: string | undefined
  readonly #evidence: Evidence
  readonly #inline: ReadonlyMap<number, InlineObject>
  readonly #loaded = new KeptPages()
  readonly #counts: ReadonlyMap<string, Count>
  readonly #images = new Map<string, PagesImage>()
  readonly #blocks = new BlockCache(KEPT_BLOCKS)

  private constructor(evidence: Evidence, chain: Chain, inline: MemoryInput['inline'], found: Found) {
    this.#evidence = evidence
    this.folders = chain.folders
    this.missing = chain.missing
    this.#inline = inline
    this.wanted = found.wanted
    this.ownFolder = chain.folders.findLast(({ checkpoint }) => checkpoint === undefined)
    this.facts = found.facts
    this.pageSize = found.pageSize
    this.#counts = found.counts
    const [own] = chain.folders
    if (own) for (const [owner, loaded] of found.loaded) this.#loaded.put(own, owner, loaded)
  }

  /** Reads the pagemaps of these owners, finds the page size and checks sizes. */
  static async open(evidence: Evidence, input: MemoryInput): Promise<MemoryImages> {
    const dirs = imageDirs(evidence)
    const chain = chainOf(evidence, dirs, input.parent)
    const [own] = chain.folders
    const loaded = new Map<PagesOwner, LoadedPages>()
    let runs = 0
    const all = await mapMany(evidence, input.owners, async (owner) => {
      const found = own && (await loadPages(own, owner, true))
      if (found && (runs += weightOf(found)) <= KEPT_RUNS) loaded.set(owner, found)
      return found && countOf(owner, found)
    })
    const counts = all.filter((item) => item !== undefined)
    const bits = counts.reduce((sum, item) => sum | item.addressBits, input.addressBits)
    const size = inferPageSize(counts.map(sampleOf), bits, input.machine)
    reportStorage(evidence, size, counts)
    reportParent(evidence, dirs, chain, counts)
    const checks = counts.map((item) => checkOf(item, size.pageSize))
    for (const check of checks) reportCheck(evidence, check)
    const pageSize: Maybe<number> = size.pageSize ?? absent('unparsable', size.reason)
    return new MemoryImages(evidence, chain, input.inline, {
      ...{ facts: { pageSize, pageSizeReason: size.reason, checks }, pageSize: size.pageSize, loaded },
      counts: new Map(counts.map((item) => [pagemapName(item.owner), item])),
      wanted: wantedOf(dirs, counts),
    })
  }

  /** What is stored of an owner's pages; undefined when nothing is said of them. */
  count(
    owner: PagesOwner,
  ): Pick<Count, 'presentPages' | 'totalPages' | 'parentPages' | 'damaged' | 'origin'> | undefined {
    const counted = this.#counts.get(pagemapName(owner))
    const inline = counted || owner.kind === 'process' ? undefined : this.#inline.get(owner.id)
    if (!inline) return counted
    const pages = this.pageSize === undefined ? 0 : Math.ceil(inline.length / this.pageSize)
    return { presentPages: pages, totalPages: pages, parentPages: 0, damaged: false, origin: inline.origin }
  }

  /** The pages of an owner, over this checkpoint and its parents; a gap that holds for all when there are none. */
  async store(owner: PagesOwner, narrow = false): Promise<PageStore | Gap | undefined> {
    if (!this.count(owner)) return undefined
    const { pageSize } = this
    if (pageSize === undefined) return gap('no-page-size')
    if (!this.#counts.has(pagemapName(owner))) return this.#inlineStore(owner.id, pageSize)
    const levels: PageLevel[] = []
    let isDamaged = false
    for (const folder of this.folders) {
      const loaded = await this.#load(folder, owner)
      if (!loaded) break
      isDamaged ||= loaded.damaged
      const table = buildRunTable(loaded.runs, pageSize, narrow)
      levels.push({ table, pages: this.#image(loaded, pageSize) })
      if (loaded.parentPages === 0) break
    }
    const beyond = gap(levels.length < this.folders.length ? 'parent-hole' : 'parent-missing')
    return new PageStore(pageSize, levels, beyond, isDamaged ? gap('pagemap-damaged') : undefined)
  }

  #inlineStore(shmid: number, pageSize: number): PageStore | undefined {
    const inline = this.#inline.get(shmid)
    if (!inline) return undefined
    const { member, offset, length } = inline
    const image = this.#known(`inline ${shmid}`, () =>
      plainPages(this.#evidence.archive.open(member), member.index, {
        ...{ start: offset, size: length, end: gap('object-end') },
      }),
    )
    const pages = Float64Array.of(Math.ceil(length / pageSize))
    const table = buildRunTable({ address: BigUint64Array.of(0n), pages, flags: [PE.present] }, pageSize)
    return new PageStore(pageSize, [{ table, pages: image }])
  }

  #image(loaded: LoadedPages, pageSize: number): PagesImage | Gap {
    const { folder, member } = loaded
    return this.#known(`${folder.checkpoint ?? ''} ${member.index}`, () => imageOf(loaded, pageSize, this.#blocks))
  }

  /** Images are made once: searches tell by them that two processes have the same memory. */
  #known<T extends PagesImage | Gap>(key: string, make: () => T): PagesImage | T {
    const known = this.#images.get(key)
    if (known) return known
    const made = make()
    if ('id' in made) this.#images.set(key, made)
    return made
  }

  async #load(folder: PagesFolder, owner: PagesOwner): Promise<LoadedPages | undefined> {
    const known = this.#loaded.get(folder, owner)
    const loaded = known ?? (await loadPages(folder, owner, false))
    if (loaded) this.#loaded.put(folder, owner, loaded)
    return loaded
  }
}

/** Pages that are stored. */
export interface StoredPages {
  readonly presentPages: number
  /** A pagemap breaks off: there may be more than could be counted. */
  readonly damaged: boolean
}

/** Their bytes; absent when they are not all of them. */
export function storedBytes({ presentPages, damaged }: StoredPages, pageSize: number): Maybe<number> {
  const bytes = presentPages * pageSize
  return damaged ? absent('unreadable', `A pagemap is damaged: ${bytes} bytes are stored, and maybe more.`) : bytes
}

interface Found {
  readonly facts: MemoryFacts
  readonly pageSize: number | undefined
  readonly counts: ReadonlyMap<string, Count>
  readonly loaded: ReadonlyMap<PagesOwner, LoadedPages>
  readonly wanted: MemoryImages['wanted']
}

function wantedOf({ dirs, missing }: ImageDirs, counts: readonly Count[]): MemoryImages['wanted'] {
  const owners = counts.filter(({ parentPages }) => parentPages > 0).map(({ owner }) => owner)
  const isWanted = owners.length > 0 && (missing !== undefined || dirs.length === 1)
  return isWanted ? { link: missing, owners } : undefined
}

type Chain = Pick<MemoryImages, 'folders' | 'missing'>

/** Own folders, then those of a parent in another archive. */
function chainOf(evidence: Evidence, { dirs, missing }: ImageDirs, parent: LinkedParent | undefined): Chain {
  const own = dirs.map((dir) => ({ evidence, dir, checkpoint: undefined }))
  return parent ? { folders: [...own, ...parent.folders], missing: parent.missing } : { folders: own, missing }
}

/** What is remembered of a pagemap whose runs may be dropped. */
interface Count extends StoredPages {
  readonly owner: PagesOwner
  readonly origin: Origin
  readonly totalPages: number
  readonly parentPages: number
  readonly rawPages: number
  readonly blockBytes: number | undefined
  readonly storage: Storage
  readonly imageSize: number | undefined
  readonly pagesMember: number | undefined
  readonly addressBits: bigint
}

function countOf(owner: PagesOwner, loaded: LoadedPages): Count {
  const { member, pages, presentPages, totalPages, parentPages, rawPages, blockBytes, storage, damaged, addressBits } =
    loaded
  return {
    ...{ owner, presentPages, totalPages, parentPages, rawPages, blockBytes, storage, damaged, addressBits },
    origin: { member: member.index, offset: 0, length: member.size },
    imageSize: pages?.size,
    pagesMember: pages?.index,
  }
}

/** What the size of the image tells of the page size: pages that are stored as they are. */
function sampleOf({ storage, presentPages, rawPages, blockBytes, imageSize }: Count): PageSizeSample {
  if (storage === 'old' && imageSize !== undefined) return { presentPages, imageSize: imageSize - 4 - 8 * presentPages }
  const isTold =
    imageSize !== undefined && blockBytes !== undefined && (storage === 'plain' || storage === 'compressed')
  return { presentPages: rawPages, imageSize: isTold ? imageSize - blockBytes : undefined }
}

function weightOf({ runs, blocks }: LoadedPages): number {
  let weight = runs.pages.length
  for (const { blockSizes } of blocks.values()) weight += blockSizes.length
  return weight
}

/** Decoded pagemaps within a bounded number of runs; the least recently used go first. */
class KeptPages {
  readonly #items = new Map<string, LoadedPages>()
  #runs = 0

  get(folder: PagesFolder, owner: PagesOwner): LoadedPages | undefined {
    return this.#items.get(keyOf(folder, owner))
  }

  put(folder: PagesFolder, owner: PagesOwner, loaded: LoadedPages): void {
    const key = keyOf(folder, owner)
    if (!this.#items.delete(key)) this.#runs += weightOf(loaded)
    this.#items.set(key, loaded)
    for (const [old, item] of this.#items) {
      if (this.#runs <= KEPT_RUNS || old === key) break
      this.#items.delete(old)
      this.#runs -= weightOf(item)
    }
  }
}

function keyOf({ checkpoint = '', dir }: PagesFolder, owner: PagesOwner): string {
  return `${checkpoint} ${dir}${pagemapName(owner)}`
}

function reportStorage(evidence: Evidence, size: PageSizeFinding, counts: readonly Count[]): void {
  if (counts.length === 0) return
  if (size.pageSize === undefined) note(evidence, 'error', 'page-size-unknown', size.reason)
  else if (size.doubtful) note(evidence, 'warning', 'page-size-doubtful', size.reason)
  const has = (storage: Storage): boolean => counts.some((item) => item.storage === storage)
  if (has('compressed'))
    note(evidence, 'info', 'pages-compressed', 'Memory pages are stored compressed; they are decoded as they are read.')
  if (has('unknown'))
    note(evidence, 'warning', 'pages-compressed-unknown', 'Memory pages are compressed in a form that is not known.')
  if (has('encrypted'))
    note(evidence, 'warning', 'pages-encrypted', 'Memory pages are encrypted: without the key they cannot be read.')
}

function reportParent(evidence: Evidence, dirs: ImageDirs, chain: Chain, counts: readonly Count[]): void {
  const pages = counts.reduce((sum, { parentPages }) => sum + parentPages, 0)
  const linked = chain.folders.length > dirs.dirs.length
  if (dirs.missing !== undefined && !linked)
    note(
      evidence,
      'warning',
      'parent-missing',
      `The parent checkpoint is not in the archive: the link points to ${dirs.missing}.`,
    )
  else if (chain.folders.length === 1 && pages > 0)
    note(
      evidence,
      'warning',
      'parent-missing',
      `${pages} pages of memory are unchanged since a parent checkpoint, which is not in the archive.`,
    )
}

function checkOf(item: Count, pageSize: number | undefined): PagesCheck {
  const { presentPages, rawPages, blockBytes, imageSize, storage } = item
  const isCounted = blockBytes !== undefined && (storage === 'plain' || storage === 'compressed')
  const expectedBytes: Maybe<number> =
    storage === 'old'
      ? (imageSize ?? 0)
      : !isCounted
        ? absent('not-applicable', storage === 'compressed' ? PADDED : `The pages are stored ${HOW[storage]}.`)
        : pageSize === undefined
          ? absent('unparsable', 'The page size is not known.')
          : rawPages * pageSize + blockBytes
  // CRIU removes images that stayed empty.
  const actualBytes: Maybe<number> =
    imageSize ?? (expectedBytes === 0 ? 0 : absent('unreadable', 'The pages image is not in the archive.'))
  return {
    pagemapMember: item.origin.member,
    pagesMember: item.pagesMember,
    kind: item.owner.kind,
    id: item.owner.id,
    presentPages,
    expectedBytes,
    actualBytes,
    ok: typeof expectedBytes !== 'number' && !isCounted ? true : expectedBytes === actualBytes,
  }
}

const PADDED = 'The pages are stored compressed, with room between them.'
const HOW: Readonly<Record<Storage, string>> = {
  plain: 'as they were',
  compressed: 'compressed',
  unknown: 'compressed in a form that is not known',
  encrypted: 'encrypted',
  old: 'as they were',
}

function reportCheck(evidence: Evidence, check: PagesCheck): void {
  if (check.ok) return
  const whose = check.kind === 'process' ? `process ${check.id}` : `shared memory object ${check.id}`
  const origin = { member: check.pagemapMember, offset: 0, length: 0 }
  const text = typeof check.actualBytes === 'number' ? `has ${check.actualBytes} bytes` : 'is missing'
  const message = `The pages image of ${whose} ${text}; its pagemap counts ${check.presentPages} stored pages.`
  note(evidence, 'warning', 'pages-size', message, {
    origin,
    ...(check.kind === 'process' && { subject: { kind: 'process', pid: check.id } as const }),
  })
}

/**
 * The memory of a checkpoint as a whole: pagemaps of processes and shared objects, the pages images they point to,
 * the page size, and the stores that address spaces are built on.
 */
import { FormatError, LimitError } from '../../base/errors.ts'
import { sniffImage } from '../../criu/decode-image.ts'
import { decodePagemap, presentPages, type Pagemap } from '../../criu/pagemap.ts'
import type { Defect } from '../../criu/defects.ts'
import { absent, type Maybe } from '../../model/absent.ts'
import type { CheckpointMember, MemoryFacts, PagesCheck } from '../../model/checkpoint.ts'
import type { Origin } from '../../model/origin.ts'
import type { ByteSource } from '../../archive/source.ts'
import { gap, type Gap } from '../../memory/gap.ts'
import { inferPageSize, type PageSizeFinding } from '../../memory/page-size.ts'
import { PageStore, type PageLevel } from '../../memory/page-store.ts'
import { buildRunTable, type RunColumns, type RunTable } from '../../memory/runs.ts'
import type { Evidence } from '../evidence.ts'
import { imageDirs, type ImageDirs } from './image-dirs.ts'
import { mapMany, note } from './records.ts'

/** Whose pages: a process by pid, or a shared object by shmid. */
export interface PagesOwner {
  readonly kind: 'process' | 'shared'
  readonly id: number
}

/** Runs of all pagemaps that are kept decoded; others are read again when asked for. */
const KEPT_RUNS = 16_000_000

interface Loaded {
  readonly member: CheckpointMember
  readonly pages: CheckpointMember | undefined
  readonly runs: RunColumns
  readonly presentPages: number
  readonly totalPages: number
  /** All addresses or-ed together: what divides it divides each. */
  readonly addressBits: bigint
  readonly storage: Storage
}

/** How page bytes are stored. */
export type Storage = 'plain' | 'compressed' | 'encrypted'

function fileNameOf(owner: PagesOwner): string {
  return owner.kind === 'process' ? `pagemap-${owner.id}.img` : `pagemap-shmem-${owner.id}.img`
}

export class MemoryImages {
  readonly facts: MemoryFacts
  readonly pageSize: number | undefined
  readonly #evidence: Evidence
  readonly #dirs: ImageDirs
  /** By member name. */
  readonly #loaded: KeptPagemaps
  readonly #counts: ReadonlyMap<string, Count>
  readonly #sources = new Map<number, ByteSource>()

  private constructor(evidence: Evidence, dirs: ImageDirs, loaded: KeptPagemaps, found: Found) {
    this.#evidence = evidence
    this.#dirs = dirs
    this.#loaded = loaded
    this.facts = found.facts
    this.pageSize = found.pageSize
    this.#counts = found.counts
  }

  /**
   * Reads the pagemaps of these owners, finds the page size and checks sizes. `addressBits`: all mapping bounds
   * or-ed together; `machine`: core_entry.mtype.
   */
  static async open(
    evidence: Evidence,
    owners: readonly PagesOwner[],
    addressBits: bigint,
    machine: number | undefined,
  ): Promise<MemoryImages> {
    const dirs = imageDirs(evidence)
    if (dirs.missing !== undefined)
      note(
        evidence,
        'warning',
        'parent-missing',
        `The parent checkpoint is not in the archive: the link points to ${dirs.missing}.`,
      )
    const kept = new KeptPagemaps()
    const all = await mapMany(evidence, owners, async (owner) => {
      const name = evidence.imageDir + fileNameOf(owner)
      const loaded = await loadPagemap(evidence, name, true)
      if (loaded) kept.put(name, loaded)
      return loaded && { owner, ...summary(loaded) }
    })
    const counts = all.filter((item) => item !== undefined)
    const bits = counts.reduce((sum, item) => sum | item.addressBits, addressBits)
    const size = inferPageSize(
      counts.filter((item) => item.plain),
      bits,
      machine,
    )
    report(evidence, size, counts)
    const checks = counts.map((item) => checkOf(item, size.pageSize))
    for (const check of checks) reportCheck(evidence, check)
    const pageSize: Maybe<number> = size.pageSize ?? absent('unparsable', size.reason)
    const byOwner = new Map(counts.map((item) => [fileNameOf(item.owner), item]))
    return new MemoryImages(evidence, dirs, kept, {
      facts: { pageSize, pageSizeReason: size.reason, checks },
      pageSize: size.pageSize,
      counts: byOwner,
    })
  }

  /** What the pagemap counts; undefined when there is none. */
  count(owner: PagesOwner): Count | undefined {
    return this.#counts.get(fileNameOf(owner))
  }

  /** Ranged access to a pages image by member index. */
  readonly openPages = (member: number): ByteSource => {
    const known = this.#sources.get(member)
    if (known) return known
    const found = this.#evidence.members[member]
    if (!found) throw new Error(`no member ${member}`)
    const source = this.#evidence.archive.open(found)
    this.#sources.set(member, source)
    return source
  }

  /** The pages of an owner, over this checkpoint and its parents; a gap that holds for all when there are none. */
  async store(owner: PagesOwner, narrow = false): Promise<PageStore | Gap | undefined> {
    if (!this.count(owner)) return undefined
    const { pageSize } = this
    if (pageSize === undefined) return gap('no-page-size')
    const levels: PageLevel[] = []
    for (const dir of this.#dirs.dirs) {
      const loaded = await this.#load(dir + fileNameOf(owner))
      if (!loaded) break
      levels.push(levelOf(loaded, pageSize, narrow))
    }
    const complete = levels.length === this.#dirs.dirs.length && this.#dirs.missing === undefined
    return new PageStore(pageSize, levels, gap(complete && levels.length > 1 ? 'parent-hole' : 'parent-missing'))
  }

  async #load(name: string): Promise<Loaded | undefined> {
    const known = this.#loaded.get(name)
    const loaded = known ?? (await loadPagemap(this.#evidence, name, false))
    if (loaded) this.#loaded.put(name, loaded)
    return loaded
  }
}

interface Found {
  readonly facts: MemoryFacts
  readonly pageSize: number | undefined
  readonly counts: ReadonlyMap<string, Count>
}

/** What is remembered of a pagemap whose runs may be dropped. */
export interface Count {
  readonly owner: PagesOwner
  readonly origin: Origin
  readonly presentPages: number
  readonly totalPages: number
  readonly plain: boolean
  readonly storage: Storage
  readonly imageSize: number | undefined
  readonly pagesMember: number | undefined
  readonly addressBits: bigint
}

function summary(loaded: Loaded): Omit<Count, 'owner'> {
  return {
    origin: { member: loaded.member.index, offset: 0, length: loaded.member.size },
    presentPages: loaded.presentPages,
    totalPages: loaded.totalPages,
    plain: loaded.storage === 'plain',
    storage: loaded.storage,
    imageSize: loaded.pages?.size,
    pagesMember: loaded.pages?.index,
    addressBits: loaded.addressBits,
  }
}

/** Decoded pagemaps within a bounded number of runs; the least recently used go first. */
class KeptPagemaps {
  readonly #items = new Map<string, Loaded>()
  #runs = 0

  get(name: string): Loaded | undefined {
    return this.#items.get(name)
  }

  put(name: string, loaded: Loaded): void {
    if (!this.#items.delete(name)) this.#runs += loaded.runs.pages.length
    this.#items.set(name, loaded)
    for (const [key, item] of this.#items) {
      if (this.#runs <= KEPT_RUNS || key === name) break
      this.#items.delete(key)
      this.#runs -= item.runs.pages.length
    }
  }
}

/** Largest pagemap image that is read. */
const PAGEMAP_BYTES = 256 * 1024 * 1024

async function loadPagemap(evidence: Evidence, name: string, first: boolean): Promise<Loaded | undefined> {
  const member = evidence.member(name)
  if (member?.type !== 'file') return undefined
  const bytes = await evidence.body(member, PAGEMAP_BYTES)
  const map = bytes && tryPagemap(evidence, member, bytes)
  if (!map) return undefined
  if (first) for (const defect of map.defects) noteDefect(evidence, member, defect)
  const folder = name.slice(0, name.lastIndexOf('/') + 1)
  const pages = map.pagesId === undefined ? undefined : evidence.member(`${folder}pages-${map.pagesId}.img`)
  return {
    member,
    pages: pages?.type === 'file' ? pages : undefined,
    runs: { address: map.vaddr, pages: map.pages, flags: map.flags },
    presentPages: presentPages(map),
    totalPages: map.pages.reduce((sum, count) => sum + count, 0),
    addressBits: map.vaddr.reduce((bits, address) => bits | address, 0n),
    storage: storageOf(map),
  }
}

function storageOf(map: Pagemap): Storage {
  if (map.encrypted) return 'encrypted'
  const unknown = map.defects.some((defect) => defect.code === 'unsupported')
  return unknown || map.compression.size > 0 ? 'compressed' : 'plain'
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

function levelOf({ runs, pages, storage }: Loaded, pageSize: number, narrow: boolean): PageLevel {
  const table: RunTable = buildRunTable(runs, pageSize, narrow)
  const unreadable = storage === 'plain' ? undefined : gap(storage)
  return { table, member: pages?.index, unreadable }
}

function report(evidence: Evidence, size: PageSizeFinding, counts: readonly Count[]): void {
  if (counts.length === 0) return
  if (size.pageSize === undefined) note(evidence, 'error', 'page-size-unknown', size.reason)
  else if (size.doubtful) note(evidence, 'warning', 'page-size-doubtful', size.reason)
  for (const storage of ['compressed', 'encrypted'] as const)
    if (counts.some((item) => item.storage === storage))
      note(evidence, 'warning', `pages-${storage}`, `Memory pages are stored ${storage} and cannot be shown yet.`)
}

function checkOf(item: Count, pageSize: number | undefined): PagesCheck {
  const { presentPages, imageSize, plain } = item
  const expectedBytes: Maybe<number> = !plain
    ? absent('not-applicable', `The pages are stored ${item.storage}.`)
    : pageSize === undefined
      ? absent('unparsable', 'The page size is not known.')
      : presentPages * pageSize
  // CRIU removes images that stayed empty.
  const actualBytes: Maybe<number> =
    imageSize ?? (presentPages === 0 ? 0 : absent('unreadable', 'The pages image is not in the archive.'))
  return {
    pagemapMember: item.origin.member,
    pagesMember: item.pagesMember,
    kind: item.owner.kind,
    id: item.owner.id,
    presentPages,
    expectedBytes,
    actualBytes,
    ok: !plain || expectedBytes === actualBytes,
  }
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

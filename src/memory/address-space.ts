/**
 * A process's memory, or a shared memory object, as one sparse range of addresses. The one door for all reads: every
 * byte asked for comes back as itself with its origin, or as part of a gap that says why it cannot be shown.
 */
import { FormatError, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { Origin } from '../model/origin.ts'
import { Batch } from './batch.ts'
import { fileGap, gap, type Gap } from './gap.ts'
import type { PageStore } from './page-store.ts'
import type { PagesImage } from './pages-image.ts'
import { firstRunAfter } from './runs.ts'
import { has, VMA } from './vma-status.ts'

/** A shared memory object: System V segment, anonymous shared memory, memfd. */
export interface MemoryObject {
  readonly shmid: number
  /** Undefined when the archive has no pages of it. */
  readonly store: PageStore | undefined
}

/** What an address space needs to know of a mapping. */
export interface Mapping {
  readonly start: bigint
  readonly end: bigint
  /** Bytes into the mapped object. */
  readonly offset: bigint
  readonly status: number
  /** Mapped file: id in files.img and its name. */
  readonly file: { readonly id: number; readonly name: string } | undefined
  /** Shared memory object behind it. */
  readonly object: MemoryObject | undefined
}

/** A range of addresses whose bytes are stored one after the other. */
export interface StoredExtent {
  readonly address: bigint
  /** Bytes. */
  readonly length: bigint
  readonly image: PagesImage
  /** Byte offset in the image. */
  readonly offset: number
  /** 0: this checkpoint; 1: its parent; and so on. */
  readonly level: number
  readonly gap?: undefined
}

/** A range of addresses with one answer; nothing is read yet. */
export type Extent = StoredExtent | { readonly address: bigint; readonly length: bigint; readonly gap: Gap }

/** Bytes as they were in memory, or a gap. */
export type Segment =
  | {
      readonly address: bigint
      readonly bytes: Uint8Array
      /** Where they are stored; of compressed pages the whole block. In the checkpoint that the image is part of. */
      readonly origin: Origin
      readonly image: PagesImage
      readonly level: number
      readonly gap?: undefined
    }
  | { readonly address: bigint; readonly length: number; readonly gap: Gap }

const TOP = 1n << 64n
/** Longest stretch that is looked at at once: distances in it are exact as numbers. */
const SPAN = 1n << 52n

/** Mappings whose pages come from the kernel of the running machine where they are not stored. */
const KERNEL = VMA.vvar | VMA.vsyscall | VMA.vdso | VMA.socket | VMA.aioRing | VMA.uprobes

/** A stretch of addresses that one mapping explains. */
interface Stretch {
  readonly start: bigint
  readonly end: bigint
  readonly mapping: Mapping
}

export class AddressSpace {
  /** Sorted by start; guard mappings, which lie over others, stand apart. */
  readonly mappings: readonly Mapping[]
  /** Where mappings overlap, which only damaged images have, the one that starts first counts, then the first listed. */
  readonly #stretches: readonly Stretch[]
  readonly #guards: readonly Stretch[]
  /** A gap: nothing is stored. */
  readonly #store: PageStore | Gap
  readonly #outside: Gap

  constructor(mappings: readonly Mapping[], store: PageStore | Gap, outside: Gap = gap('unmapped')) {
    const sorted = mappings
      .filter((m) => m.end > m.start)
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
    this.mappings = sorted.filter((mapping) => !has(mapping.status, VMA.guard))
    this.#stretches = apart(this.mappings)
    this.#guards = apart(sorted.filter((mapping) => has(mapping.status, VMA.guard)))
    this.#store = store
    this.#outside = outside
  }

  /** Whether all mappings are known: what lies outside of them is not mapped. */
  get isWhole(): boolean {
    return this.#outside.kind !== 'mappings-unknown'
  }

  /** Pages images that any byte may be in. */
  images(): ReadonlySet<PagesImage> {
    const stores = [this.#store, ...this.mappings.map(({ object }) => object?.store)]
    return new Set(stores.flatMap((store) => (store && 'images' in store ? store.images : [])))
  }

  /** From the first byte that is stored to behind the last; nothing when none is. */
  bounds(): { readonly from: bigint; readonly to: bigint } {
    let from: bigint | undefined
    let to = 0n
    for (const batch of this.batches(0n, TOP))
      for (let i = 0; i < batch.count; i++) {
        if (batch.answer[i]?.kind !== undefined) continue
        from ??= batch.base + BigInt(batch.from[i] ?? 0)
        to = batch.base + BigInt(batch.to[i] ?? 0)
      }
    return { from: from ?? 0n, to }
  }

  /** The mapping that holds an address. */
  mappingAt(address: bigint): Mapping | undefined {
    const stretch = this.#stretches[firstEndingAfter(this.#stretches, address)]
    return stretch && stretch.start <= address ? stretch.mapping : undefined
  }

  /**
   * Ranges in ascending order that cover the addresses asked for without holes; ranges that follow each other both
   * in memory and in the archive are one.
   */
  *extents(address: bigint, length: bigint): Generator<Extent, void, undefined> {
    let last: Extent | undefined
    for (const batch of this.batches(address, length))
      for (let i = 0; i < batch.count; i++) {
        const next = extentOf(batch, i)
        const joined = last && join(last, next)
        if (last && !joined) yield last
        last = joined ?? next
      }
    if (last) yield last
  }

  /** The same as columns, many ranges at a time and in one reused object; what follows each other is not joined. */
  *batches(address: bigint, length: bigint): Generator<Batch, void, undefined> {
    const end = address + length < TOP ? address + length : TOP
    const batch = new Batch()
    let at = address
    for (let i = firstEndingAfter(this.#stretches, address); at < end; i++) {
      const next = this.#stretches[i]
      const start = next && next.start < end ? next.start : end
      if (start > at) yield* this.#span(batch, at, start, undefined)
      if (!next || next.start >= end) break
      if (start > at) at = start
      const to = next.end < end ? next.end : end
      yield* this.#span(batch, at, to, next.mapping)
      at = to
    }
  }

  /** Reads `length` bytes (at most limits.memoryRead). The segments cover the range without holes. */
  async read(address: bigint, length: number, signal?: AbortSignal): Promise<Segment[]> {
    if (length > limits.memoryRead) throw new LimitError('memoryRead', `a read of ${length} bytes`)
    const segments: Segment[] = []
    for (const extent of this.extents(address, BigInt(Math.max(0, length)))) {
      if (extent.gap) segments.push({ address: extent.address, length: Number(extent.length), gap: extent.gap })
      else segments.push(...(await load(extent, signal)))
    }
    return segments
  }

  *#span(batch: Batch, from: bigint, to: bigint, mapping: Mapping | undefined): Generator<Batch, void, undefined> {
    const store = this.#store
    const hasPages = 'images' in store
    const why = mapping ? reasonOf(mapping, hasPages ? store.silence : store) : this.#outside
    const isSimple = !mapping?.object && (why.kind !== 'untouched' || this.#guards.length === 0)
    for (let at = from; at < to; at += SPAN) {
      const end = at + SPAN < to ? at + SPAN : to
      const length = Number(end - at)
      batch.begin(at, mapping)
      if (!hasPages) yield* this.#behind(batch, 0, length, why)
      else
        for (const part = new RunCursor(store, at, length); part.next();) {
          if (part.run >= 0) addRun(batch, store, part, 0)
          else if (isSimple) batch.add(part.from, part.to, why, 0)
          else yield* this.#behind(batch, part.from, part.to, why)
          if (batch.isFull) yield batch.handOver()
        }
      if (batch.isPending) yield batch.handOver()
    }
  }

  /** Pages of the process itself come first; what they leave open is explained by the mapping. */
  *#behind(batch: Batch, from: number, to: number, why: Gap): Generator<Batch, void, undefined> {
    const { mapping } = batch
    if (mapping?.object) yield* objectRuns(batch, mapping, mapping.object, from, to)
    else if (why.kind === 'untouched') this.#guarded(batch, from, to, why)
    else batch.add(from, to, why, 0)
  }

  #guarded(batch: Batch, from: number, to: number, why: Gap): void {
    const [start, end] = [batch.base + BigInt(from), batch.base + BigInt(to)]
    let at = from
    for (let i = firstEndingAfter(this.#guards, start); i < this.#guards.length; i++) {
      const guard = this.#guards[i]
      if (!guard || guard.start >= end) break
      const low = Math.max(at, Number(guard.start - batch.base))
      const high = Math.min(to, Number(guard.end - batch.base))
      if (low > at) batch.add(at, low, why, 0)
      if (high > low) batch.add(low, high, gap('guard'), 0)
      at = Math.max(at, high)
    }
    if (at < to) batch.add(at, to, why, 0)
  }
}

/** Mappings sorted by start, without what an earlier one covers. */
function apart(mappings: readonly Mapping[]): Stretch[] {
  const stretches: Stretch[] = []
  let covered = 0n
  for (const mapping of mappings) {
    const start = mapping.start > covered ? mapping.start : covered
    if (mapping.end <= start) continue
    stretches.push({ start, end: mapping.end, mapping })
    covered = mapping.end
  }
  return stretches
}

/** Index of the first stretch that ends after an address. */
function firstEndingAfter(stretches: readonly Stretch[], address: bigint): number {
  let low = 0
  let high = stretches.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((stretches[middle]?.end ?? 0n) > address) high = middle
    else low = middle + 1
  }
  return low
}

/** Why a mapping shows nothing where no page of the process is stored; `store`: why it is not known where they are. */
function reasonOf({ status, file, offset }: Mapping, store: Gap | undefined): Gap {
  if (has(status, KERNEL)) return gap('kernel')
  if (has(status, VMA.extPlugin)) return gap('device')
  // Changed pages of a private mapping may be among those that cannot be located.
  if (store && !has(status, VMA.fileShared)) return store
  if (has(status, VMA.filePrivate | VMA.fileShared))
    return file ? fileGap(file, offset, has(status, VMA.fileShared)) : gap('file')
  if (has(status, VMA.anonShared | VMA.sysvIpc | VMA.memfd)) return gap('object-missing')
  return gap('untouched')
}

/** Goes through the `length` bytes from `base` on in parts: runs, and what lies between them. */
class RunCursor {
  /** The part, in bytes from `base`. */
  from = 0
  to = 0
  /** Index of the run in the store; -1 where it says nothing. */
  run = -1
  /** Bytes of the run before the part. */
  skipped = 0
  readonly #store: PageStore
  readonly #first: number
  readonly #within: number
  readonly #length: number
  #next: number

  constructor(store: PageStore, base: bigint, length: number) {
    this.#store = store
    this.#first = Number(base / BigInt(store.pageSize))
    this.#within = Number(base % BigInt(store.pageSize))
    this.#length = length
    this.#next = firstRunAfter(store, this.#first)
  }

  /** Goes on to the next part; false at the end. */
  next(): boolean {
    const { length: runs, start: starts, pages, pageSize } = this.#store
    const length = this.#length
    if (this.to >= length) return false
    const page = this.#next < runs ? (starts[this.#next] ?? 0) : Infinity
    // Exact wherever it matters: page numbers are, and so are distances up to 2^53.
    const start = (page - this.#first) * pageSize - this.#within
    this.from = this.to
    if (start > this.to) {
      this.to = Math.min(start, length)
      this.run = -1
    } else {
      const end = (page + (pages[this.#next] ?? 0) - this.#first) * pageSize - this.#within
      this.to = Math.min(end, length)
      this.run = this.#next++
      this.skipped = this.from - start
    }
    return true
  }
}

/** Adds a run's part at a distance from its place, cut where its image ends. */
function addRun(batch: Batch, store: PageStore, { from, to, run, skipped }: RunCursor, distance: number): void {
  const answer = store.answer(run)
  if (answer.kind !== undefined) {
    batch.add(from + distance, to + distance, answer, 0)
    return
  }
  const offset = (store.offset[run] ?? 0) + skipped
  const end = from + Math.max(0, Math.min(to - from, answer.image.size - offset))
  if (end > from) batch.add(from + distance, end + distance, answer, offset)
  if (end < to) batch.add(end + distance, to + distance, answer.image.end, 0)
}

/** What a mapping shows of its object: the bytes at its offset. */
function* objectRuns(
  batch: Batch,
  mapping: Mapping,
  { store }: MemoryObject,
  from: number,
  to: number,
): Generator<Batch, void, undefined> {
  const base = batch.base + BigInt(from) - mapping.start + mapping.offset
  if (!store || base < 0n || base + BigInt(to - from) > TOP) {
    batch.add(from, to, gap('object-missing'), 0)
    return
  }
  for (const part = new RunCursor(store, base, to - from); part.next();) {
    if (part.run < 0) batch.add(from + part.from, from + part.to, store.silence ?? gap('object-untouched'), 0)
    else addRun(batch, store, part, from)
    if (batch.isFull) yield batch.handOver()
  }
}

function extentOf({ base, from, to, offset, answer, mapping }: Batch, i: number): Extent {
  const start = from[i] ?? 0
  const address = base + BigInt(start)
  const length = BigInt((to[i] ?? 0) - start)
  const found = answer[i] ?? gap('unmapped')
  if (found.kind === undefined)
    return { address, length, image: found.image, offset: offset[i] ?? 0, level: found.level }
  if (!found.file || !mapping) return { address, length, gap: found }
  const file = { id: found.file.id, offset: found.file.offset + (address - mapping.start) }
  return { address, length, gap: { ...found, file } }
}

function join(a: Extent, b: Extent): Extent | undefined {
  const length = a.length + b.length
  if (a.gap) {
    const isSame = a.gap.kind === b.gap?.kind && a.gap.why === b.gap.why && isSameFile(a, b)
    return isSame ? { address: a.address, length, gap: a.gap } : undefined
  }
  if (b.gap || a.image !== b.image || a.offset + Number(a.length) !== b.offset) return undefined
  return { ...a, length }
}

function isSameFile(a: Extent, b: Extent): boolean {
  const one = a.gap?.file
  const two = b.gap?.file
  return one === two || (one?.id === two?.id && one !== undefined && one.offset + a.length === two?.offset)
}

/** The bytes of an extent, in the pieces in which they are stored; those that cannot be decoded are a gap. */
async function load(extent: StoredExtent, signal?: AbortSignal): Promise<Segment[]> {
  const { address, image, offset, level } = extent
  const segments: Segment[] = []
  for (const piece of image.pieces(offset, Number(extent.length))) {
    const at = address + BigInt(piece.offset - offset)
    try {
      const bytes = await image.read(piece.offset, piece.length, signal)
      segments.push({ address: at, bytes, origin: piece.origin, image, level })
    } catch (error) {
      if (!(image.compressed && error instanceof FormatError)) throw error
      segments.push({ address: at, length: piece.length, gap: gap('damaged') })
    }
  }
  return segments
}

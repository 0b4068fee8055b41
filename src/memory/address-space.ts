/**
 * A process's memory, or a shared memory object, as one sparse range of addresses. The one door for all reads: every
 * byte asked for comes back as itself with its origin, or as part of a gap that says why it cannot be shown.
 */
import { LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { ByteSource } from '../archive/source.ts'
import type { Origin } from '../model/origin.ts'
import { fileGap, gap, type Gap } from './gap.ts'
import type { PageExtent, PageStore } from './page-store.ts'
import { has, VMA } from './vma-status.ts'

/** A shared memory object: System V segment, anonymous shared memory, memfd. */
export interface MemoryObject {
  readonly shmid: number
  /** Undefined when the archive has no pagemap for it. */
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
  readonly length: bigint
  readonly member: number
  /** Byte offset in the member. */
  readonly offset: number
  /** 0: this checkpoint; 1: its parent; and so on. */
  readonly level: number
  readonly gap?: undefined
}

/** A range of addresses with one answer; nothing is read yet. */
export type Extent = StoredExtent | { readonly address: bigint; readonly length: bigint; readonly gap: Gap }

/** Bytes as stored, or a gap. */
export type Segment =
  | {
      readonly address: bigint
      readonly bytes: Uint8Array
      readonly origin: Origin
      /** 0: this checkpoint; 1: its parent; and so on. */
      readonly level: number
      readonly gap?: undefined
    }
  | { readonly address: bigint; readonly length: number; readonly gap: Gap }

/** Gives ranged access to a pages image. */
export type OpenPages = (member: number) => ByteSource

const TOP = 1n << 64n

export class AddressSpace {
  /** Sorted by start; guard mappings, which lie over others, stand apart. */
  readonly mappings: readonly Mapping[]
  readonly #guards: readonly Mapping[]
  /** Undefined: nothing is stored, every page is a gap of this kind. */
  readonly #store: PageStore | Gap
  readonly #open: OpenPages
  readonly #outside: Gap

  constructor(mappings: readonly Mapping[], store: PageStore | Gap, open: OpenPages, outside: Gap = gap('unmapped')) {
    const sorted = mappings
      .filter((m) => m.end > m.start)
      .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
    this.mappings = sorted.filter((mapping) => !has(mapping.status, VMA.guard))
    this.#guards = sorted.filter((mapping) => has(mapping.status, VMA.guard))
    this.#store = store
    this.#open = open
    this.#outside = outside
  }

  /** The mapping that holds an address. */
  mappingAt(address: bigint): Mapping | undefined {
    const index = this.#firstAfter(address)
    const mapping = this.mappings[index]
    return mapping && mapping.start <= address ? mapping : undefined
  }

  /**
   * Ranges in ascending order that cover the addresses asked for without holes; ranges that follow each other both
   * in memory and in the archive are one.
   */
  *extents(address: bigint, length: bigint): Generator<Extent, void, undefined> {
    const end = address + length < TOP ? address + length : TOP
    let last: Extent | undefined
    for (const next of this.#pieces(address, end)) {
      const joined = last && join(last, next)
      if (last && !joined) yield last
      last = joined ?? next
    }
    if (last) yield last
  }

  /** Reads `length` bytes (at most limits.memoryRead). The segments cover the range without holes. */
  async read(address: bigint, length: number, signal?: AbortSignal): Promise<Segment[]> {
    if (length > limits.memoryRead) throw new LimitError('memoryRead', `a read of ${length} bytes`)
    const segments: Segment[] = []
    for (const extent of this.extents(address, BigInt(Math.max(0, length)))) {
      if (extent.gap) segments.push({ address: extent.address, length: Number(extent.length), gap: extent.gap })
      else segments.push(...(await this.#load(extent, signal)))
    }
    return segments
  }

  async #load(extent: StoredExtent, signal?: AbortSignal): Promise<Segment[]> {
    const { address, member, offset, level } = extent
    const length = Number(extent.length)
    const source = this.#open(member)
    const there = Math.max(0, Math.min(length, source.size - offset))
    const segments: Segment[] = []
    if (there > 0) {
      const bytes = await source.read(offset, there, signal)
      segments.push({ address, bytes, origin: { member, offset, length: there }, level })
    }
    if (there < length)
      segments.push({ address: address + BigInt(there), length: length - there, gap: gap('truncated') })
    return segments
  }

  #firstAfter(address: bigint): number {
    let low = 0
    let high = this.mappings.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.mappings[middle]?.end ?? 0n) > address) high = middle
      else low = middle + 1
    }
    return low
  }

  *#pieces(from: bigint, to: bigint): Generator<Extent, void, undefined> {
    let at = from
    for (let i = this.#firstAfter(from); i < this.mappings.length && at < to; i++) {
      const mapping = this.mappings[i]
      if (!mapping || mapping.start >= to) break
      if (mapping.start > at) yield* this.#stored(at, mapping.start, undefined)
      if (mapping.start > at) at = mapping.start
      const end = mapping.end < to ? mapping.end : to
      if (end > at) yield* this.#stored(at, end, mapping)
      if (end > at) at = end
    }
    if (at < to) yield* this.#stored(at, to, undefined)
  }

  /** Pages of the process itself first; what they leave open is explained by the mapping. */
  *#stored(from: bigint, to: bigint, mapping: Mapping | undefined): Generator<Extent, void, undefined> {
    const store = this.#store
    if ('kind' in store) {
      yield* this.#behind(from, to, mapping, store)
      return
    }
    for (const piece of inBytes(store, from, to)) {
      if (piece.extent.gap === 'absent') yield* this.#behind(piece.from, piece.to, mapping, undefined)
      else yield located(piece.extent, piece.from, piece.to, piece.offset)
    }
  }

  *#behind(
    from: bigint,
    to: bigint,
    mapping: Mapping | undefined,
    reason: Gap | undefined,
  ): Generator<Extent, void, undefined> {
    if (!mapping) yield { address: from, length: to - from, gap: this.#outside }
    else if (mapping.object) yield* objectExtents(mapping, mapping.object, from, to)
    else yield { address: from, length: to - from, gap: this.#reason(mapping, from, to, reason) }
  }

  #reason(mapping: Mapping, from: bigint, to: bigint, store: Gap | undefined): Gap {
    const { status } = mapping
    if (has(status, VMA.vvar | VMA.vsyscall)) return gap('kernel')
    if (has(status, VMA.extPlugin)) return gap('device')
    // Changed pages of a private mapping may be among those that cannot be located.
    if (store && !has(status, VMA.fileShared)) return store
    if (has(status, VMA.filePrivate | VMA.fileShared)) {
      if (!mapping.file) return gap('file')
      const { id, name } = mapping.file
      return fileGap(name, id, mapping.offset + (from - mapping.start))
    }
    if (isInside(this.#guards, from, to)) return gap('guard')
    if (has(status, VMA.anonShared | VMA.sysvIpc | VMA.memfd)) return gap('object-missing')
    return gap('untouched')
  }
}

/** True when one of the mappings, sorted and apart from each other, holds the whole range. */
function isInside(mappings: readonly Mapping[], from: bigint, to: bigint): boolean {
  let low = 0
  let high = mappings.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((mappings[middle]?.start ?? 0n) <= from) low = middle + 1
    else high = middle
  }
  const last = mappings[low - 1]
  return last !== undefined && last.end >= to
}

/** Extents of pages as byte ranges clipped to [from, to). */
function* inBytes(
  store: PageStore,
  from: bigint,
  to: bigint,
): Generator<{ extent: PageExtent; from: bigint; to: bigint; offset: number }, void, undefined> {
  const size = BigInt(store.pageSize)
  const first = Number(from / size)
  const last = Number((to + size - 1n) / size)
  for (const extent of store.extents(first, last)) {
    const start = BigInt(extent.page) * size
    const end = start + BigInt(extent.pages) * size
    const low = start > from ? start : from
    const high = end < to ? end : to
    if (low < high) yield { extent, from: low, to: high, offset: Number(low - start) }
  }
}

function located(extent: PageExtent, from: bigint, to: bigint, skip: number): Extent {
  if (extent.gap === undefined)
    return {
      address: from,
      length: to - from,
      member: extent.member,
      offset: extent.offset + skip,
      level: extent.level,
    }
  return { address: from, length: to - from, gap: extent.gap === 'absent' ? gap('untouched') : extent.gap }
}

/** A shared mapping's bytes are in the object, at the mapping's offset. */
function* objectExtents(
  mapping: Mapping,
  object: MemoryObject,
  from: bigint,
  to: bigint,
): Generator<Extent, void, undefined> {
  const shift = mapping.offset - mapping.start
  if (!object.store) {
    yield { address: from, length: to - from, gap: gap('object-missing') }
    return
  }
  if (from + shift < 0n || to + shift > TOP) {
    yield { address: from, length: to - from, gap: gap('object-missing') }
    return
  }
  for (const piece of inBytes(object.store, from + shift, to + shift)) {
    if (piece.extent.gap === 'absent')
      yield { address: piece.from - shift, length: piece.to - piece.from, gap: gap('object-untouched') }
    else yield located(piece.extent, piece.from - shift, piece.to - shift, piece.offset)
  }
}

function join(a: Extent, b: Extent): Extent | undefined {
  if (a.gap) {
    if (a.gap.kind !== b.gap?.kind || a.gap.why !== b.gap.why || !sameFile(a, b)) return undefined
    return { address: a.address, length: a.length + b.length, gap: a.gap }
  }
  if (b.gap || a.member !== b.member || a.offset + Number(a.length) !== b.offset) return undefined
  return { ...a, length: a.length + b.length }
}

function sameFile(a: Extent, b: Extent): boolean {
  const one = a.gap?.file
  const two = b.gap?.file
  return one === two || (one?.id === two?.id && one !== undefined && one.offset + a.length === two?.offset)
}

/** How an address space is laid out, as columns that cross to the page in one piece. */
import { limits } from '../base/limits.ts'
import type { Maybe } from '../model/absent.ts'
import type { MappingRow, MemoryLayout, RangeKind, SpaceRef } from '../model/memory.ts'
import type { Vma } from '../model/process.ts'
import type { AddressSpace } from './address-space.ts'
import type { Batch } from './batch.ts'
import type { Gap } from './gap.ts'
import type { Stored } from './page-store.ts'
import { has, VMA } from './vma-status.ts'

const LAST = (1n << 64n) - 1n
const FOUR_GIB = 1n << 32n

/**
 * Lays out the memory of a process between its first and its last mapping, or byte that is stored where not all mappings
 * are known. `vmas` in any order.
 */
export function layoutProcess(
  space: AddressSpace,
  pid: number,
  vmas: readonly Vma[],
  pageSize: Maybe<number>,
): MemoryLayout {
  const sorted = vmas.toSorted((a, b) => Number(isGuard(a)) - Number(isGuard(b)) || compare(a.start, b.start))
  const ranges = new RangeColumns()
  const accounts = sorted.map(() => new Map<RangeKind, bigint>())
  const stored = space.isWhole ? undefined : space.bounds()
  let at = stored && stored.from < stored.to ? stored.from : undefined
  for (const [index, vma] of sorted.entries()) {
    if (vma.end <= vma.start || isGuard(vma)) continue
    if (at !== undefined && vma.start > at) add(ranges, space, at, vma.start, -1, undefined)
    const from = at === undefined || vma.start > at ? vma.start : at
    if (vma.end > from) add(ranges, space, from, vma.end, index, accounts[index])
    if (at === undefined || vma.end > at) at = vma.end
  }
  if (stored && at !== undefined && stored.to > at) add(ranges, space, at, stored.to, -1, undefined)
  const mappings = sorted.map((vma, i) => rowOf(vma, accounts[i] ?? new Map<RangeKind, bigint>(), pageSize))
  const top = sorted.reduce((sum, vma) => (vma.end > sum && !has(vma.status, VMA.vsyscall) ? vma.end : sum), 0n)
  return {
    ...{ space: { kind: 'process', pid }, pageSize, digits: top <= FOUR_GIB ? 8 : 16, mappings },
    ...ranges.columns(),
  }
}

/** Lays out a shared memory object of `size` bytes; addresses are offsets in it. */
export function layoutObject(space: AddressSpace, ref: SpaceRef, size: bigint, pageSize: Maybe<number>): MemoryLayout {
  const ranges = new RangeColumns()
  if (size > 0n) add(ranges, space, 0n, size < LAST ? size : LAST, -1, undefined)
  return { space: ref, pageSize, digits: size <= FOUR_GIB ? 8 : 16, mappings: [], ...ranges.columns() }
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function isGuard({ status }: Vma): boolean {
  return has(status, VMA.guard)
}

function add(
  ranges: RangeColumns,
  space: AddressSpace,
  from: bigint,
  to: bigint,
  mapping: number,
  account: Map<RangeKind, bigint> | undefined,
): void {
  for (const batch of space.batches(from, to - from)) {
    const sums = ranges.add(batch, mapping)
    if (account) for (const [kind, bytes] of sums) account.set(kind, (account.get(kind) ?? 0n) + BigInt(bytes))
  }
}

function rowOf(vma: Vma, account: ReadonlyMap<RangeKind, bigint>, pageSize: Maybe<number>): MappingRow {
  const kinds = [...account].map(([kind, bytes]) => ({ kind, bytes })).sort((a, b) => compare(b.bytes, a.bytes))
  const stored = (account.get('stored') ?? 0n) + (account.get('parent') ?? 0n)
  const presentPages = typeof pageSize === 'number' ? Number(stored / BigInt(pageSize)) : 0
  return { vma: { ...vma, presentPages }, kinds, stored, guard: isGuard(vma) }
}

/** Ranges in ascending order; those that follow one another and have the same answer become one. */
class RangeColumns {
  /** Values of 64 bits as two words each, the low one first: a million bigints take long to make. */
  #start = new Uint32Array(2048)
  #length = new Uint32Array(2048)
  #reason = new Uint32Array(1024)
  #mapping = new Int32Array(1024)
  readonly #reasons: MemoryLayout['reasons'][number][] = []
  readonly #byText = new Map<string, number>()
  readonly #byAnswer = new Map<Stored | Gap, number>()
  #used = 0
  #dropped = 0

  /** Takes the ranges of a batch; gives the bytes of each kind in it. */
  add({ base, count, from, to, answer }: Batch, mapping: number): ReadonlyMap<RangeKind, number> {
    const sums = new Float64Array(this.#reasons.length + count)
    const [low, high] = [Number(base & 0xffffffffn), Number(base >> 32n)]
    for (let i = 0; i < count; i++) {
      const found = answer[i]
      if (!found) break
      const reason = this.#byAnswer.get(found) ?? this.#note(found)
      const start = from[i] ?? 0
      const length = (to[i] ?? 0) - start
      sums[reason] = (sums[reason] ?? 0) + length
      this.#take(low, high, start, length, reason, mapping)
    }
    const kinds = new Map<RangeKind, number>()
    for (const [reason, { kind }] of this.#reasons.entries())
      if (sums[reason]) kinds.set(kind, (kinds.get(kind) ?? 0) + sums[reason])
    return kinds
  }

  columns(): Pick<MemoryLayout, 'start' | 'length' | 'reason' | 'mapping' | 'reasons' | 'dropped'> {
    const words = 2 * this.#used
    return {
      start: new BigUint64Array(this.#start.slice(0, words).buffer),
      length: new BigUint64Array(this.#length.slice(0, words).buffer),
      reason: this.#reason.slice(0, this.#used),
      mapping: this.#mapping.slice(0, this.#used),
      reasons: this.#reasons,
      dropped: this.#dropped,
    }
  }

  #take(low: number, high: number, start: number, length: number, reason: number, mapping: number): void {
    const last = this.#used - 1
    if (last >= 0 && this.#dropped === 0 && this.#reason[last] === reason && this.#mapping[last] === mapping) {
      increase(this.#length, last, length)
      return
    }
    if (this.#used >= limits.layoutRanges) {
      this.#dropped += 1
      return
    }
    const at = this.#used++
    if (at === this.#reason.length) this.#grow()
    this.#start[2 * at] = low
    this.#start[2 * at + 1] = high
    increase(this.#start, at, start)
    increase(this.#length, at, length)
    this.#reason[at] = reason
    this.#mapping[at] = mapping
  }

  #note(found: Stored | Gap): number {
    const [kind, why] = found.kind === undefined ? [kindOf(found), undefined] : [found.kind, found.why]
    const text = `${kind} ${why ?? ''}`
    const reason = this.#byText.get(text) ?? this.#reasons.push({ kind, why }) - 1
    this.#byText.set(text, reason)
    this.#byAnswer.set(found, reason)
    return reason
  }

  #grow(): void {
    const room = 2 * this.#reason.length
    const [start, length, reason, mapping] = [this.#start, this.#length, this.#reason, this.#mapping]
    this.#start = new Uint32Array(2 * room)
    this.#length = new Uint32Array(2 * room)
    this.#reason = new Uint32Array(room)
    this.#mapping = new Int32Array(room)
    this.#start.set(start)
    this.#length.set(length)
    this.#reason.set(reason)
    this.#mapping.set(mapping)
  }
}

function kindOf({ level }: Stored): RangeKind {
  return level > 0 ? 'parent' : 'stored'
}

/** Adds to one of the values of 64 bits; `bytes` is exact, below 2^53. */
function increase(words: Uint32Array, index: number, bytes: number): void {
  const low = (words[2 * index] ?? 0) + (bytes % 2 ** 32)
  words[2 * index] = low
  words[2 * index + 1] = (words[2 * index + 1] ?? 0) + Math.floor(bytes / 2 ** 32) + (low >= 2 ** 32 ? 1 : 0)
}

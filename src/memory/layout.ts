/** How an address space is laid out, as columns that cross to the page in one piece. */
import { limits } from '../base/limits.ts'
import type { Maybe } from '../model/absent.ts'
import type { MappingRow, MemoryLayout, RangeKind, SpaceRef } from '../model/memory.ts'
import type { Vma } from '../model/process.ts'
import type { AddressSpace, Extent } from './address-space.ts'
import { has, VMA } from './vma-status.ts'

const TOP = 1n << 64n
const FOUR_GIB = 1n << 32n

/** Lays out the memory of a process between its first and its last mapping. `vmas` in any order. */
export function layoutProcess(
  space: AddressSpace,
  pid: number,
  vmas: readonly Vma[],
  pageSize: Maybe<number>,
): MemoryLayout {
  const sorted = vmas.toSorted((a, b) => Number(isGuard(a)) - Number(isGuard(b)) || compare(a.start, b.start))
  const ranges = new RangeColumns()
  const accounts = sorted.map(() => new Map<RangeKind, bigint>())
  let at: bigint | undefined
  for (const [index, vma] of sorted.entries()) {
    if (vma.end <= vma.start || isGuard(vma)) continue
    if (at !== undefined && vma.start > at) add(ranges, space, at, vma.start, -1, undefined)
    const from = at === undefined || vma.start > at ? vma.start : at
    if (vma.end > from) add(ranges, space, from, vma.end, index, accounts[index])
    if (at === undefined || vma.end > at) at = vma.end
  }
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
  if (size > 0n) add(ranges, space, 0n, size, -1, undefined)
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
  for (const extent of space.extents(from, to - from)) {
    const kind = kindOf(extent)
    ranges.add(extent.address, extent.length, kind, extent.gap?.why, mapping)
    account?.set(kind, (account.get(kind) ?? 0n) + extent.length)
  }
}

function kindOf(extent: Extent): RangeKind {
  if (extent.gap) return extent.gap.kind
  return extent.level > 0 ? 'parent' : 'stored'
}

function rowOf(vma: Vma, account: ReadonlyMap<RangeKind, bigint>, pageSize: Maybe<number>): MappingRow {
  const kinds = [...account].map(([kind, bytes]) => ({ kind, bytes })).sort((a, b) => compare(b.bytes, a.bytes))
  const stored = (account.get('stored') ?? 0n) + (account.get('parent') ?? 0n)
  const presentPages = typeof pageSize === 'number' ? Number(stored / BigInt(pageSize)) : 0
  return { vma: { ...vma, presentPages }, kinds, stored, guard: isGuard(vma) }
}

/** Ranges in ascending order; those that follow one another and have the same answer become one. */
class RangeColumns {
  #start = new BigUint64Array(1024)
  #length = new BigUint64Array(1024)
  #reason = new Uint32Array(1024)
  #mapping = new Int32Array(1024)
  readonly #reasons: { kind: RangeKind; why: string | undefined }[] = []
  readonly #known = new Map<string, number>()
  #used = 0
  #dropped = 0

  add(start: bigint, length: bigint, kind: RangeKind, why: string | undefined, mapping: number): void {
    const reason = this.#reasonOf(kind, why)
    const last = this.#used - 1
    if (last >= 0 && this.#dropped === 0 && this.#reason[last] === reason && this.#mapping[last] === mapping) {
      this.#length[last] = (this.#length[last] ?? 0n) + length
      return
    }
    if (this.#used >= limits.layoutRanges) {
      this.#dropped += 1
      return
    }
    if (this.#used === this.#start.length) this.#grow()
    this.#start[this.#used] = start
    this.#length[this.#used] = length < TOP ? length : TOP - 1n
    this.#reason[this.#used] = reason
    this.#mapping[this.#used] = mapping
    this.#used += 1
  }

  columns(): Pick<MemoryLayout, 'start' | 'length' | 'reason' | 'mapping' | 'reasons' | 'dropped'> {
    return {
      start: this.#start.slice(0, this.#used),
      length: this.#length.slice(0, this.#used),
      reason: this.#reason.slice(0, this.#used),
      mapping: this.#mapping.slice(0, this.#used),
      reasons: this.#reasons,
      dropped: this.#dropped,
    }
  }

  #reasonOf(kind: RangeKind, why: string | undefined): number {
    const key = `${kind} ${why ?? ''}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    this.#known.set(key, this.#reasons.length)
    return this.#reasons.push({ kind, why }) - 1
  }

  #grow(): void {
    const size = this.#start.length * 2
    const larger = <T extends { set(from: T): void }>(made: T, old: T): T => {
      made.set(old)
      return made
    }
    this.#start = larger(new BigUint64Array(size), this.#start)
    this.#length = larger(new BigUint64Array(size), this.#length)
    this.#reason = larger(new Uint32Array(size), this.#reason)
    this.#mapping = larger(new Int32Array(size), this.#mapping)
  }
}

/** Made-up layouts of memory, for tests of what draws them. */
import type { MappingRow, MemoryLayout, RangeKind } from '../../src/model/memory.ts'
import type { Vma } from '../../src/model/process.ts'

export interface RangeSketch {
  readonly start: bigint
  readonly length: bigint
  readonly kind: RangeKind
  /** Index of the mapping; none: -1. */
  readonly mapping?: number
}

export function vmaOf(start: bigint, end: bigint, more: Partial<Vma> = {}): Vma {
  return {
    ...{ start, end, offset: 0n, prot: 3, flags: 0x22, status: 0x201, shmid: 0n, name: '[heap]', fileId: undefined },
    ...{ madvise: 0n, presentPages: 0, origin: { member: 0, offset: 0, length: 0 }, path: undefined },
    ...more,
  }
}

export function rowOf(vma: Vma, stored = 0n, more: Partial<MappingRow> = {}): MappingRow {
  const rest = vma.end - vma.start - stored
  return {
    ...{ vma, stored, guard: false },
    kinds: [
      { kind: 'stored', bytes: stored },
      { kind: 'untouched', bytes: rest },
    ],
    ...more,
  }
}

export function layoutOf(ranges: readonly RangeSketch[], mappings: readonly MappingRow[] = []): MemoryLayout {
  const kinds = [...new Set(ranges.map(({ kind }) => kind))]
  return {
    space: { kind: 'process', pid: 1 },
    pageSize: 4096,
    digits: 16,
    mappings,
    start: BigUint64Array.from(ranges, ({ start }) => start),
    length: BigUint64Array.from(ranges, ({ length }) => length),
    reason: Uint32Array.from(ranges, ({ kind }) => kinds.indexOf(kind)),
    mapping: Int32Array.from(ranges, ({ mapping }) => mapping ?? -1),
    reasons: kinds.map((kind) => ({ kind, why: kind === 'stored' ? undefined : `${kind} it is` })),
    dropped: 0,
  }
}

/** Start and bytes of what is stored; ranges that follow one another are one. */
export function storedStretches({ start, length, reason, reasons }: MemoryLayout): [start: number, bytes: number][] {
  const found: [number, number][] = []
  for (let i = 0; i < start.length; i++) {
    if (reasons[reason[i] ?? 0]?.why !== undefined) continue
    const [from, bytes] = [Number(start[i]), Number(length[i])]
    const last = found.at(-1)
    if (last && last[0] + last[1] === from) last[1] += bytes
    else found.push([from, bytes])
  }
  return found
}

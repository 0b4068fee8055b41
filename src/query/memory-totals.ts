/** Sums over mappings, and what of mapped files was written to. */
import type { MappingRow, RangeKind } from '../model/memory.ts'
import { extentOf } from './memory-summary.ts'

const MAP_SHARED = 1

export function bytesOf({ kinds }: MappingRow, kind: RangeKind): bigint {
  return kinds.find((entry) => entry.kind === kind)?.bytes ?? 0n
}

/**
 * Bytes of a private mapping of a file that are stored: they were copied when something wrote to them (the process, its loader, a
 * tracer). They may equal the file again: CRIU's parasite borrows a page of code (compel/src/lib/infect.c). Undefined for other
 * mappings.
 */
export function modifiedBytes(row: MappingRow): bigint | undefined {
  const { fileId, flags } = row.vma
  return fileId !== undefined && (flags & MAP_SHARED) === 0 ? row.stored : undefined
}

export interface MemoryTotals {
  readonly count: number
  readonly size: bigint
  /** With what is in an opened parent. */
  readonly stored: bigint
  readonly parent: bigint
  readonly modified: bigint
}

/** Guard mappings lie over others and are not counted. */
export function totalsOf(rows: readonly MappingRow[]): MemoryTotals {
  let [count, size, stored, parent, modified] = [0, 0n, 0n, 0n, 0n]
  for (const row of rows) {
    if (row.guard) continue
    count += 1
    size += extentOf(row.vma)
    stored += row.stored
    parent += bytesOf(row, 'parent')
    modified += modifiedBytes(row) ?? 0n
  }
  return { count, size, stored, parent, modified }
}

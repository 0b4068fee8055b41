/** Sorting of table rows: by several keys, stable, values that are absent last whatever the direction. */
import { atOnce, type Steps } from '../base/steps.ts'
import { cellSortValue, type SortValue } from './cell.ts'
import type { Column } from './column.ts'
import type { RowList } from './row-list.ts'

export interface SortKey {
  readonly column: string
  readonly direction: 'ascending' | 'descending'
}

/** Order of two present values: numbers (number and bigint alike) by value, then text by code unit. */
function comparePresent(a: string | number | bigint, b: string | number | bigint): number {
  const aText = typeof a === 'string'
  if (aText !== (typeof b === 'string')) return aText ? 1 : -1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Compares two sort values; undefined and NaN come last in both directions. */
export function compareSortValues(a: SortValue, b: SortValue, sign: 1 | -1): number {
  const aAbsent = a === undefined || Number.isNaN(a)
  const bAbsent = b === undefined || Number.isNaN(b)
  if (aAbsent || bAbsent) return aAbsent === bAbsent ? 0 : aAbsent ? 1 : -1
  return sign * comparePresent(a, b)
}

/** Rows that are looked at, or put in order, in one step. */
const STEP = 64
/** Rows that are sorted at once before they are merged. */
const BLOCK = 512

/** Row indices in order; `indices` may be used up. Rows that compare equal keep their order in `rows`. */
export function sortIndices<Row>(
  indices: Uint32Array,
  rows: RowList<Row>,
  columns: readonly Column<Row>[],
  keys: readonly SortKey[],
): Uint32Array {
  return atOnce(sortSteps(indices, rows, columns, keys))
}

/** The same in steps. */
export function* sortSteps<Row>(
  indices: Uint32Array,
  rows: RowList<Row>,
  columns: readonly Column<Row>[],
  keys: readonly SortKey[],
): Steps<Uint32Array> {
  const { quick } = rows
  // Least key first: each sort keeps what the ones before it have done.
  if (quick && keys.toReversed().every((key) => quick.sort(indices, key))) return indices
  const parts: { readonly values: readonly SortValue[]; readonly sign: 1 | -1 }[] = []
  for (const key of keys) {
    const column = columns.find((candidate) => candidate.id === key.column)
    if (!column) continue
    const values: SortValue[] = new Array<SortValue>(rows.length)
    for (const [step, index] of indices.entries()) {
      values[index] = sortValue(column, rows.at(index) as Row)
      if (step % STEP === 0) yield
    }
    parts.push({ values, sign: key.direction === 'ascending' ? 1 : -1 })
  }
  if (parts.length === 0) return indices
  return yield* mergeSteps(indices, (a, b) => {
    for (const { values, sign } of parts) {
      const order = compareSortValues(values[a], values[b], sign)
      if (order !== 0) return order
    }
    return a - b
  })
}

/** Blocks that are sorted, then merged two by two. */
function* mergeSteps(indices: Uint32Array, compare: (a: number, b: number) => number): Steps<Uint32Array> {
  const { length } = indices
  let from = indices
  for (let at = 0; at < length; at += BLOCK) {
    from.subarray(at, at + BLOCK).sort(compare)
    yield
  }
  let to: Uint32Array = new Uint32Array(length)
  for (let width = BLOCK; width < length; width *= 2) {
    for (let low = 0; low < length; low += 2 * width) {
      const middle = Math.min(length, low + width)
      const end = Math.min(length, low + 2 * width)
      let [a, b] = [low, middle]
      for (let at = low; at < end; at++) {
        const isFirst = b >= end || (a < middle && compare(from[a] ?? 0, from[b] ?? 0) <= 0)
        to[at] = from[isFirst ? a++ : b++] ?? 0
        if (at % BLOCK === 0) yield
      }
    }
    ;[from, to] = [to, from]
  }
  return from
}

function sortValue<Row>(column: Column<Row>, row: Row): SortValue {
  return column.sort ? column.sort(row) : cellSortValue(column.cell(row))
}

/** What a click on a header does: ascending → descending → none; with `add` the other keys stay. */
export function nextSort(keys: readonly SortKey[], column: string, add: boolean): SortKey[] {
  const current = keys.find((key) => key.column === column)
  const others = add ? keys.filter((key) => key.column !== column) : []
  if (!current) return [...others, { column, direction: 'ascending' }]
  if (current.direction === 'descending') return others
  const next: SortKey = { column, direction: 'descending' }
  return add ? keys.map((key) => (key.column === column ? next : key)) : [next]
}

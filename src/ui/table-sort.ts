/** Sorting of table rows: by several keys, stable, values that are absent last whatever the direction. */
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

/** Sorts row indices in place. Rows that compare equal keep their order in `rows`. */
export function sortIndices<Row>(
  indices: Uint32Array,
  rows: RowList<Row>,
  columns: readonly Column<Row>[],
  keys: readonly SortKey[],
): Uint32Array {
  const { quick } = rows
  // Least key first: each sort keeps what the ones before it have done.
  if (quick && keys.toReversed().every((key) => quick.sort(indices, key))) return indices
  const parts = keys.flatMap((key) => {
    const column = columns.find((candidate) => candidate.id === key.column)
    if (!column) return []
    const values: SortValue[] = new Array<SortValue>(rows.length)
    for (const index of indices) values[index] = sortValue(column, rows.at(index) as Row)
    return [{ values, sign: key.direction === 'ascending' ? (1 as const) : (-1 as const) }]
  })
  if (parts.length === 0) return indices
  return indices.sort((a, b) => {
    for (const { values, sign } of parts) {
      const order = compareSortValues(values[a], values[b], sign)
      if (order !== 0) return order
    }
    return a - b
  })
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

/** The rows of a table: an array, or a list that makes a row when it is asked for one. */
import type { FilterTerm } from './table-filter.ts'
import type { SortKey } from './table-sort.ts'

export interface RowList<Row> {
  readonly length: number
  at(index: number): Row | undefined
  /** For lists of a million rows; without, the table looks at row after row. */
  readonly quick?: QuickRows | undefined
}

/** What a list can do quicker than by looking at row after row. */
export interface QuickRows {
  /** 1 for each row that meets the term, its negation not yet applied; undefined when there is no quick way to tell. */
  meets(term: FilterTerm): Uint8Array | undefined
  /** Sorts indices in place; equal rows keep their order, absent values come last. False when there is no quick way. */
  sort(indices: Uint32Array, key: SortKey): boolean
  /** For each row a number that is the same where the cell of a column is; undefined when there is none. */
  codes(column: string): ArrayLike<number> | undefined
  /** Index of the row with this key, -1 when there is none. */
  indexOf(key: string): number
}

/** Distinct strings as rows of a table: columns underneath, a row only where one is looked at. */
import { orderByKeys, orderByNumbers } from '../../base/order.ts'
import type { FoundString, StringList } from '../../model/search.ts'
import { lengthAt, sortByText, stringAt, TextFinder } from '../../query/string-list.ts'
import { cellSearchText, cellSortValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import type { QuickRows, RowList } from '../../ui/row-list.ts'
import { compares, toNumber, type FilterTerm } from '../../ui/table-filter.ts'
import { compareSortValues, type SortKey } from '../../ui/table-sort.ts'

export type StringRow = FoundString & { readonly index: number }

/** Columns whose cells are the same for all strings of one encoding, owner or mapping. */
const FEW = ['encoding', 'process', 'mapping', 'permissions'] as const

export class StringRows implements RowList<StringRow>, QuickRows {
  readonly length: number
  readonly quick = this
  readonly #list: StringList
  readonly #columns: ReadonlyMap<string, Column<StringRow>>
  #finder: TextFinder | undefined

  constructor(list: StringList, columns: readonly Column<StringRow>[]) {
    this.#list = list
    this.#columns = new Map(columns.map((column) => [column.id, column]))
    this.length = list.count
  }

  at(index: number): StringRow {
    return { ...stringAt(this.#list, index), index }
  }

  indexOf(key: string): number {
    return Number(key)
  }

  /** A word without a column is looked for in the string, its encoding, process, mapping and protection. */
  meets({ column, operator, value }: FilterTerm): Uint8Array | undefined {
    if (column === undefined) {
      const marks = this.#holding(value)
      for (const id of FEW) this.#mark(marks, id, (text) => text.includes(value))
      return marks
    }
    if (column === 'text') return operator === 'has' ? this.#holding(value) : undefined
    if (column === 'count' || column === 'length') {
      const wanted = toNumber(value)
      if (wanted === undefined || operator === 'has' || operator === 'present') return undefined
      const number = this.#numbers(column)
      return Uint8Array.from({ length: this.length }, (_, i) =>
        (operator === 'is' ? number(i) === Number(wanted) : compares(operator, number(i), wanted)) ? 1 : 0,
      )
    }
    if (!this.codes(column) || (operator !== 'has' && operator !== 'is' && operator !== 'present')) return undefined
    const marks = new Uint8Array(this.length)
    this.#mark(marks, column, (text) =>
      operator === 'has' ? text.includes(value) : operator === 'is' ? text === value : text !== '',
    )
    return marks
  }

  codes(column: string): ArrayLike<number> | undefined {
    const { codes, owners, mappings } = this.#list
    if (column === 'encoding') return codes
    if (column === 'process') return owners
    return column === 'mapping' || column === 'permissions' ? mappings : undefined
  }

  sort(indices: Uint32Array, { column, direction }: SortKey): boolean {
    const backwards = direction === 'descending'
    // Sorted upwards from the other end, equal ones keep their order when all is turned round again.
    if (backwards) indices.reverse()
    const done = this.#sortUpwards(indices, column, backwards)
    if (backwards) indices.reverse()
    return done
  }

  #sortUpwards(indices: Uint32Array, column: string, absentFirst: boolean): boolean {
    const { addresses, count } = this.#list
    switch (column) {
      case 'text':
        sortByText(this.#list, indices)
        return true
      case 'count':
      case 'length': {
        const number = this.#numbers(column)
        orderByNumbers(
          indices,
          Float64Array.from({ length: count }, (_, i) => number(i)),
        )
        return true
      }
      case 'address': {
        const halves = new Uint32Array(addresses.buffer)
        const low = halves.filter((_, i) => i % 2 === 0)
        orderByKeys(
          indices,
          low,
          halves.filter((_, i) => i % 2 === 1),
        )
        return true
      }
      default: {
        const rank = this.#ranks(column, absentFirst)
        const codes = this.codes(column)
        if (codes)
          orderByNumbers(
            indices,
            Float64Array.from(codes, (code) => rank.get(code) ?? 0),
          )
        return codes !== undefined
      }
    }
  }

  /** Each code of a column with the place of its value among all. */
  #ranks(id: string, absentFirst: boolean): ReadonlyMap<number, number> {
    const column = this.#columns.get(id)
    const values = [...this.#examples(id)].map(([code, index]) => {
      const row = this.at(index)
      return { code, value: column?.sort ? column.sort(row) : column && cellSortValue(column.cell(row)) }
    })
    values.sort((a, b) => compareSortValues(a.value, b.value, 1))
    const ranks = new Map<number, number>()
    let rank = 1
    for (const [i, { code, value }] of values.entries()) {
      if (i > 0 && compareSortValues(values[i - 1]?.value, value, 1) !== 0) rank += 1
      ranks.set(code, value === undefined && absentFirst ? 0 : rank)
    }
    return ranks
  }

  /** For each code of a column a string that has it. */
  #examples(id: string): ReadonlyMap<number, number> {
    const examples = new Map<number, number>()
    const codes = this.codes(id) ?? []
    for (let i = 0; i < codes.length; i++) if (!examples.has(codes[i] ?? 0)) examples.set(codes[i] ?? 0, i)
    return examples
  }

  #numbers(column: 'count' | 'length'): (index: number) => number {
    if (column === 'length') return (index) => lengthAt(this.#list, index)
    return (index) => this.#list.counts[index] ?? 0
  }

  #holding(word: string): Uint8Array {
    this.#finder ??= new TextFinder(this.#list)
    return this.#finder.holding(word)
  }

  /** Marks the strings whose cell in a column passes; each different cell is looked at once. */
  #mark(marks: Uint8Array, id: string, passes: (text: string) => boolean): void {
    const column = this.#columns.get(id)
    const codes = this.codes(id) ?? []
    const passing = new Set<number>()
    for (const [code, index] of this.#examples(id)) {
      const cell = column?.cell(this.at(index))
      const text = !cell || cell.kind === 'absent' ? '' : cellSearchText(cell).toLowerCase()
      if (passes(text)) passing.add(code)
    }
    if (passing.size > 0) for (let i = 0; i < marks.length; i++) if (passing.has(codes[i] ?? 0)) marks[i] = 1
  }
}

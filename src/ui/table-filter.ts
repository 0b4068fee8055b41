/**
 * The filter box. Terms are separated by spaces and must all hold:
 *   word           some cell has it (letter case does not matter)
 *   "two words"    the same with spaces
 *   -word          no cell has it
 *   column:value   that column has it; the column by id or by label, spaces in the label left out
 *   column:=value  that column is exactly it
 *   column:>12     also <, >=, <=: compares numbers (decimal or 0x…)
 *   column:        that column has a value; -column: it has none
 *   7f0010         in tables of memory also the row that covers this address (hexadecimal, with or without 0x)
 * A word with a colon that names no column is a plain word, so `10.0.0.1:80` needs no quotes.
 */
import { ascending } from '../base/order.ts'
import { atOnce, type Steps } from '../base/steps.ts'
import { cellSearchText, cellSortValue, type CellValue } from './cell.ts'
import type { Column } from './column.ts'
import type { RowList } from './row-list.ts'

export type FilterOperator = 'has' | 'is' | '>' | '<' | '>=' | '<=' | 'present'

export interface FilterTerm {
  readonly negated: boolean
  /** Column id; undefined: any column. */
  readonly column: string | undefined
  readonly operator: FilterOperator
  /** Lower case. */
  readonly value: string
}

interface NamedColumn {
  readonly id: string
  readonly label: string
}

interface Token {
  negated: boolean
  text: string
  /** Index of the first colon outside quotes, -1 when there is none. */
  colon: number
}

function tokenise(text: string): Token[] {
  const tokens: Token[] = []
  let token: Token | undefined
  let quoted = false
  for (const symbol of text) {
    if (!quoted && /\s/.test(symbol)) {
      token = undefined
      continue
    }
    if (!token) {
      token = { negated: symbol === '-', text: '', colon: -1 }
      tokens.push(token)
      if (symbol === '-') continue
    }
    if (symbol === '"') {
      quoted = !quoted
      continue
    }
    if (symbol === ':' && !quoted && token.colon < 0) token.colon = token.text.length
    token.text += symbol
  }
  return tokens
}

function findColumn(name: string, columns: readonly NamedColumn[]): string | undefined {
  const wanted = name.toLowerCase()
  const matches = (column: NamedColumn) =>
    column.id.toLowerCase() === wanted || column.label.toLowerCase().replaceAll(' ', '') === wanted
  return columns.find(matches)?.id
}

/** Reads the filter box. Every text gives a filter; there is no such thing as a syntax error. */
export function parseFilter(text: string, columns: readonly NamedColumn[]): FilterTerm[] {
  return tokenise(text).flatMap((token): FilterTerm[] => {
    const column = token.colon > 0 ? findColumn(token.text.slice(0, token.colon), columns) : undefined
    if (column === undefined) {
      const value = token.text.toLowerCase()
      if (value !== '') return [{ negated: token.negated, column, operator: 'has', value }]
      return token.negated ? [{ negated: false, column, operator: 'has', value: '-' }] : []
    }
    const rest = token.text.slice(token.colon + 1).toLowerCase()
    if (rest === '') return [{ negated: token.negated, column, operator: 'present', value: '' }]
    const [, sign = '', value = ''] = /^(>=|<=|>|<|=)?(.*)$/s.exec(rest) ?? []
    if (sign === '=') return [{ negated: token.negated, column, operator: 'is', value }]
    if (sign !== '' && toNumber(value) !== undefined)
      return [{ negated: token.negated, column, operator: sign as FilterOperator, value }]
    return [{ negated: token.negated, column, operator: 'has', value: rest }]
  })
}

/** Decimal or 0x number; whole ones exactly. */
export function toNumber(text: string): number | bigint | undefined {
  if (/^(0x[0-9a-f]+|-?\d+)$/.test(text)) return BigInt(text)
  return /^-?\d*\.\d+$/.test(text) ? Number(text) : undefined
}

export function compares(operator: FilterOperator, a: number | bigint, b: number | bigint): boolean {
  switch (operator) {
    case '>':
      return a > b
    case '<':
      return a < b
    case '>=':
      return a >= b
    case '<=':
      return a <= b
    default:
      return false
  }
}

/** Whether one cell meets a term (its negation not yet applied). */
function cellMeets(term: FilterTerm, cell: CellValue, sort: unknown): boolean {
  switch (term.operator) {
    case 'present':
      return cell.kind !== 'absent' && cellSearchText(cell) !== ''
    case 'is':
      return cell.kind !== 'absent' && cellSearchText(cell).toLowerCase().split('\n').includes(term.value)
    case 'has':
      return cellSearchText(cell).toLowerCase().includes(term.value)
    default: {
      const wanted = toNumber(term.value)
      const value = typeof sort === 'number' || typeof sort === 'bigint' ? sort : undefined
      return wanted !== undefined && value !== undefined && compares(term.operator, value, wanted)
    }
  }
}

/** Rows that are looked at in one step. */
const STEP = 64

/**
 * Filter over rows. Keeps the text of each row it has looked at, so that typing on is quick; one over rows that go on where
 * `before` ended keeps what that one has.
 */
export class RowFilter<Row> {
  readonly #columns: readonly Column<Row>[]
  /** Those whose cells stand for a range of addresses. */
  readonly #extents: readonly Column<Row>[]
  readonly #rows: RowList<Row>
  readonly #texts: (string | undefined)[]

  constructor(columns: readonly Column<Row>[], rows: RowList<Row>, before?: RowFilter<Row>) {
    this.#columns = columns
    this.#extents = columns.filter(({ extent }) => extent)
    this.#rows = rows
    this.#texts = before && before.#columns === columns && goesOn(before.#rows, rows) ? before.#texts : []
  }

  /** Indices of the rows that meet all terms, ascending. */
  indices(terms: readonly FilterTerm[]): Uint32Array {
    return atOnce(this.steps(terms))
  }

  /** The same in steps. */
  *steps(terms: readonly FilterTerm[]): Steps<Uint32Array> {
    let kept: Uint32Array = ascending(this.#rows.length)
    for (const term of terms) {
      const marks = this.#rows.quick?.meets(term)
      const wanted = term.negated ? 0 : 1
      let count = 0
      for (const [step, at] of kept.entries()) {
        if (marks ? marks[at] === wanted : this.#meets(term, at) !== term.negated) kept[count++] = at
        if (!marks && step % STEP === 0) yield
      }
      kept = kept.subarray(0, count)
    }
    return kept.slice()
  }

  /** Cells apart by a line break, which no word can contain. */
  #text(at: number): string {
    let text = this.#texts[at]
    if (text === undefined) {
      const row = this.#rows.at(at) as Row
      text = this.#columns.map((column) => cellSearchText(column.cell(row)).toLowerCase()).join('\n')
      this.#texts[at] = text
    }
    return text
  }

  /** Whether the term is an address in the range of the row. */
  #covers({ column, operator, value }: FilterTerm, at: number): boolean {
    if (this.#extents.length === 0 || operator !== 'has') return false
    const [, digits] = /^(?:0x)?([\da-f]{1,16})$/.exec(value) ?? []
    if (digits === undefined) return false
    const address = BigInt(`0x${digits}`)
    return this.#extents.some(({ id, extent }) => {
      const range = column === undefined || column === id ? extent?.(this.#rows.at(at) as Row) : undefined
      return range !== undefined && address >= range.start && address < range.end
    })
  }

  #meets(term: FilterTerm, at: number): boolean {
    if (this.#covers(term, at)) return true
    if (term.column === undefined) return this.#text(at).includes(term.value)
    const column = this.#columns.find((candidate) => candidate.id === term.column)
    if (!column) return false
    const row = this.#rows.at(at) as Row
    const cell = column.cell(row)
    return cellMeets(term, cell, column.sort ? column.sort(row) : cellSortValue(cell))
  }
}

/** True when the first of the later rows are the earlier ones. */
export function goesOn<Row>(earlier: RowList<Row>, later: RowList<Row>): boolean {
  const { length } = earlier
  if (earlier === later) return true
  return (
    length > 0 &&
    length <= later.length &&
    earlier.at(0) === later.at(0) &&
    earlier.at(length - 1) === later.at(length - 1)
  )
}

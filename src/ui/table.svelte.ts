/** State of one table: layout, sort, filter, folding, cursor. Everything drawn derives from it. */
import { ascending } from '../base/order.ts'
import { atOnce, inTurns, type Steps } from '../base/steps.ts'
import { columnTemplate, defaultLayout, parseLayout, shownColumns, type Column, type ColumnLayout } from './column.ts'
import type { RowList } from './row-list.ts'
import { readStored, writeStored } from './stored.ts'
import { goesOn, parseFilter, RowFilter, type FilterTerm } from './table-filter.ts'
import { flatItems, groupedItems, treeItems, withKey, NO_KEYS, type ItemList, type TableItem } from './table-items.ts'
import { nextSort, sortIndices, sortSteps, type SortKey } from './table-sort.ts'

export interface TableInput<Row> {
  /** Names the kept layout. */
  readonly id: string
  readonly columns: readonly Column<Row>[]
  readonly rows: RowList<Row>
  /** Unique text for a row. */
  readonly key: (row: Row) => string
  /** Key of the row's parent: makes the table a tree. */
  readonly parent: ((row: Row) => string | undefined) | undefined
  readonly filter: string
  readonly selected: string | undefined
}

interface OrderInput<Row> {
  readonly filter: RowFilter<Row>
  readonly terms: readonly FilterTerm[]
  readonly rows: RowList<Row>
  readonly columns: readonly Column<Row>[]
  readonly sorts: readonly SortKey[]
}

/** Indices of the rows that meet the filter, sorted. */
function* orderSteps<Row>({ filter, terms, rows, columns, sorts }: OrderInput<Row>): Steps<Uint32Array> {
  return yield* sortSteps(yield* filter.steps(terms), rows, columns, sorts)
}

/** Rows beyond which filtering and sorting take turns with the page. */
const LONG = 2000

export class TableState<Row> {
  readonly #input: () => TableInput<Row>
  layout: ColumnLayout = $state.raw({ order: [], widths: {}, hidden: [] })
  sorts: readonly SortKey[] = $state.raw([])
  /** Keys of folded tree rows and groups. */
  collapsed: ReadonlySet<string> = $state.raw(NO_KEYS)
  groupBy: string | undefined = $state()
  /** Column of the cell cursor, -1 for the whole row. */
  cellColumn = $state(-1)

  constructor(input: () => TableInput<Row>) {
    this.#input = input
    const { id, columns } = input()
    this.layout = parseLayout(columns, readStored(`table.${id}`))
    $effect(() => {
      if (!this.#isLong) return
      const input = this.#orderInput
      const work = new AbortController()
      void inTurns(orderSteps(input), work.signal).then((order) => {
        if (order) this.#made = { input, rows: input.rows, order }
      })
      return () => {
        work.abort()
      }
    })
  }

  readonly shown = $derived.by(() => shownColumns(this.#input().columns, this.layout))
  readonly template = $derived.by(() => columnTemplate(this.shown, this.layout))
  #lastFilter: RowFilter<Row> | undefined
  readonly #filter = $derived.by(() => {
    const { columns, rows } = this.#input()
    return (this.#lastFilter = new RowFilter(columns, rows, this.#lastFilter))
  })
  readonly #terms = $derived.by(() => parseFilter(this.#input().filter, this.#input().columns))

  readonly #orderInput = $derived.by((): OrderInput<Row> => {
    const { columns, rows } = this.#input()
    return { filter: this.#filter, terms: this.#terms, rows, columns, sorts: this.sorts }
  })

  /** So long that the page would stand still meanwhile. */
  readonly #isLong = $derived.by(() => {
    const { rows, terms, sorts } = this.#orderInput
    return rows.length > LONG && !rows.quick && terms.length + sorts.length > 0
  })

  /** The order of a long table that was made last, and of which rows. */
  #made: { readonly input: unknown; readonly rows: RowList<Row>; readonly order: Uint32Array } | undefined =
    $state.raw()

  /** Indices of the rows that meet the filter, sorted; of a long table the former ones until they are found out. */
  readonly order: Uint32Array = $derived.by(() => {
    const { rows } = this.#orderInput
    if (!this.#isLong) return atOnce(orderSteps(this.#orderInput))
    return this.#made && goesOn(this.#made.rows, rows) ? this.#made.order : ascending(rows.length)
  })

  /** `order` is not yet that of what was typed and chosen. */
  readonly isBusy = $derived.by(() => this.#isLong && this.#made?.input !== this.#orderInput)

  /** Place among the shown columns of the one that holds the branches, -1 when the rows form no tree. */
  readonly treePlace = $derived.by(() =>
    this.isTree
      ? Math.max(
          0,
          this.shown.findIndex((column) => column.tree === true),
        )
      : -1,
  )

  readonly isTree = $derived.by(() => this.#input().parent !== undefined && this.groupBy === undefined)

  readonly items: ItemList<Row> = $derived.by(() => {
    const { rows, columns, key, parent } = this.#input()
    const column = columns.find((candidate) => candidate.id === this.groupBy)
    if (column) return groupedItems(rows, this.order, column, this.collapsed, key)
    if (!parent) return flatItems(rows, this.order, key)
    const filtered = this.#terms.length > 0
    const order = filtered ? sortIndices(ascending(rows.length), rows, columns, this.sorts) : this.order
    const matched = filtered ? this.order : undefined
    return treeItems({ rows, order, matched, keyOf: key, parentOf: parent, collapsed: this.collapsed })
  })

  /** A group heading that the cursor stands on. */
  groupCursor: string | undefined = $state()

  /** Item under the cursor, -1 when the selected row is not drawn. */
  readonly cursor: number = $derived.by(() => {
    const items = this.items
    if (this.groupCursor !== undefined) {
      for (let i = 0; i < items.length; i++) {
        const item = items.at(i)
        if (item?.kind === 'group' && item.key === this.groupCursor) return i
      }
    }
    const { selected } = this.#input()
    return selected === undefined ? -1 : items.indexOf(selected)
  })

  sortBy(column: string, add: boolean): void {
    this.sorts = nextSort(this.sorts, column, add)
  }

  /** The rows in the order in which they are drawn, folded ones too: what is exported. */
  *exportRows(): Generator<Row, void, undefined> {
    const { rows } = this.#input()
    const order = this.isBusy ? atOnce(orderSteps(this.#orderInput)) : this.order
    for (const at of order) yield rows.at(at) as Row
  }

  setSort(column: string, direction: SortKey['direction']): void {
    this.sorts = [{ column, direction }]
  }

  /** Opens or folds a tree row or group. */
  fold(item: TableItem<Row>, open: boolean): void {
    const key = item.kind === 'group' ? item.key : this.#input().key(item.row)
    this.collapsed = withKey(this.collapsed, key, !open)
  }

  setLayout(layout: ColumnLayout): void {
    this.layout = layout
    writeStored(`table.${this.#input().id}`, JSON.stringify(layout))
  }

  /** Back to the columns the table came with. */
  resetLayout(): void {
    this.layout = defaultLayout(this.#input().columns)
    writeStored(`table.${this.#input().id}`, undefined)
  }

  setWidth(column: string, width: number): void {
    this.setLayout({ ...this.layout, widths: { ...this.layout.widths, [column]: Math.round(width) } })
  }

  toggleColumn(column: string): void {
    const { hidden } = this.layout
    const next = hidden.includes(column) ? hidden.filter((id) => id !== column) : [...hidden, column]
    this.setLayout({ ...this.layout, hidden: next })
  }
}

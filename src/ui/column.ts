/** Columns of a table as data, and the order, width and choice a person gave them. */
import type { CellValue, SortValue } from './cell.ts'

export interface Column<Row> {
  /** Lower-kebab; used in filters (`id:value`), exports and the kept layout. */
  readonly id: string
  readonly label: string
  readonly align?: 'left' | 'right'
  /** Pixels. Default 120. */
  readonly width?: number
  /** Pixels. Default 40. */
  readonly minWidth?: number
  /** Takes the width that is left over. Without any such column the last one does. */
  readonly grow?: boolean
  readonly hiddenByDefault?: boolean
  /** Holds the branches when the rows form a tree. Without any such column the first one does. */
  readonly tree?: boolean
  /** The cell's content as data; the table draws it. */
  readonly cell: (row: Row) => CellValue
  /** Sort value; default: that of the cell. */
  readonly sort?: (row: Row) => SortValue
  /** Addresses that the row covers, `end` exclusive: a hexadecimal number in the filter box finds it by any of them. */
  readonly extent?: (row: Row) => { readonly start: bigint; readonly end: bigint }
  /** Tooltip of the header: what the column means, its unit. */
  readonly description?: string
}

/** A person's choices for one table. Unknown ids are ignored, so a kept layout survives new versions. */
export interface ColumnLayout {
  readonly order: readonly string[]
  /** Pixels by column id; only the columns that were resized. */
  readonly widths: Readonly<Record<string, number>>
  readonly hidden: readonly string[]
}

const MIN_COLUMN_WIDTH = 40
const MAX_COLUMN_WIDTH = 2000
const DEFAULT_COLUMN_WIDTH = 120

/** The layout a table starts with. */
export function defaultLayout<Row>(columns: readonly Column<Row>[]): ColumnLayout {
  return {
    order: columns.map((column) => column.id),
    widths: {},
    hidden: columns.filter((column) => column.hiddenByDefault === true).map((column) => column.id),
  }
}

/** All columns in the person's order; columns that the layout does not know keep their own place. */
export function orderedColumns<Row>(columns: readonly Column<Row>[], layout: ColumnLayout): Column<Row>[] {
  const rank = new Map(layout.order.map((id, index) => [id, index]))
  const placed = columns.filter((column) => rank.has(column.id))
  placed.sort((a, b) => (rank.get(a.id) ?? 0) - (rank.get(b.id) ?? 0))
  for (const [index, column] of columns.entries()) if (!rank.has(column.id)) placed.splice(index, 0, column)
  return placed
}

/** The columns to draw. At least one is always left. */
export function shownColumns<Row>(columns: readonly Column<Row>[], layout: ColumnLayout): Column<Row>[] {
  const ordered = orderedColumns(columns, layout)
  const shown = ordered.filter((column) => !layout.hidden.includes(column.id))
  return shown.length > 0 ? shown : ordered.slice(0, 1)
}

export function columnWidth<Row>(column: Column<Row>, layout: ColumnLayout): number {
  const width = layout.widths[column.id] ?? column.width ?? DEFAULT_COLUMN_WIDTH
  return Math.min(MAX_COLUMN_WIDTH, Math.max(column.minWidth ?? MIN_COLUMN_WIDTH, width))
}

/** `grid-template-columns` for a row, and the width below which the table scrolls sideways. */
export function columnTemplate<Row>(
  shown: readonly Column<Row>[],
  layout: ColumnLayout,
): { css: string; total: number } {
  const growing = shown.find((column) => column.grow === true) ?? shown.at(-1)
  let total = 0
  const tracks = shown.map((column) => {
    const width = columnWidth(column, layout)
    total += width
    return column === growing ? `minmax(${width}px, 1fr)` : `${width}px`
  })
  return { css: tracks.join(' '), total }
}

/** How many columns lie, by more than half, beyond an edge at this many pixels from the left. */
export function columnsBeyond<Row>(shown: readonly Column<Row>[], layout: ColumnLayout, edge: number): number {
  let from = 0
  let beyond = 0
  for (const column of shown) {
    const width = columnWidth(column, layout)
    if (from + width / 2 > edge) beyond += 1
    from += width
  }
  return beyond
}

/** Width of one level of a tree, and of the sign that folds it; pixels. */
const LEVEL = 16
/** What is left however deep the row is: a count of levels and 15 characters, the longest name a task can have. */
const LEGIBLE = 148

/** How many levels a tree in a column of this width is indented by at most. */
export function drawnLevels(width: number): number {
  return Math.max(1, Math.floor((width - LEGIBLE - LEVEL) / LEVEL))
}

/** Moves a column by `step` places among the shown ones. */
export function moveColumn<Row>(
  columns: readonly Column<Row>[],
  layout: ColumnLayout,
  id: string,
  step: number,
): ColumnLayout {
  const shown = shownColumns(columns, layout)
  const from = shown.findIndex((column) => column.id === id)
  const target = shown[from + step]
  if (from < 0 || target === undefined) return layout
  const order = orderedColumns(columns, layout).map((column) => column.id)
  order.splice(order.indexOf(id), 1)
  order.splice(order.indexOf(target.id) + (step > 0 ? 1 : 0), 0, id)
  return { ...layout, order }
}

/** Reads a kept layout; anything malformed gives the default. */
export function parseLayout<Row>(columns: readonly Column<Row>[], text: string | undefined): ColumnLayout {
  const fallback = defaultLayout(columns)
  if (text === undefined) return fallback
  let kept: unknown
  try {
    kept = JSON.parse(text)
  } catch {
    return fallback
  }
  if (typeof kept !== 'object' || kept === null) return fallback
  const { order, widths, hidden } = kept as { order?: unknown; widths?: unknown; hidden?: unknown }
  return {
    order: strings(order) ?? fallback.order,
    widths: numbers(widths),
    hidden: strings(hidden) ?? fallback.hidden,
  }
}

function strings(value: unknown): string[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

function numbers(value: unknown): Record<string, number> {
  if (typeof value !== 'object' || value === null) return {}
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, number] => Number.isFinite(entry[1])),
  )
}

/** Entries of a table's menus. */
import { limits } from '../base/limits.ts'
import { copyText, saveBlob } from './clipboard.ts'
import { columnWidth, moveColumn, orderedColumns, type Column } from './column.ts'
import type { MenuItem } from './menu.ts'
import { formatCount } from './shorten.ts'
import { cellCopy, csvParts, jsonParts, rowJson, rowTsv, textBlob, textToCopy, tsvParts } from './table-export.ts'
import type { TableState } from './table.svelte.ts'

/** Copies and says so in the table's live region. */
async function copy(text: string, what: string, say: (words: string) => void): Promise<void> {
  say((await copyText(text)) ? `${what} copied` : 'The browser refused to copy')
}

/** Copies a whole table; one that is too long for a clipboard is to be downloaded. */
async function copyTable(parts: Iterable<string>, say: (words: string) => void): Promise<void> {
  const text = await textToCopy(parts)
  if (text === undefined)
    say(`Not copied: longer than ${formatCount(limits.copiedText)} characters. Download it, or filter it first`)
  else await copy(text, 'Table', say)
}

/** Writes a file and says so there; a long one takes seconds. */
async function save(name: string, type: string, parts: Iterable<string>, say: (words: string) => void): Promise<void> {
  say(`Writing ${name}`)
  try {
    saveBlob(name, await textBlob(parts, type))
    say(`${name} written`)
  } catch {
    say(`${name} could not be written`)
  }
}

/** Menu of a column header: everything that the mouse can do there, for the keyboard too. */
export function columnMenu<Row>(
  table: TableState<Row>,
  columns: readonly Column<Row>[],
  column: Column<Row>,
): readonly MenuItem[] {
  const place = table.shown.indexOf(column)
  const move = (step: number) => () => {
    table.setLayout(moveColumn(columns, table.layout, column.id, step))
  }
  const widen = (by: number) => () => {
    table.setWidth(column.id, columnWidth(column, table.layout) + by)
  }
  const grouped = table.groupBy === column.id
  return [
    { label: 'Sort ascending', icon: 'sortUp', run: () => table.setSort(column.id, 'ascending') },
    { label: 'Sort descending', icon: 'sortDown', run: () => table.setSort(column.id, 'descending') },
    {
      label: grouped ? 'Stop grouping' : `Group by ${column.label.toLowerCase()}`,
      separated: true,
      run: () => {
        table.groupBy = grouped ? undefined : column.id
      },
    },
    { label: 'Move left', hint: 'Alt ←', disabled: place <= 0, separated: true, run: move(-1) },
    { label: 'Move right', hint: 'Alt →', disabled: place === table.shown.length - 1, run: move(1) },
    { label: 'Wider', hint: 'Shift →', run: widen(32) },
    { label: 'Narrower', hint: 'Shift ←', run: widen(-32) },
    { label: 'Hide column', disabled: table.shown.length === 1, run: () => table.toggleColumn(column.id) },
  ]
}

/** The column chooser. */
export function chooserMenu<Row>(table: TableState<Row>, columns: readonly Column<Row>[]): readonly MenuItem[] {
  const choices = orderedColumns(columns, table.layout).map((column): MenuItem => {
    const checked = table.shown.includes(column)
    return {
      label: column.label,
      checked,
      disabled: checked && table.shown.length === 1,
      run: () => table.toggleColumn(column.id),
    }
  })
  return [...choices, { label: 'Reset columns', separated: true, run: () => table.resetLayout() }]
}

/** Copies and downloads of the whole table as filtered and sorted, all shown columns. */
export function exportMenu<Row>(
  table: TableState<Row>,
  name: string,
  say: (words: string) => void,
): readonly MenuItem[] {
  const rows = () => table.exportRows()
  return [
    {
      label: 'Download CSV',
      icon: 'download',
      run: () => void save(`${name}.csv`, 'text/csv;charset=utf-8', csvParts(table.shown, rows()), say),
    },
    {
      label: 'Download JSON',
      icon: 'download',
      run: () => void save(`${name}.json`, 'application/json', jsonParts(table.shown, rows()), say),
    },
    {
      label: 'Copy as TSV',
      icon: 'copy',
      separated: true,
      run: () => void copyTable(tsvParts(table.shown, rows()), say),
    },
    { label: 'Copy as CSV', icon: 'copy', run: () => void copyTable(csvParts(table.shown, rows()), say) },
    { label: 'Copy as JSON', icon: 'copy', run: () => void copyTable(jsonParts(table.shown, rows()), say) },
  ]
}

/** Context menu of a row: its own actions first, then copies. */
export function rowMenu<Row>(
  table: TableState<Row>,
  row: Row,
  column: Column<Row> | undefined,
  actions: readonly MenuItem[],
  say: (words: string) => void,
): readonly MenuItem[] {
  const copies: MenuItem[] = [
    { label: 'Copy row as TSV', icon: 'copy', run: () => void copy(rowTsv(table.shown, row), 'Row', say) },
    { label: 'Copy row as JSON', icon: 'copy', run: () => void copy(rowJson(table.shown, row), 'Row', say) },
  ]
  if (column)
    copies.unshift({
      label: `Copy ${column.label.toLowerCase()}`,
      icon: 'copy',
      run: () => void copyCell(row, column, say),
    })
  return [...actions, ...copies.map((item, index) => ({ ...item, separated: index === 0 && actions.length > 0 }))]
}

export function copyCell<Row>(row: Row, column: Column<Row>, say: (words: string) => void): Promise<void> {
  return copy(cellCopy(column.cell(row)), column.label, say)
}

export function copyRow<Row>(table: TableState<Row>, row: Row, say: (words: string) => void): Promise<void> {
  return copy(rowTsv(table.shown, row), 'Row', say)
}

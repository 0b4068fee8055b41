/** The environment block as rows: order, duplicates and odd items kept. */
import type { EnvironmentItem } from '../../model/process.ts'
import { MASK, maskItem } from '../../query/secrets.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, monoCell } from '../parts/format.ts'

export interface EnvironmentRow {
  readonly item: EnvironmentItem
  /** Place in the block, from 1. */
  readonly index: number
  /** Undefined when the item has no `=`. */
  readonly name: string | undefined
  /** Value as shown: masked when asked for. */
  readonly value: string
  readonly notes: readonly string[]
}

export function environmentRows(items: readonly EnvironmentItem[], mask: boolean): EnvironmentRow[] {
  const seen = new Map<string, number>()
  for (const { text } of items) {
    const name = nameOf(text)
    if (name !== undefined) seen.set(name, (seen.get(name) ?? 0) + 1)
  }
  return items.map((item, place) => {
    const name = nameOf(item.text)
    const shown = mask ? maskItem(item.text) : item.text
    const notes: string[] = []
    if (name === undefined) notes.push(item.text === '' ? 'empty item' : 'no =')
    else if (name === '') notes.push('empty name')
    const times = name === undefined ? 1 : (seen.get(name) ?? 1)
    if (times > 1) notes.push('duplicate')
    if (shown !== item.text && shown.includes(MASK)) notes.push('masked')
    return { item, index: place + 1, name, value: name === undefined ? shown : shown.slice(name.length + 1), notes }
  })
}

/** What stands before the first `=`. */
function nameOf(text: string): string | undefined {
  const at = text.indexOf('=')
  return at < 0 ? undefined : text.slice(0, at)
}

export function environmentColumns(): readonly Column<EnvironmentRow>[] {
  return [
    { id: 'index', label: '#', align: 'right', width: 40, cell: ({ index }) => ({ kind: 'number', value: index }) },
    {
      id: 'name',
      label: 'name',
      width: 150,
      cell: ({ name }) => (name === undefined ? absentCell('the item has no =') : monoCell(name)),
    },
    { id: 'value', label: 'value', width: 180, grow: true, cell: ({ value }) => monoCell(value) },
    {
      id: 'notes',
      label: 'notes',
      width: 104,
      cell: ({ notes }): CellValue => ({
        kind: 'list',
        items: notes.map((text) => ({ kind: 'badge', text, tone: text === 'masked' ? 'neutral' : 'info' })),
      }),
    },
  ]
}

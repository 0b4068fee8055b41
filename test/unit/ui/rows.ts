/** A tiny table for the tests of the table's parts. */
import type { CellValue } from '../../../src/ui/cell.ts'
import type { Column } from '../../../src/ui/column.ts'

export interface Thing {
  readonly id: string
  readonly name: string
  readonly size?: number | bigint
  readonly parent?: string
}

function sizeCell(size: number | bigint | undefined): CellValue {
  if (size === undefined) return { kind: 'absent', why: 'not recorded' }
  return { kind: 'number', value: size, shown: `${size} B` }
}

export const thingColumns: readonly Column<Thing>[] = [
  { id: 'id', label: 'ID', cell: (thing) => ({ kind: 'text', text: thing.id }) },
  { id: 'name', label: 'Command line', cell: (thing) => ({ kind: 'text', text: thing.name }) },
  { id: 'size', label: 'Size', align: 'right', cell: (thing) => sizeCell(thing.size) },
]

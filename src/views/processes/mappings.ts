/** Columns for the mappings of a process. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { Vma } from '../../model/process.ts'
import { isWritableAndExecutable } from '../../query/memory-summary.ts'
import { protectionText } from '../../query/names.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { bytesCell, monoCell, numberCell } from '../parts/format.ts'
import { addressCell, extentCell } from '../parts/address-cell.ts'

/** Hex digits of a 64-bit user address that are worth their room: 47 or 48 bits on all but 5-level tables. */
const DIGITS = 12

function protectionCell(vma: Vma): CellValue {
  const text = protectionText(vma.prot, vma.flags)
  if (!isWritableAndExecutable(vma)) return monoCell(text)
  return { kind: 'badge', text, tone: 'warn', title: 'Can be written and run' }
}

function nameCell(ctx: ViewContext, { name, fileId }: Vma): CellValue {
  if (isAbsent(name)) return { kind: 'absent', why: name.why }
  if (fileId === undefined) return monoCell(name)
  return { kind: 'link', text: name, mono: true, href: ctx.href('files', { kind: 'file', id: fileId }) }
}

export function mappingColumns(ctx: ViewContext, pid: number, pageSize: number | undefined): readonly Column<Vma>[] {
  return [
    {
      id: 'start',
      label: 'start',
      width: 132,
      description: 'Leads to the bytes',
      cell: ({ start }) => addressCell(ctx, pid, start, DIGITS),
    },
    {
      id: 'end',
      label: 'end',
      width: 132,
      hiddenByDefault: true,
      cell: ({ end }) => ({ kind: 'address', value: end, digits: DIGITS }),
    },
    { id: 'size', label: 'size', align: 'right', width: 76, cell: extentCell },
    { id: 'protection', label: 'prot', width: 60, cell: protectionCell },
    {
      id: 'stored',
      label: 'stored',
      align: 'right',
      width: 76,
      description: 'Pages of this mapping in the archive',
      cell: ({ presentPages }) =>
        pageSize === undefined ? numberCell(presentPages) : bytesCell(presentPages * pageSize),
    },
    { id: 'name', label: 'name', width: 140, grow: true, cell: (vma) => nameCell(ctx, vma) },
    {
      id: 'offset',
      label: 'offset',
      align: 'right',
      width: 90,
      hiddenByDefault: true,
      cell: ({ offset }) => monoCell(`0x${offset.toString(16)}`),
    },
  ]
}

/** Columns for the descriptors of one process, in the narrow pane. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { FileRow } from '../../query/files.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { fileKindCell } from '../parts/files.ts'
import { absentCell, textCell } from '../parts/format.ts'
import { socketText } from '../parts/sockets.ts'

export type DescriptorRow = FileRow

function nameCell(ctx: ViewContext, { descriptor, file, socket }: DescriptorRow): CellValue {
  const { fileId } = descriptor
  if (socket)
    return {
      kind: 'link',
      text: socketText(socket),
      mono: true,
      href: ctx.href('sockets', { kind: 'socket', id: fileId }),
    }
  if (!file) return absentCell(`no open file ${fileId} in the archive`)
  const name = isAbsent(file.name) ? `${file.type} ${fileId}` : file.name
  return { kind: 'link', text: name, mono: true, href: ctx.href('files', { kind: 'file', id: fileId }) }
}

export function descriptorColumns(ctx: ViewContext): readonly Column<DescriptorRow>[] {
  return [
    {
      id: 'fd',
      label: 'fd',
      align: 'right',
      width: 48,
      cell: ({ descriptor }) => ({ kind: 'number', value: descriptor.fd }),
    },
    { id: 'type', label: 'type', width: 84, cell: fileKindCell },
    { id: 'name', label: 'name', width: 200, grow: true, cell: (row) => nameCell(ctx, row) },
    {
      id: 'close-on-exec',
      label: 'on exec',
      width: 64,
      hiddenByDefault: true,
      cell: ({ descriptor }) => textCell(descriptor.closeOnExec ? 'closed' : 'kept'),
    },
  ]
}

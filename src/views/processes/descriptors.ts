/** Columns for the descriptors of one process, in the narrow pane. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { Socket } from '../../model/files.ts'
import type { FileRow } from '../../query/files.ts'
import { endpointText } from '../../query/sockets.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, monoCell, textCell } from '../parts/format.ts'

export type DescriptorRow = FileRow

/** One line that says which socket it is. */
export function socketText(socket: Socket): string {
  const state = isAbsent(socket.state) ? '' : ` ${socket.state}`
  const local = isAbsent(socket.local) ? '' : ` ${endpointText(socket.local)}`
  const remote = isAbsent(socket.remote) ? '' : ` → ${endpointText(socket.remote)}`
  return `${socket.protocol}${state}${local}${remote}`
}

function nameCell(ctx: ViewContext, { descriptor, file, socket }: DescriptorRow): CellValue {
  const { fileId } = descriptor
  if (socket)
    return { kind: 'link', text: socketText(socket), mono: true, href: ctx.href('sockets', { kind: 'socket', id: fileId }) }
  if (!file) return absentCell(`no open file ${fileId} in the archive`)
  const name = isAbsent(file.name) ? `${file.type} ${fileId}` : file.name
  return { kind: 'link', text: name, mono: true, href: ctx.href('files', { kind: 'file', id: fileId }) }
}

export function descriptorColumns(ctx: ViewContext): readonly Column<DescriptorRow>[] {
  return [
    { id: 'fd', label: 'fd', align: 'right', width: 48, cell: ({ descriptor }) => ({ kind: 'number', value: descriptor.fd }) },
    { id: 'type', label: 'type', width: 84, cell: ({ descriptor }) => monoCell(descriptor.type) },
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

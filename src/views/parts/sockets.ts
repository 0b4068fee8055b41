/** Sockets in words, for tables and details. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { Socket } from '../../model/files.ts'
import { endpointText, type Owners } from '../../query/sockets.ts'
import type { CellValue } from '../../ui/cell.ts'
import { absentCell } from './format.ts'

/** One line that says which socket it is. */
export function socketText(socket: Socket): string {
  const state = isAbsent(socket.state) ? '' : ` ${socket.state}`
  const local = isAbsent(socket.local) ? '' : ` ${endpointText(socket.local)}`
  const remote = isAbsent(socket.remote) ? '' : ` → ${endpointText(socket.remote)}`
  return `${socket.protocol}${state}${local}${remote}`
}

/** Links to the processes that hold an open file, each with its descriptor. */
export function holdersCell(ctx: ViewContext, { first, count }: Owners): CellValue {
  if (count === 0) return absentCell('no descriptor of a dumped process leads here')
  const items = first.map(({ process, fd }): CellValue => {
    const name = isAbsent(process.name) || /^ *$/.test(process.name) ? '' : `${process.name} `
    return {
      kind: 'link',
      text: `${name}${process.pid}/${fd}`,
      title: `pid ${process.pid}, descriptor ${fd}`,
      href: ctx.href('processes', { kind: 'process', pid: process.pid }),
    }
  })
  return { kind: 'list', items, more: count - first.length }
}

/** Columns of the socket table. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, type Maybe } from '../../model/absent.ts'
import type { Endpoint, SocketQueue } from '../../model/files.ts'
import { endpointText, type SocketRow } from '../../query/sockets.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import {
  absentCell,
  counted,
  exactBytes,
  formatBytes,
  maybeCell,
  monoCell,
  numberCell,
  textCell,
} from '../parts/format.ts'
import { holdersCell } from '../parts/sockets.ts'

export const FAMILIES = { inet: 'IPv4', inet6: 'IPv6', unix: 'unix', netlink: 'netlink', packet: 'packet' } as const

export function stateCell({ socket }: SocketRow): CellValue {
  return maybeCell(socket.state, (text): CellValue => {
    if (text === 'LISTEN') return { kind: 'badge', text, tone: 'info' }
    if (text === 'ESTABLISHED') return { kind: 'badge', text, tone: 'good' }
    return { kind: 'text', text, quiet: true }
  })
}

export function endpointCell(endpoint: Maybe<Endpoint>): CellValue {
  return maybeCell(endpoint, (value) => monoCell(endpointText(value)))
}

export function queueCell(queue: Maybe<SocketQueue>): CellValue {
  return maybeCell(queue, ({ bytes, packets }): CellValue => {
    const title = packets === undefined ? exactBytes(bytes) : `${exactBytes(bytes)} in ${counted(packets, 'packet')}`
    return { kind: 'number', value: bytes, shown: formatBytes(bytes), title }
  })
}

/** The other end: an address, or the socket that a unix socket is connected to. */
export function remoteCell(ctx: ViewContext, { socket, peer }: SocketRow): CellValue {
  if (!peer) return endpointCell(socket.remote)
  const { process } = peer.owners.first[0] ?? {}
  const name = !process || isAbsent(process.name) ? '' : `, ${process.name} ${process.pid}`
  const address = isAbsent(peer.socket.local) || peer.socket.local.address === '' ? '' : ` ${peer.socket.local.address}`
  return {
    kind: 'link',
    text: `socket ${peer.socket.id}${address}${name}`,
    href: ctx.href('sockets', { kind: 'socket', id: peer.socket.id }),
  }
}

export function socketColumns(ctx: ViewContext): readonly Column<SocketRow>[] {
  return [
    { id: 'family', label: 'family', width: 68, cell: ({ socket }) => textCell(FAMILIES[socket.family]) },
    { id: 'protocol', label: 'protocol', width: 132, cell: ({ socket }) => monoCell(socket.protocol) },
    { id: 'state', label: 'state', width: 124, cell: stateCell },
    { id: 'local', label: 'local', width: 182, cell: ({ socket }) => endpointCell(socket.local) },
    { id: 'remote', label: 'remote or peer', width: 198, grow: true, cell: (row) => remoteCell(ctx, row) },
    {
      id: 'recv',
      label: 'recv-q',
      align: 'right',
      width: 72,
      description: 'Received and not yet read',
      cell: ({ socket }) => queueCell(socket.receiveQueue),
    },
    {
      id: 'send',
      label: 'send-q',
      align: 'right',
      width: 72,
      description: 'Written and not yet acknowledged',
      cell: ({ socket }) => queueCell(socket.sendQueue),
    },
    {
      id: 'pid',
      label: 'owners',
      width: 184,
      description: 'Process, pid/descriptor',
      cell: ({ owners }) => holdersCell(ctx, owners),
      sort: ({ owners }) => owners.first[0]?.process.pid,
    },
    {
      id: 'options',
      label: 'options',
      width: 160,
      cell: ({ socket }) =>
        socket.options.length === 0
          ? absentCell('no option differs from its default')
          : monoCell(socket.options.map(({ name, value }) => `${name}=${value}`).join(' ')),
    },
    { id: 'type', label: 'type', width: 90, hiddenByDefault: true, cell: ({ socket }) => monoCell(socket.type) },
    {
      id: 'inode',
      label: 'inode',
      align: 'right',
      width: 80,
      hiddenByDefault: true,
      cell: ({ socket }) => maybeCell(socket.inode, numberCell),
    },
    {
      id: 'backlog',
      label: 'backlog',
      align: 'right',
      width: 70,
      hiddenByDefault: true,
      cell: ({ socket }) => maybeCell(socket.backlog, numberCell),
    },
    {
      id: 'net-ns',
      label: 'net ns',
      align: 'right',
      width: 64,
      hiddenByDefault: true,
      cell: ({ socket }) => maybeCell(socket.netNs, numberCell),
    },
    {
      id: 'id',
      label: 'file id',
      align: 'right',
      width: 70,
      hiddenByDefault: true,
      cell: ({ socket }) => numberCell(socket.id),
    },
  ]
}

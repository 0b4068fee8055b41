/** All that is known of one socket. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { SocketRow } from '../../query/sockets.ts'
import { bytesCell, maybeCell, monoCell, numberCell, textCell } from '../parts/format.ts'
import { holdersCell } from '../parts/sockets.ts'
import { row, traceOf, type FactRow } from '../parts/trace.ts'
import { endpointCell, FAMILIES, queueCell, remoteCell, stateCell } from './columns.ts'

export function socketFacts(ctx: ViewContext, socketRow: SocketRow): readonly FactRow[] {
  const { socket, owners, peer } = socketRow
  const at = (name: string) => traceOf(socket.origin, socket.path === undefined ? name : `${socket.path}.${name}`)
  const isInet = socket.family === 'inet' || socket.family === 'inet6'
  const inet = (name: string) => (isInet ? at(name) : undefined)
  const unix = (name: string) => (socket.family === 'unix' ? at(name) : undefined)
  return [
    row('family', textCell(FAMILIES[socket.family]), inet('family')),
    row('protocol', monoCell(socket.protocol), inet('proto')),
    row('type', monoCell(socket.type), isInet || socket.family === 'unix' ? at('type') : undefined),
    row('state', stateCell(socketRow), isInet || socket.family === 'unix' ? at('state') : undefined),
    row('local', endpointCell(socket.local), inet('src_addr') ?? unix('name')),
    ...(peer ? [] : [row('remote', endpointCell(socket.remote), inet('dst_addr'))]),
    ...(socket.family === 'unix' ? [row('peer', remoteCell(ctx, socketRow), at('peer'))] : []),
    row(
      'receive queue',
      queueCell(socket.receiveQueue),
      isAbsent(socket.receiveQueue) ? undefined : traceOf(socket.receiveQueue.origin),
    ),
    row(
      'send queue',
      queueCell(socket.sendQueue),
      isAbsent(socket.sendQueue) ? undefined : traceOf(socket.sendQueue.origin),
    ),
    row('receive buffer', maybeCell(socket.receiveBuffer, bytesCell)),
    row('send buffer', maybeCell(socket.sendBuffer, bytesCell)),
    row('backlog', maybeCell(socket.backlog, numberCell), inet('backlog') ?? unix('backlog')),
    row('inode', maybeCell(socket.inode, numberCell), inet('ino') ?? unix('ino')),
    row('net namespace', maybeCell(socket.netNs, numberCell)),
    row('uid', maybeCell(socket.uid, numberCell)),
    row('file id', numberCell(socket.id), at('id')),
    row('held by', holdersCell(ctx, owners)),
    ...socket.options.map(({ name, value }) => row(name, monoCell(value))),
  ]
}

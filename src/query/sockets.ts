/** Sockets with their owners and peers, listeners first, as ss would list them. */
import { isAbsent, present, type Maybe } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Endpoint, Socket } from '../model/files.ts'
import { lookup, type Holder } from './lookup.ts'

export interface SocketRow {
  readonly socket: Socket
  readonly owners: readonly Holder[]
  /** The other end of a unix pair or connection, when it is in the checkpoint. */
  readonly peer: { readonly socket: Socket; readonly owners: readonly Holder[] } | undefined
}

const FAMILIES: readonly Socket['family'][] = ['inet', 'inet6', 'unix', 'netlink', 'packet']

export function listSockets(cp: Checkpoint): Maybe<readonly SocketRow[]> {
  if (isAbsent(cp.sockets)) return cp.sockets
  const { sockets, holders } = lookup(cp)
  const rows = cp.sockets.map((socket): SocketRow => {
    const peer = sockets.get(present(socket.peer) ?? -1)
    return {
      socket,
      owners: holders.get(socket.id) ?? [],
      peer: peer && { socket: peer, owners: holders.get(peer.id) ?? [] },
    }
  })
  return rows.sort((a, b) => rank(a.socket) - rank(b.socket) || a.socket.id - b.socket.id)
}

function rank(socket: Socket): number {
  const state = present(socket.state)
  const listening = state === 'LISTEN' ? 0 : state === 'ESTABLISHED' ? 1 : 2
  return listening * FAMILIES.length + FAMILIES.indexOf(socket.family)
}

/** `address:port`, brackets around IPv6, as RFC 3986 and ss write it. */
export function endpointText({ address, port }: Endpoint): string {
  if (port === undefined) return address
  const host = address.includes(':') ? `[${address}]` : address
  return `${host}:${port === 0 ? '*' : port}`
}

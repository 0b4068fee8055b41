/** Sockets with their owners and peers, listeners first, as ss would list them. */
import { isAbsent, present, type Maybe } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Endpoint, Socket } from '../model/files.ts'
import { firstHolders, lookup, type Holder } from './lookup.ts'

export interface SocketRow {
  readonly socket: Socket
  readonly owners: Owners
  /** The other end of a unix pair or connection, when it is in the checkpoint. */
  readonly peer: { readonly socket: Socket; readonly owners: Owners } | undefined
}

/** Who holds an open file: the first ones, and how many there are. */
export interface Owners {
  readonly first: readonly Holder[]
  readonly count: number
}

/** Holders that are named. */
const MOST_OWNERS = 50

const FAMILIES: readonly Socket['family'][] = ['inet', 'inet6', 'unix', 'netlink', 'packet']

export function listSockets(cp: Checkpoint): Maybe<readonly SocketRow[]> {
  if (isAbsent(cp.sockets)) return cp.sockets
  const { sockets } = lookup(cp)
  const rows = cp.sockets.map((socket): SocketRow => {
    const peer = sockets.get(present(socket.peer) ?? -1)
    return {
      socket,
      owners: ownersOf(cp, socket.id),
      peer: peer && { socket: peer, owners: ownersOf(cp, peer.id) },
    }
  })
  return rows.sort((a, b) => rank(a.socket) - rank(b.socket) || a.socket.id - b.socket.id)
}

/** Who holds an open file. */
export function ownersOf(cp: Checkpoint, fileId: number): Owners {
  const known = lookup(cp)
  return { first: firstHolders(known, fileId, MOST_OWNERS), count: known.holders.get(fileId) ?? 0 }
}

/** Ids of the open files that a process has descriptors of. */
export function heldBy(cp: Checkpoint, pid: number): ReadonlySet<number> {
  const { processes, tables } = lookup(cp)
  const filesId = present(processes.get(pid)?.filesId)
  return new Set((filesId === undefined ? [] : (tables.get(filesId) ?? [])).map(({ fileId }) => fileId))
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

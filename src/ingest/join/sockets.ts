/** Sockets of all families, as `ss` would list them. */
import type {
  inet_sk_entry,
  netlink_sk_entry,
  packet_sock_entry,
  sk_opts_entry,
  unix_sk_entry,
} from '../../criu/generated/types.ts'
import { absent, type Absent, type Maybe } from '../../model/absent.ts'
import type { Endpoint, Socket } from '../../model/files.ts'
import type { Evidence } from '../evidence.ts'
import { ipText, unixName } from './addresses.ts'
import type { FileEntry } from './file-entries.ts'
import { note } from './records.ts'
import { ipOptions, shutdownOption, socketOptions, tcpOptions } from './socket-options.ts'
import { readSocketQueues, type SocketQueues, type UnixQueue } from './socket-queues.ts'
import { ipProtocolName, netlinkName, socketStateName, socketTypeName } from './words.ts'

const TCP = 6
const SOCK_DGRAM = 2
const SOCK_RAW = 3
const ESTABLISHED = 1
const CLOSE = 7
const LISTEN = 10

const notRecorded = absent('not-recorded', 'CRIU did not record it for this socket.')
const noPeer = absent('not-applicable', 'Sockets of this family have no peer socket.')

type Common = Pick<Socket, 'id' | 'origin' | 'path' | 'sendBuffer' | 'receiveBuffer'>

function common(entry: FileEntry, opts: sk_opts_entry | undefined): Common {
  return {
    id: entry.id,
    origin: entry.origin,
    path: entry.path,
    sendBuffer: opts?.so_sndbuf ?? notRecorded,
    receiveBuffer: opts?.so_rcvbuf ?? notRecorded,
  }
}

/** All sockets in the order of the images. */
export async function joinSockets(evidence: Evidence, entries: ReadonlyMap<number, FileEntry>): Promise<Socket[]> {
  const queues = await readSocketQueues(evidence, entries)
  const byInode = unixByInode(entries)
  const sockets: Socket[] = []
  for (const entry of entries.values()) {
    const { body } = entry
    if (body.field === 'isk') sockets.push(inetSocket(entry, body.value, queues))
    else if (body.field === 'usk') sockets.push(unixSocket(evidence, entry, body.value, queues, byInode))
    else if (body.field === 'nlsk') sockets.push(netlinkSocket(entry, body.value))
    else if (body.field === 'psk') sockets.push(packetSocket(entry, body.value))
  }
  return sockets
}

function unixByInode(entries: ReadonlyMap<number, FileEntry>): Map<number, number> {
  const map = new Map<number, number>()
  for (const { id, body } of entries.values())
    if (body.field === 'usk' && body.value.ino !== undefined && !map.has(body.value.ino)) map.set(body.value.ino, id)
  return map
}

function endpoint(words: readonly number[], port: number | undefined): Maybe<Endpoint> {
  const address = ipText(words)
  return address === undefined
    ? absent('unparsable', `An address of ${words.length} words is neither IPv4 nor IPv6.`)
    : { address, port }
}

function protocolOf(sk: inet_sk_entry): string {
  if (sk.type === SOCK_RAW) return 'RAW'
  return ipProtocolName(sk.proto)
}

/** UDP and raw sockets use TCP's numbers for connected and not connected (net/ipv4/datagram.c). */
function stateOf(sk: inet_sk_entry): Maybe<string> {
  if (sk.state === undefined) return notRecorded
  if (sk.proto === TCP && sk.type !== SOCK_RAW) return socketStateName(sk.state)
  return sk.state === CLOSE ? 'UNCONN' : socketStateName(sk.state)
}

const isZero = (words: readonly number[]): boolean => words.every((word) => word === 0)

function inetSocket(entry: FileEntry, sk: inet_sk_entry, queues: SocketQueues): Socket {
  const connected = sk.dst_port !== undefined && (sk.dst_port !== 0 || !isZero(sk.dst_addr))
  const tcp = sk.proto === TCP && sk.type !== SOCK_RAW
  const stream = sk.ino === undefined ? undefined : queues.tcp.get(sk.ino)
  const none = queueAbsence(tcp, sk.state)
  return {
    ...common(entry, sk.opts),
    family: sk.family === 10 ? 'inet6' : 'inet',
    protocol: protocolOf(sk),
    type: socketTypeName(sk.type),
    state: stateOf(sk),
    local: endpoint(sk.src_addr, sk.src_port),
    remote: connected ? endpoint(sk.dst_addr, sk.dst_port) : absent('not-applicable', 'The socket is not connected.'),
    inode: sk.ino ?? notRecorded,
    backlog:
      sk.state === LISTEN
        ? (sk.backlog ?? notRecorded)
        : absent('not-applicable', 'Only listening sockets have a backlog.'),
    peer: noPeer,
    receiveQueue: stream?.receive ?? none,
    sendQueue: stream?.send ?? none,
    netNs: sk.ns_id ?? notRecorded,
    uid: absent('not-recorded', 'CRIU does not record who owns an internet socket.'),
    options: [
      ...socketOptions(sk.opts),
      ...(sk.v6only === true ? [{ name: 'IPV6_V6ONLY', value: 'on' }] : []),
      ...tcpOptions(tcp ? sk.tcp_opts : undefined, tcp ? sk.opts : undefined),
      ...ipOptions(sk.ip_opts),
      ...(sk.ifname === undefined || sk.ifname === '' ? [] : [{ name: 'interface', value: sk.ifname }]),
      ...shutdownOption(sk.shutdown),
    ],
  }
}

function queueAbsence(tcp: boolean, state: number | undefined): Absent {
  if (!tcp) return absent('not-recorded', 'CRIU saves queued data of TCP and Unix sockets only.')
  if (state === LISTEN || state === CLOSE) return absent('not-applicable', 'The socket is not connected.')
  return absent('not-in-archive', 'The connection was dumped without its queues (no tcp-stream image).')
}

function unixState(sk: unix_sk_entry): Maybe<string> {
  if (sk.state === undefined) return notRecorded
  if (sk.state === LISTEN) return 'LISTEN'
  // A datagram socket is in state 1 as soon as it has a name; ss calls those without a peer UNCONN.
  const connected = sk.state === ESTABLISHED && (sk.type !== SOCK_DGRAM || (sk.peer ?? 0) !== 0)
  return connected ? 'ESTABLISHED' : 'UNCONN'
}

function unixSocket(
  evidence: Evidence,
  entry: FileEntry,
  sk: unix_sk_entry,
  queues: SocketQueues,
  byInode: ReadonlyMap<number, number>,
): Socket {
  const name = unixName(sk.name)
  const waiting: UnixQueue = queues.unix.get(entry.id) ?? { bytes: 0, packets: 0, origin: entry.origin }
  return {
    ...common(entry, sk.opts),
    family: 'unix',
    protocol: `unix ${socketTypeName(sk.type).toLowerCase()}`,
    type: socketTypeName(sk.type),
    state: unixState(sk),
    local: name === '' ? absent('not-applicable', 'The socket has no name.') : { address: name, port: undefined },
    remote: absent('not-applicable', 'The other end of a Unix socket is its peer.'),
    inode: sk.ino ?? notRecorded,
    backlog:
      sk.state === LISTEN
        ? (sk.backlog ?? notRecorded)
        : absent('not-applicable', 'Only listening sockets have a backlog.'),
    peer: unixPeer(evidence, entry, sk, byInode),
    receiveQueue: {
      bytes: waiting.bytes,
      packets: sk.type === 1 ? undefined : waiting.packets,
      origin: waiting.origin,
    },
    sendQueue: absent('not-applicable', 'What a Unix socket sends waits in the receive queue of its peer.'),
    netNs: sk.ns_id ?? notRecorded,
    uid: sk.file_perms?.uid ?? notRecorded,
    options: [
      ...socketOptions(sk.opts),
      ...(sk.deleted === true ? [{ name: 'path', value: 'deleted' }] : []),
      ...(sk.name_dir === undefined ? [] : [{ name: 'name is relative to', value: sk.name_dir }]),
      ...shutdownOption(sk.shutdown),
    ],
  }
}

function unixPeer(
  evidence: Evidence,
  entry: FileEntry,
  sk: unix_sk_entry,
  byInode: ReadonlyMap<number, number>,
): Maybe<number> {
  if (sk.peer === undefined || sk.peer === 0) return absent('not-applicable', 'The socket is not connected.')
  const peer = byInode.get(sk.peer)
  if (peer !== undefined) return peer
  const why = `The peer (inode ${sk.peer}) is not in the checkpoint.`
  note(
    evidence,
    'info',
    'unix-peer-missing',
    `The Unix socket ${entry.id} has a peer outside the checkpoint (inode ${sk.peer}).`,
    {
      origin: entry.origin,
      subject: { kind: 'socket', id: entry.id },
    },
  )
  return absent('not-in-archive', why)
}

function netlinkSocket(entry: FileEntry, sk: netlink_sk_entry): Socket {
  const groups = sk.groups.flatMap((word, i) => bits(word).map((bit) => i * 32 + bit + 1))
  return {
    ...common(entry, sk.opts),
    family: 'netlink',
    protocol: netlinkName(sk.protocol),
    type: 'RAW',
    state: sk.state === undefined ? notRecorded : sk.state === ESTABLISHED ? 'ESTABLISHED' : 'UNCONN',
    local: { address: 'port id', port: sk.portid },
    remote:
      (sk.dst_portid ?? 0) === 0 && (sk.dst_group ?? 0) === 0
        ? { address: 'kernel', port: undefined }
        : { address: 'port id', port: sk.dst_portid },
    inode: sk.ino ?? notRecorded,
    backlog: absent('not-applicable', 'Netlink sockets do not listen.'),
    peer: noPeer,
    receiveQueue: absent('not-recorded', 'CRIU saves queued data of TCP and Unix sockets only.'),
    sendQueue: absent('not-recorded', 'CRIU saves queued data of TCP and Unix sockets only.'),
    netNs: sk.ns_id ?? notRecorded,
    uid: notRecorded,
    options: [
      ...socketOptions(sk.opts),
      ...(groups.length === 0 ? [] : [{ name: 'groups', value: groups.slice(0, 64).join(', ') }]),
    ],
  }
}

function bits(word: number): number[] {
  return Array.from({ length: 32 }, (_, i) => i).filter((i) => (word >>> i) & 1)
}

function packetSocket(entry: FileEntry, sk: packet_sock_entry): Socket {
  return {
    ...common(entry, sk.opts),
    family: 'packet',
    protocol: 'PACKET',
    type: socketTypeName(sk.type),
    state: 'UNCONN',
    local: {
      address: sk.ifindex === undefined || sk.ifindex === 0 ? 'any interface' : `interface ${sk.ifindex}`,
      port: sk.protocol,
    },
    remote: absent('not-applicable', 'Packet sockets are not connected.'),
    inode: absent('not-recorded', 'CRIU does not record the inode of a packet socket.'),
    backlog: absent('not-applicable', 'Packet sockets do not listen.'),
    peer: noPeer,
    receiveQueue: absent('not-recorded', 'CRIU saves queued data of TCP and Unix sockets only.'),
    sendQueue: absent('not-recorded', 'CRIU saves queued data of TCP and Unix sockets only.'),
    netNs: sk.ns_id ?? notRecorded,
    uid: notRecorded,
    options: socketOptions(sk.opts),
  }
}

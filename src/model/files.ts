/** Descriptors, open file descriptions and sockets. */
import type { Maybe } from './absent.ts'
import type { Origin } from './origin.ts'

/** One descriptor of a descriptor table (fdinfo-<files_id>.img). */
export interface Descriptor {
  /** Table it belongs to; `Process.filesId` leads here. */
  readonly filesId: number
  readonly fd: number
  /** CRIU's type name: REG, PIPE, INETSK, … or `TYPE-<n>` when unknown. */
  readonly type: string
  /** Id in files.img. The same id in two places is one shared open file description. */
  readonly fileId: number
  readonly closeOnExec: boolean
  readonly origin: Origin
}

/** What a deleted file's content was kept as. */
export interface Remap {
  readonly kind: 'linked' | 'ghost' | 'procfs'
  /** Ghost id, file id of the link, or pid, by kind. */
  readonly id: number
  /** Member index of ghost-file-<id>.img, when it is in the archive. */
  readonly member: number | undefined
  readonly origin: Origin
}

/** An open file description (files.img or the old per-type images). */
export interface OpenFile {
  readonly id: number
  /** CRIU's type name, as in `Descriptor.type`. */
  readonly type: string
  /** Path, `pipe:[n]`, `socket:[n]`, `anon_inode:[eventpoll]`, … as lsof would say it; lossless text. */
  readonly name: Maybe<string>
  /** open(2) status flags. */
  readonly flags: Maybe<number>
  /** File position in bytes. */
  readonly position: Maybe<bigint>
  /** Bytes, where recorded. */
  readonly size: Maybe<bigint>
  /** st_mode, where recorded. */
  readonly mode: Maybe<number>
  readonly mountId: Maybe<number>
  /** Known to be deleted: remapped as ghost or link, or a memfd. Absent when CRIU does not tell. */
  readonly deleted: Maybe<boolean>
  readonly remap: Remap | undefined
  /** Kernel inode of pipes, fifos and sockets. */
  readonly inode: Maybe<number>
  /** Type specific facts in reading order: eventfd counter, epoll targets, timer values, lock, seals, … */
  readonly details: readonly { readonly label: string; readonly text: string; readonly path?: string }[]
  readonly origin: Origin
  /** Field of the record that holds the type's own message (`reg`, `isk`), undefined in old images. */
  readonly path: string | undefined
}

export interface Endpoint {
  /** Address text: IPv4 dotted, IPv6 per RFC 5952, unix path (abstract with leading @), interface. */
  readonly address: string
  /** Port, undefined where the family has none. */
  readonly port: number | undefined
}

export interface SocketQueue {
  /** Bytes waiting. */
  readonly bytes: number
  /** Packets, for datagram-like sockets. */
  readonly packets: number | undefined
  readonly origin: Origin
}

export interface Socket {
  /** Id in files.img. */
  readonly id: number
  readonly family: 'inet' | 'inet6' | 'unix' | 'netlink' | 'packet'
  /** TCP, UDP, UDPLITE, ICMP, RAW, unix stream/dgram/seqpacket, NETLINK_ROUTE, … */
  readonly protocol: string
  /** STREAM, DGRAM, SEQPACKET, RAW. */
  readonly type: string
  /** Kernel state name (ESTABLISHED, LISTEN, …); unconnected UDP is `UNCONN`. */
  readonly state: Maybe<string>
  readonly local: Maybe<Endpoint>
  readonly remote: Maybe<Endpoint>
  readonly inode: Maybe<number>
  readonly backlog: Maybe<number>
  /** Unix: the peer socket's files.img id; absent says why there is none. */
  readonly peer: Maybe<number>
  readonly receiveQueue: Maybe<SocketQueue>
  readonly sendQueue: Maybe<SocketQueue>
  /** Send buffer, receive buffer sizes in bytes. */
  readonly sendBuffer: Maybe<number>
  readonly receiveBuffer: Maybe<number>
  /** Network namespace (CRIU id). */
  readonly netNs: Maybe<number>
  /** Owner for unix sockets with recorded permissions; SIGIO owner otherwise is not this. */
  readonly uid: Maybe<number>
  /** Options that are set, name and value. */
  readonly options: readonly { readonly name: string; readonly value: string }[]
  readonly origin: Origin
  readonly path: string | undefined
}

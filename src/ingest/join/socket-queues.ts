/** Data waiting in sockets: sk-queues.img for Unix sockets, one tcp-stream image per TCP connection. */
import type { SocketQueue } from '../../model/files.ts'
import type { Origin } from '../../model/origin.ts'
import type { Evidence } from '../evidence.ts'
import type { FileEntry } from './file-entries.ts'
import { hasImage, mapMany, note, readAll, readFirst } from './records.ts'

export interface UnixQueue {
  readonly bytes: number
  readonly packets: number
  /** The bytes of the first packet; the whole when there is only one. */
  readonly origin: Origin
}

export interface SocketQueues {
  /** By file id of the receiving socket. */
  readonly unix: ReadonlyMap<number, UnixQueue>
  /** By inode. */
  readonly tcp: ReadonlyMap<number, { readonly receive: SocketQueue; readonly send: SocketQueue }>
}

export async function readSocketQueues(
  evidence: Evidence,
  entries: ReadonlyMap<number, FileEntry>,
): Promise<SocketQueues> {
  const unix = new Map<number, UnixQueue>()
  for (const { value, origin, record } of await readAll(evidence, 'sk-queues.img', 'sk_packet_entry')) {
    if (value.id_for === undefined) continue
    const before = unix.get(value.id_for)
    const data = record.extra?.kind === 'bytes' ? record.extra.data : undefined
    unix.set(value.id_for, {
      bytes: (before?.bytes ?? 0) + (value.length ?? 0),
      packets: (before?.packets ?? 0) + 1,
      origin: before?.origin ?? (data ? { ...origin, offset: data.offset, length: data.length } : origin),
    })
    if (!entries.has(value.id_for))
      note(
        evidence,
        'warning',
        'queue-owner-missing',
        `Data waits for socket ${value.id_for}, which is not in the images.`,
        { origin },
      )
  }
  return { unix, tcp: await readTcp(evidence, entries) }
}

/** The number in the name is the socket's inode in hexadecimal (criu/sk-tcp.c). */
function streamName(inode: number): string {
  return `tcp-stream-${inode.toString(16)}.img`
}

async function readTcp(evidence: Evidence, entries: ReadonlyMap<number, FileEntry>): Promise<SocketQueues['tcp']> {
  const inodes = new Set<number>()
  for (const { body } of entries.values()) {
    const inode = body.field === 'isk' ? body.value.ino : undefined
    if (inode !== undefined && hasImage(evidence, streamName(inode))) inodes.add(inode)
  }
  const list = [...inodes]
  const streams = await mapMany(evidence, list, (inode) => readFirst(evidence, streamName(inode), 'tcp_stream_entry'))
  const tcp = new Map<number, { receive: SocketQueue; send: SocketQueue }>()
  streams.forEach((stream, i) => {
    const inode = list[i]
    if (!stream || inode === undefined) return
    const { value, origin, record } = stream
    const extra = record.extra?.kind === 'tcp' ? record.extra : undefined
    const queue = (bytes: number | undefined, range: { offset: number; length: number } | undefined): SocketQueue => ({
      bytes: bytes ?? 0,
      packets: undefined,
      origin: range ? { ...origin, offset: range.offset, length: range.length } : origin,
    })
    tcp.set(inode, { receive: queue(value.inq_len, extra?.inq), send: queue(value.outq_len, extra?.outq) })
  })
  return tcp
}

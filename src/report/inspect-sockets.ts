/** Sockets of `checkpointctl inspect`: those of every process, in the order of its descriptors. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Socket } from '../model/files.ts'
import { processTables } from './descriptor-tables.ts'
import { compact, type JsonObject } from './json-shape.ts'
import { bufferText } from './sizes-text.ts'
import { unixName } from './unix-name.ts'

const SOCKET_TYPES: ReadonlySet<string> = new Set(['INETSK', 'UNIXSK', 'PACKETSK', 'NETLINKSK'])

export function sockets(checkpoint: Checkpoint): JsonObject[] {
  const byId = new Map((present(checkpoint.sockets) ?? []).map((socket) => [socket.id, socket]))
  const found: JsonObject[] = []
  for (const { process, descriptors } of processTables(checkpoint)) {
    const open = descriptors.flatMap((item) => {
      const socket = SOCKET_TYPES.has(item.type) ? byId.get(item.fileId) : undefined
      return socket ? [socketJson(socket)] : []
    })
    if (open.length > 0) found.push({ pid: process.pid, open_sockets: open })
  }
  return found
}

function socketJson(socket: Socket): JsonObject {
  switch (socket.family) {
    case 'unix':
      return {
        data: compact([
          ['type', 'UNIX'],
          ['address', unixName(socket)],
        ]),
      }
    case 'inet':
    case 'inet6':
      return { protocol: socket.protocol, data: inetData(socket) }
    case 'netlink':
    case 'packet':
      return { data: buffers(socket) }
  }
}

/** State names as go-criu spells them; it shows an unconnected datagram socket with its kernel state CLOSE. */
const STATES: Readonly<Record<string, string>> = { UNCONN: 'CLOSE', FIN_WAIT1: 'FIN_WAIT_1', FIN_WAIT2: 'FIN_WAIT_2' }

function stateText(socket: Socket): string | undefined {
  const state = present(socket.state)
  return state === undefined ? undefined : (STATES[state] ?? state)
}

function inetData(socket: Socket): JsonObject {
  const [local, remote] = [present(socket.local), present(socket.remote)]
  // An unconnected socket has no remote end in the model; the wildcard address stands in the image.
  const wildcard = socket.family === 'inet6' ? '::' : '0.0.0.0'
  return compact([
    ['type', socket.protocol],
    ['state', stateText(socket)],
    ['src', local?.address ?? wildcard],
    ['src_port', local?.port === 0 ? undefined : local?.port],
    ['dst', remote?.address ?? wildcard],
    ['dst_port', remote?.port === 0 ? undefined : remote?.port],
    ...Object.entries(buffers(socket)),
  ])
}

function buffers(socket: Socket): JsonObject {
  const [send, receive] = [present(socket.sendBuffer), present(socket.receiveBuffer)]
  return compact([
    ['send_buf', send === undefined ? undefined : bufferText(send)],
    ['recv_buf', receive === undefined ? undefined : bufferText(receive)],
  ])
}

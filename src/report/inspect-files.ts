/** Open files of `checkpointctl inspect`: every descriptor of every process, then working directory and root. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Descriptor, OpenFile, Socket } from '../model/files.ts'
import type { Process } from '../model/process.ts'
import { processTables } from './descriptor-tables.ts'
import type { JsonObject } from './json-shape.ts'
import { unixName } from './unix-name.ts'

export function fileDescriptors(checkpoint: Checkpoint): JsonObject[] {
  const files = new Map((present(checkpoint.files) ?? []).map((file) => [file.id, file]))
  const sockets = new Map((present(checkpoint.sockets) ?? []).map((socket) => [socket.id, socket]))
  const found: JsonObject[] = []
  for (const { process, descriptors } of processTables(checkpoint)) {
    const open = [
      ...descriptors.map((item) => ({
        type: item.type,
        fd: `${item.type} ${item.fd}`,
        path: pathText(item, files, sockets),
      })),
      ...places(process),
    ]
    if (open.length > 0) found.push({ pid: process.pid, open_files: open })
  }
  return found
}

function places(process: Process): JsonObject[] {
  const [cwd, root] = [present(process.cwd), present(process.root)]
  return [
    ...(cwd ? [{ type: '', fd: 'cwd', path: cwd.path }] : []),
    ...(root ? [{ type: '', fd: 'root', path: root.path }] : []),
  ]
}

/** go-criu's names: paths, `pipe[inode]`, `unix[inode (peer) name]`, otherwise `TYPE.id` (crit/utils.go there). */
function pathText(
  item: Descriptor,
  files: ReadonlyMap<number, OpenFile>,
  sockets: ReadonlyMap<number, Socket>,
): string {
  const file = files.get(item.fileId)
  const fallback = `${item.type}.${item.fileId}`
  if (!file) return fallback
  switch (item.type) {
    case 'REG':
      return present(file.name) ?? fallback
    case 'PIPE': {
      const inode = present(file.inode)
      return inode === undefined ? fallback : `pipe[${inode}]`
    }
    case 'UNIXSK': {
      const socket = sockets.get(item.fileId)
      return socket ? unixText(socket, sockets) : fallback
    }
    default:
      return fallback
  }
}

function unixText(socket: Socket, sockets: ReadonlyMap<number, Socket>): string {
  const peerId = present(socket.peer)
  const peer = peerId === undefined ? undefined : sockets.get(peerId)
  const peerInode = peer ? (present(peer.inode) ?? 0) : 0
  return `unix[${present(socket.inode) ?? 0} (${peerInode}) ${unixName(socket)}]`
}

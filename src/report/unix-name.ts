/** Names of Unix sockets as the kernel has them. */
import { present } from '../model/absent.ts'
import type { Socket } from '../model/files.ts'

/** The bound name: a path, or an abstract name with the NUL byte that the kernel has where we show `@`. */
export function unixName(socket: Socket): string {
  const address = present(socket.local)?.address ?? ''
  return address.startsWith('@') ? `\0${address.slice(1)}` : address
}

import type { Ref } from '../../model/ref.ts'

/** The screen where a thing is at home. Ids as in each screen's definition; a test holds them together. */
export function viewOf(ref: Ref): string {
  switch (ref.kind) {
    case 'process':
    case 'thread':
      return 'processes'
    case 'fd':
    case 'file':
      return 'files'
    case 'socket':
      return 'sockets'
    case 'mount':
      return 'mounts'
    case 'member':
      return ref.record === undefined ? 'contents' : 'images'
    case 'memory':
      return 'hex'
  }
}

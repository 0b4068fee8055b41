/** Whether a locator points to something in a checkpoint: a link may come from elsewhere. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import { spaceWords } from './memory-space.ts'
import type { Process } from '../model/process.ts'
import type { Ref } from '../model/ref.ts'

export function hasRef(cp: Checkpoint, ref: Ref): boolean {
  switch (ref.kind) {
    case 'process':
      return processOf(cp, ref.pid) !== undefined
    case 'thread':
      return processOf(cp, ref.pid)?.threads.includes(ref.tid) === true
    case 'fd': {
      const table = processOf(cp, ref.pid)?.filesId
      return present(cp.descriptors)?.some(({ filesId, fd }) => filesId === table && fd === ref.fd) === true
    }
    case 'file':
      return present(cp.files)?.some(({ id }) => id === ref.id) === true
    case 'socket':
      return present(cp.sockets)?.some(({ id }) => id === ref.id) === true
    case 'mount':
      return present(cp.mounts)?.some(({ ns, id }) => ns === ref.ns && id === ref.id) === true
    case 'member':
      return cp.members[ref.index] !== undefined
    case 'memory':
      // Shared memory objects are asked for; the screen says so when there is no such object.
      return ref.space.kind === 'shared' || processOf(cp, ref.space.pid) !== undefined
  }
}

function processOf(cp: Checkpoint, pid: number): Process | undefined {
  return present(cp.processes)?.find((process) => process.pid === pid)
}

/** The thing that a locator names, in words: `process 12`, `descriptor 3 of process 1`. */
export function refWords(ref: Ref): string {
  switch (ref.kind) {
    case 'process':
      return `process ${ref.pid}`
    case 'thread':
      return `thread ${ref.tid} of process ${ref.pid}`
    case 'fd':
      return `descriptor ${ref.fd} of process ${ref.pid}`
    case 'file':
      return `open file ${ref.id}`
    case 'socket':
      return `socket ${ref.id}`
    case 'mount':
      return `mount ${ref.id} of namespace ${ref.ns}`
    case 'member':
      return `member ${ref.index}`
    case 'memory':
      return `address 0x${ref.address.toString(16)} of ${spaceWords(ref.space)}`
  }
}

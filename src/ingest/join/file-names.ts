/** Names of open files as /proc/<pid>/fd and lsof show them, as far as CRIU records what they are made of. */
import { namespaceKind } from '../../criu/names.ts'
import { absent, type Maybe } from '../../model/absent.ts'
import type { FileContext } from './file-context.ts'
import type { FileEntry } from './file-entries.ts'

/** Where an entry refers to another one, at most this many steps are taken. */
const STEPS = 4

/** The name of an entry, lossless text. */
export function fileName(context: FileContext, entry: FileEntry, steps = STEPS): Maybe<string> {
  const { body } = entry
  switch (body.field) {
    case 'reg':
      return regName(context, body.value.name, body.value.mnt_id)
    case 'pipe':
      return inodeName('pipe', body.value.pipe_id)
    case 'fifo':
      return behind(context, body.value.regf_id, inodeName('fifo', body.value.pipe_id), steps)
    case 'tty':
      return behind(context, body.value.regf_id, absent('unreadable', 'The terminal has no path on record.'), steps)
    case 'isk':
    case 'usk':
    case 'nlsk':
      return inodeName('socket', body.value.ino)
    case 'psk':
      return absent('not-recorded', 'CRIU does not record the inode of a packet socket.')
    case 'memfd':
      return memfdName(context, body.value.inode_id)
    case 'nsf':
      return namespaceName(body.value.ns_cflag, body.value.ns_id)
    case 'efd':
      return 'anon_inode:[eventfd]'
    case 'epfd':
      return 'anon_inode:[eventpoll]'
    case 'sgfd':
      return 'anon_inode:[signalfd]'
    case 'tfd':
      return 'anon_inode:[timerfd]'
    case 'ify':
      return 'anon_inode:inotify'
    case 'ffy':
      return 'anon_inode:[fanotify]'
    case 'pidfd':
      return 'anon_inode:[pidfd]'
    case 'bpf':
      return 'anon_inode:bpf-map'
    case 'tunf':
      return '/dev/net/tun'
    case 'ext':
      return absent('not-recorded', 'The file is dumped by a plugin of CRIU, which keeps its name to itself.')
    case 'unknown':
      return absent('unparsable', `Files of type ${entry.type} are not understood.`)
  }
}

/** Paths are recorded as seen from the root of their mount namespace; very old ones are relative to their mount. */
function regName(context: FileContext, name: string | undefined, mountId: number | undefined): Maybe<string> {
  if (name === undefined) return absent('unreadable', 'The path is missing from its record.')
  const mount = mountId === undefined ? undefined : context.mounts.get(mountId)
  if (!name.startsWith('./') || !mount) return name
  return `${mount.mountPoint === '/' ? '' : mount.mountPoint}${name.slice(1)}`
}

function inodeName(kind: string, inode: number | undefined): Maybe<string> {
  return inode === undefined
    ? absent('unreadable', `The inode of the ${kind} is missing from its record.`)
    : `${kind}:[${inode}]`
}

function behind(context: FileContext, id: number | undefined, otherwise: Maybe<string>, steps: number): Maybe<string> {
  const entry = id === undefined ? undefined : context.entries.get(id)
  return entry && steps > 0 ? fileName(context, entry, steps - 1) : otherwise
}

/** What anonymous shared memory is called in the kernel; CRIU records it among the memfds. */
export const SHARED_ANONYMOUS = '/dev/zero'

function memfdName(context: FileContext, inode: number | undefined): Maybe<string> {
  const name = inode === undefined ? undefined : context.memfds.get(inode)?.name
  if (name === undefined) return absent('unreadable', 'The memfd has no record in memfd.img.')
  return name === SHARED_ANONYMOUS ? name : `/memfd:${name}`
}

function namespaceName(flag: number | undefined, id: number | undefined): Maybe<string> {
  const kind = flag === undefined ? undefined : namespaceKind(flag)
  if (kind === undefined) return absent('unparsable', 'The kind of namespace is not known.')
  return `${kind} namespace ${id ?? ''}`.trimEnd()
}

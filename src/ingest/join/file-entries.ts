/**
 * Open file descriptions as CRIU recorded them, in one form: from files.img, or from the images of each type that
 * older versions wrote (criu/files.c).
 */
import { recordsOf } from '../../criu/decode-image.ts'
import type { file_entry, MessageTypes } from '../../criu/generated/types.ts'
import type { Origin } from '../../model/origin.ts'
import { originOf, type Evidence } from '../evidence.ts'
import { fdTypeName } from './words.ts'
import { hasImage, note, readAll } from './records.ts'

/** Messages of the types, by the name of their field in file_entry. */
interface FieldMessages {
  reg: 'reg_file_entry'
  isk: 'inet_sk_entry'
  nsf: 'ns_file_entry'
  psk: 'packet_sock_entry'
  nlsk: 'netlink_sk_entry'
  efd: 'eventfd_file_entry'
  epfd: 'eventpoll_file_entry'
  sgfd: 'signalfd_entry'
  tunf: 'tunfile_entry'
  tfd: 'timerfd_entry'
  ify: 'inotify_file_entry'
  ffy: 'fanotify_file_entry'
  ext: 'ext_file_entry'
  usk: 'unix_sk_entry'
  fifo: 'fifo_entry'
  pipe: 'pipe_entry'
  tty: 'tty_file_entry'
  memfd: 'memfd_file_entry'
  bpf: 'bpfmap_file_entry'
  pidfd: 'pidfd_entry'
}

type Field = keyof FieldMessages

/** The type's own message, told apart by `field`; `unknown` for types of a newer CRIU. */
export type FileBody =
  | { [F in Field]: { readonly field: F; readonly value: MessageTypes[FieldMessages[F]] } }[Field]
  | { readonly field: 'unknown' }

export interface FileEntry {
  readonly id: number
  /** CRIU's type name. */
  readonly type: string
  readonly body: FileBody
  readonly origin: Origin
  /** Field of the record that holds the body; undefined in old images. */
  readonly path: string | undefined
}

const FIELDS: readonly Field[] = [
  'reg',
  'isk',
  'nsf',
  'psk',
  'nlsk',
  'efd',
  'epfd',
  'sgfd',
  'tunf',
  'tfd',
  'ify',
  'ffy',
  'ext',
  'usk',
  'fifo',
  'pipe',
  'tty',
  'memfd',
  'bpf',
  'pidfd',
]

/** Images of one type each, before files.img. */
const OLD: readonly (readonly [string, string, Field, FieldMessages[Field]])[] = [
  ['reg-files.img', 'REG', 'reg', 'reg_file_entry'],
  ['inetsk.img', 'INETSK', 'isk', 'inet_sk_entry'],
  ['ns-files.img', 'NS', 'nsf', 'ns_file_entry'],
  ['packetsk.img', 'PACKETSK', 'psk', 'packet_sock_entry'],
  ['netlinksk.img', 'NETLINKSK', 'nlsk', 'netlink_sk_entry'],
  ['eventfd.img', 'EVENTFD', 'efd', 'eventfd_file_entry'],
  ['eventpoll.img', 'EVENTPOLL', 'epfd', 'eventpoll_file_entry'],
  ['signalfd.img', 'SIGNALFD', 'sgfd', 'signalfd_entry'],
  ['tunfile.img', 'TUNF', 'tunf', 'tunfile_entry'],
  ['timerfd.img', 'TIMERFD', 'tfd', 'timerfd_entry'],
  ['inotify.img', 'INOTIFY', 'ify', 'inotify_file_entry'],
  ['fanotify.img', 'FANOTIFY', 'ffy', 'fanotify_file_entry'],
  ['ext-files.img', 'EXT', 'ext', 'ext_file_entry'],
  ['unixsk.img', 'UNIXSK', 'usk', 'unix_sk_entry'],
  ['fifo.img', 'FIFO', 'fifo', 'fifo_entry'],
  ['pipes.img', 'PIPE', 'pipe', 'pipe_entry'],
  ['tty.img', 'TTY', 'tty', 'tty_file_entry'],
  ['bpfmap-file.img', 'BPFMAP', 'bpf', 'bpfmap_file_entry'],
  ['pidfd.img', 'PIDFD', 'pidfd', 'pidfd_entry'],
]

function bodyOf(entry: file_entry): FileBody {
  for (const field of FIELDS) {
    const value = entry[field]
    if (value !== undefined) return { field, value } as FileBody
  }
  return { field: 'unknown' }
}

/** Entries by id, in the order of the images. A second entry with the same id is noted and left out. */
export async function readFileEntries(evidence: Evidence): Promise<Map<number, FileEntry> | undefined> {
  const entries = new Map<number, FileEntry>()
  const add = (entry: Omit<FileEntry, 'id'>, id: number | undefined): void => {
    if (id === undefined)
      note(evidence, 'error', 'file-id-missing', 'A record of an open file has no id and is left out.', entry)
    else if (entries.has(id))
      note(evidence, 'warning', 'duplicate-file-id', `Two open files have the id ${id}; the first one counts.`, {
        origin: entry.origin,
        subject: { kind: 'file', id },
      })
    else entries.set(id, { ...entry, id })
  }
  const image = await evidence.image('files.img')
  for (const record of image ? recordsOf(image, 'file_entry') : []) {
    if (!image) break
    const body = bodyOf(record.value)
    const { type, id } = record.value
    const path = body.field === 'unknown' ? undefined : body.field
    add({ type: fdTypeName(type), body, origin: originOf(image, record), path }, id)
  }
  let any = image !== undefined
  const old = evidence.imagesOf('REG_FILES').length > 0
  if (!image && !old && !hasImage(evidence, 'files.img'))
    note(evidence, 'error', 'files-missing', 'There is no files.img: what the descriptors point to is not known.')
  for (const [file, type, field, message] of OLD)
    for (const { value, origin } of await readAll(evidence, file, message)) {
      any = true
      const { id } = value as { id: number | undefined }
      add({ type, body: { field, value } as FileBody, origin, path: undefined }, id)
    }
  return any ? entries : undefined
}

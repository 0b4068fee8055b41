/** What names and facts of open files are looked up in: remaps, memfds, terminals, queued bytes, watches, locks. */
import type {
  eventpoll_tfd_entry,
  fanotify_mark_entry,
  file_lock_entry,
  inotify_wd_entry,
  memfd_inode_entry,
  tty_info_entry,
} from '../../criu/generated/types.ts'
import type { Mount } from '../../model/checkpoint.ts'
import type { Remap } from '../../model/files.ts'
import type { Origin } from '../../model/origin.ts'
import type { Evidence } from '../evidence.ts'
import type { FileEntry } from './file-entries.ts'
import { note, readAll } from './records.ts'

/** Bytes waiting in a pipe or fifo. */
export interface PipeData {
  readonly bytes: number
  /** Capacity in bytes, where recorded. */
  readonly capacity: number | undefined
  readonly origin: Origin
}

export interface FileContext {
  readonly entries: ReadonlyMap<number, FileEntry>
  readonly remaps: ReadonlyMap<number, Remap>
  /** By inode_id. */
  readonly memfds: ReadonlyMap<number, memfd_inode_entry>
  readonly ttys: ReadonlyMap<number, tty_info_entry>
  readonly pipeData: ReadonlyMap<number, PipeData>
  readonly fifoData: ReadonlyMap<number, PipeData>
  /** By id of the epoll, inotify or fanotify file; images of their own in old checkpoints. */
  readonly epollTargets: ReadonlyMap<number, readonly eventpoll_tfd_entry[]>
  readonly watches: ReadonlyMap<number, readonly inotify_wd_entry[]>
  readonly marks: ReadonlyMap<number, readonly fanotify_mark_entry[]>
  /** By `pid:fd`. */
  readonly locks: ReadonlyMap<string, readonly file_lock_entry[]>
  /** File ids of both ends of each pipe, by pipe_id. */
  readonly pipeEnds: ReadonlyMap<number, readonly number[]>
  readonly mounts: ReadonlyMap<number, Mount>
}

async function readPipeData(evidence: Evidence, fileName: string): Promise<Map<number, PipeData>> {
  const all = new Map<number, PipeData>()
  for (const { value, origin, record } of await readAll(evidence, fileName, 'pipe_data_entry')) {
    if (value.pipe_id === undefined) continue
    const data = record.extra?.kind === 'bytes' ? record.extra.data : undefined
    all.set(value.pipe_id, {
      bytes: value.bytes ?? 0,
      capacity: value.size,
      origin: data ? { ...origin, offset: data.offset, length: data.length } : origin,
    })
  }
  return all
}

/** remap_type of remap-fpath.img (CRIU images/remap-file-path.proto). */
const REMAP_KINDS = ['linked', 'ghost', 'procfs'] as const
/** Mark of a ghost in images that have no remap_type yet. */
const OLD_GHOST = 0x80000000

async function readRemaps(evidence: Evidence): Promise<Map<number, Remap>> {
  const remaps = new Map<number, Remap>()
  for (const { value, origin } of await readAll(evidence, 'remap-fpath.img', 'remap_file_path_entry')) {
    const { orig_id: file, remap_id: recorded, remap_type: type } = value
    if (file === undefined || recorded === undefined) continue
    const oldGhost = type === undefined && (recorded & OLD_GHOST) !== 0
    const kind = type === undefined ? (oldGhost ? 'ghost' : 'linked') : REMAP_KINDS[type]
    if (kind === undefined) {
      note(evidence, 'warning', 'remap-type', `File ${file} is replaced in a way that is not known (${type ?? ''}).`, {
        origin,
      })
      continue
    }
    const id = oldGhost ? (recorded & ~OLD_GHOST) >>> 0 : recorded
    const ghost =
      kind === 'ghost' ? evidence.member(`${evidence.imageDir}ghost-file-${id.toString(16)}.img`) : undefined
    if (kind === 'ghost' && !ghost)
      note(
        evidence,
        'warning',
        'ghost-missing',
        `The content of the deleted file ${file} (ghost ${id}) is not in the archive.`,
        {
          origin,
          subject: { kind: 'file', id: file },
        },
      )
    remaps.set(file, { kind, id, member: ghost?.index, origin })
  }
  return remaps
}

function groupBy<T, K>(items: readonly { readonly value: T }[], key: (value: T) => K | undefined): Map<K, T[]> {
  const groups = new Map<K, T[]>()
  for (const { value } of items) {
    const id = key(value)
    if (id === undefined) continue
    const group = groups.get(id)
    if (group) group.push(value)
    else groups.set(id, [value])
  }
  return groups
}

function byId<T>(items: readonly { readonly value: T }[], id: (value: T) => number | undefined): Map<number, T> {
  const map = new Map<number, T>()
  for (const { value } of items) {
    const key = id(value)
    if (key !== undefined && !map.has(key)) map.set(key, value)
  }
  return map
}

/** Reads everything that open files refer to. */
export async function readFileContext(
  evidence: Evidence,
  entries: ReadonlyMap<number, FileEntry>,
  mounts: readonly Mount[],
): Promise<FileContext> {
  const memfds = await readAll(evidence, 'memfd.img', 'memfd_inode_entry')
  const pipeEnds = new Map<number, number[]>()
  for (const { id, body } of entries.values()) {
    const pipe = body.field === 'pipe' ? body.value.pipe_id : undefined
    if (pipe === undefined) continue
    const ends = pipeEnds.get(pipe)
    if (ends) ends.push(id)
    else pipeEnds.set(pipe, [id])
  }
  return {
    entries,
    remaps: await readRemaps(evidence),
    memfds: byId(memfds, (value) => (value.inode_id === undefined ? undefined : Number(value.inode_id))),
    ttys: byId(await readAll(evidence, 'tty-info.img', 'tty_info_entry'), (value) => value.id),
    pipeData: await readPipeData(evidence, 'pipes-data.img'),
    fifoData: await readPipeData(evidence, 'fifo-data.img'),
    epollTargets: groupBy(await readAll(evidence, 'eventpoll-tfd.img', 'eventpoll_tfd_entry'), (value) => value.id),
    watches: groupBy(await readAll(evidence, 'inotify-wd.img', 'inotify_wd_entry'), (value) => value.id),
    marks: groupBy(await readAll(evidence, 'fanotify-mark.img', 'fanotify_mark_entry'), (value) => value.id),
    locks: groupBy(
      await readAll(evidence, 'filelocks.img', 'file_lock_entry'),
      (lock) => `${lock.pid ?? ''}:${lock.fd ?? ''}`,
    ),
    pipeEnds,
    mounts: new Map(mounts.map((mount) => [mount.id, mount])),
  }
}

/** Every descriptor of every process, as lsof lists them. */
import { limits } from '../base/limits.ts'
import { absent, isAbsent, present, type Maybe } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Descriptor, OpenFile, Socket } from '../model/files.ts'
import type { Process } from '../model/process.ts'
import { lookup } from './lookup.ts'

export interface FileRow {
  readonly process: Process
  readonly descriptor: Descriptor
  /** Undefined when files.img has no such id; a diagnostic says so. */
  readonly file: OpenFile | undefined
  readonly socket: Socket | undefined
  /** Processes that use the descriptor table (CLONE_FILES), this one among them. */
  readonly tableUsers: readonly Process[]
  /**
   * How many other descriptors lead to the same open file description (dup, fork): position and status flags are one.
   * The same descriptor seen by others that use the table does not count.
   */
  readonly sharedWith: number
}

export interface FileList {
  /** At most limits.fileRows. */
  readonly rows: readonly FileRow[]
  /** Descriptors of all processes, those of a shared table counted for each. */
  readonly total: number
}

export function listFiles(cp: Checkpoint): Maybe<FileList> {
  const total = countAllFiles(cp)
  if (isAbsent(total)) return total
  const rows: FileRow[] = []
  for (const process of present(cp.processes) ?? []) {
    if (rows.length >= limits.fileRows) break
    for (const row of filesOf(cp, process, limits.fileRows - rows.length)) rows.push(row)
  }
  return { rows, total }
}

/** How many rows there would be. */
export function countAllFiles(cp: Checkpoint): Maybe<number> {
  if (isAbsent(cp.descriptors)) return cp.descriptors
  if (isAbsent(cp.processes)) return cp.processes
  const { tables, users } = lookup(cp)
  let total = 0
  for (const [filesId, using] of users) total += using.length * (tables.get(filesId)?.length ?? 0)
  return total
}

/** The descriptors of one process; empty when it has no table. */
export function filesOf(cp: Checkpoint, process: Process, most: number = limits.fileRows): FileRow[] {
  const known = lookup(cp)
  const filesId = present(process.filesId)
  if (filesId === undefined) return []
  const tableUsers = known.users.get(filesId) ?? []
  return (known.tables.get(filesId) ?? []).slice(0, most).map((descriptor) => ({
    process,
    descriptor,
    file: known.files.get(descriptor.fileId),
    socket: known.sockets.get(descriptor.fileId),
    tableUsers,
    sharedWith: (known.holders.get(descriptor.fileId) ?? 0) - tableUsers.length,
  }))
}

/** Number of descriptors, and of those that are sockets. */
export function countFiles(cp: Checkpoint, process: Process): Maybe<{ files: number; sockets: number }> {
  if (isAbsent(process.filesId)) return process.filesId
  if (isAbsent(cp.descriptors)) return cp.descriptors
  const { tables, tableSockets } = lookup(cp)
  const table = tables.get(process.filesId)
  if (!table) return absent('unreadable', 'its descriptor table is not in the archive')
  return { files: table.length, sockets: tableSockets.get(process.filesId) ?? 0 }
}

/** Every descriptor of every process, as lsof lists them. */
import { absent, isAbsent, present, type Maybe } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Descriptor, OpenFile, Socket } from '../model/files.ts'
import type { Process } from '../model/process.ts'
import { lookup, type Holder } from './lookup.ts'

export interface FileRow {
  readonly process: Process
  readonly descriptor: Descriptor
  /** Undefined when files.img has no such id; a diagnostic says so. */
  readonly file: OpenFile | undefined
  readonly socket: Socket | undefined
  /** Other processes that use the same descriptor table (CLONE_FILES). */
  readonly tableSharedWith: readonly Process[]
  /** Other descriptors of the same open file description (dup, fork): position and status flags are one. */
  readonly sharedWith: readonly Holder[]
}

export function listFiles(cp: Checkpoint): Maybe<readonly FileRow[]> {
  if (isAbsent(cp.descriptors)) return cp.descriptors
  if (isAbsent(cp.processes)) return cp.processes
  return cp.processes.flatMap((process) => filesOf(cp, process))
}

/** The descriptors of one process; empty when it has no table. */
export function filesOf(cp: Checkpoint, process: Process): FileRow[] {
  const { files, sockets, tables, users, holders } = lookup(cp)
  const filesId = present(process.filesId)
  if (filesId === undefined) return []
  const tableSharedWith = (users.get(filesId) ?? []).filter((other) => other !== process)
  return (tables.get(filesId) ?? []).map((descriptor) => ({
    process,
    descriptor,
    file: files.get(descriptor.fileId),
    socket: sockets.get(descriptor.fileId),
    tableSharedWith,
    sharedWith: (holders.get(descriptor.fileId) ?? []).filter(
      (holder) => present(holder.process.filesId) !== filesId || holder.fd !== descriptor.fd,
    ),
  }))
}

/** Number of descriptors, and of those that are sockets. */
export function countFiles(cp: Checkpoint, process: Process): Maybe<{ files: number; sockets: number }> {
  if (isAbsent(process.filesId)) return process.filesId
  if (isAbsent(cp.descriptors)) return cp.descriptors
  const { tables, sockets } = lookup(cp)
  const table = tables.get(process.filesId)
  if (!table) return absent('unreadable', 'its descriptor table is not in the archive')
  return { files: table.length, sockets: table.filter(({ fileId }) => sockets.has(fileId)).length }
}

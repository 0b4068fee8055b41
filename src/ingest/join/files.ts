/** Open file descriptions and descriptor tables. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { Descriptor, OpenFile } from '../../model/files.ts'
import type { PathOf } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import { fileDetails, lockDetails } from './file-details.ts'
import type { FileContext } from './file-context.ts'
import type { FileEntry } from './file-entries.ts'
import { fileName } from './file-names.ts'
import { fdTypeName } from './words.ts'
import { note, readAll } from './records.ts'
import { isLive, type Task } from './tasks.ts'

const FD_CLOEXEC = 1

/** Descriptor table of a process: by files_id, in very old checkpoints by pid. */
export function filesIdOf(task: Task, perPid: boolean): Maybe<number> {
  if (!isLive(task.state)) return absent('not-applicable', 'A zombie has no descriptors.')
  if (perPid) return task.pid
  const id = task.ids?.value.files_id
  return id ?? absent('unreadable', 'The process has no readable ids image, which leads to its descriptors.')
}

/** Rows of all descriptor tables that processes use, in table order. */
export async function joinDescriptors(evidence: Evidence, filesIds: ReadonlySet<number>): Promise<Descriptor[]> {
  const rows: Descriptor[] = []
  for (const filesId of filesIds)
    for (const { value, origin } of await readAll(evidence, `fdinfo-${filesId}.img`, 'fdinfo_entry')) {
      if (value.fd === undefined || value.id === undefined) {
        note(
          evidence,
          'error',
          'descriptor-incomplete',
          `A descriptor of table ${filesId} has no number or no file and is left out.`,
          { origin },
        )
        continue
      }
      const closeOnExec = ((value.flags ?? 0) & FD_CLOEXEC) !== 0
      rows.push({ filesId, fd: value.fd, type: fdTypeName(value.type), fileId: value.id, closeOnExec, origin })
    }
  return rows
}

interface Facts {
  readonly flags: Maybe<number>
  readonly position: Maybe<bigint>
  readonly size: Maybe<bigint>
  readonly mode: Maybe<number>
  readonly mountId: Maybe<number>
  readonly inode: Maybe<number>
}

const none = absent('not-applicable', 'Files of this type have none.')
const unrecorded = absent('not-recorded', 'CRIU did not record it for this file.')

/** An open(2) flag word; fifo entries keep theirs in the file behind them. */
function flagsOf(context: FileContext, entry: FileEntry): Maybe<number> {
  const { body } = entry
  if (body.field === 'unknown' || body.field === 'ext' || body.field === 'tunf') return unrecorded
  if (body.field === 'fifo') {
    const behind = body.value.regf_id === undefined ? undefined : context.entries.get(body.value.regf_id)
    return behind?.body.field === 'reg' ? (behind.body.value.flags ?? unrecorded) : unrecorded
  }
  return body.value.flags ?? unrecorded
}

function factsOf(context: FileContext, entry: FileEntry): Facts {
  const { body } = entry
  const flags = flagsOf(context, entry)
  const base = { flags, position: none, size: none, mode: none, mountId: none, inode: none }
  switch (body.field) {
    case 'reg':
      return {
        flags,
        position: body.value.pos ?? unrecorded,
        size: body.value.size ?? unrecorded,
        mode: body.value.mode ?? unrecorded,
        mountId: body.value.mnt_id ?? unrecorded,
        inode: unrecorded,
      }
    case 'memfd': {
      const memfd = body.value.inode_id === undefined ? undefined : context.memfds.get(body.value.inode_id)
      const position = body.value.pos ?? unrecorded
      return { ...base, position, size: memfd?.size ?? unrecorded, mode: memfd?.mode ?? unrecorded, inode: unrecorded }
    }
    case 'pipe':
    case 'fifo':
      return { ...base, inode: body.value.pipe_id ?? unrecorded }
    case 'isk':
    case 'usk':
    case 'nlsk':
      return { ...base, inode: body.value.ino ?? unrecorded }
    default:
      return base
  }
}

function deletedOf(context: FileContext, entry: FileEntry): Maybe<boolean> {
  const { body } = entry
  if (body.field === 'reg') return context.remaps.get(entry.id)?.kind !== 'procfs' && context.remaps.has(entry.id)
  if (body.field === 'memfd') return true
  if (body.field === 'usk') return body.value.deleted ?? false
  if (body.field === 'fifo' && body.value.regf_id !== undefined) return context.remaps.has(body.value.regf_id)
  return none
}

/** True when a file is known to be deleted. */
export function isDeleted(context: FileContext, id: number): boolean {
  const entry = context.entries.get(id)
  return entry !== undefined && deletedOf(context, entry) === true
}

/** All open files, in the order of the images. */
export function joinFiles(
  context: FileContext,
  descriptors: readonly Descriptor[],
  pidsOf: ReadonlyMap<number, readonly number[]>,
): OpenFile[] {
  const locked =
    context.locks.size === 0 ? new Map<number, OpenFile['details']>() : locksByFile(context, descriptors, pidsOf)
  return [...context.entries.values()].map((entry) => ({
    id: entry.id,
    type: entry.type,
    name: fileName(context, entry),
    ...factsOf(context, entry),
    deleted: deletedOf(context, entry),
    remap: context.remaps.get(entry.id),
    details: [...fileDetails(context, entry), ...(locked.get(entry.id) ?? [])],
    origin: entry.origin,
    path: entry.path,
  }))
}

/** Lock lines by file id: locks are recorded by process and descriptor. */
function locksByFile(
  context: FileContext,
  descriptors: readonly Descriptor[],
  pidsOf: ReadonlyMap<number, readonly number[]>,
): Map<number, OpenFile['details']> {
  const lines = new Map<number, OpenFile['details']>()
  for (const { filesId, fd, fileId } of descriptors) {
    const found = (pidsOf.get(filesId) ?? []).flatMap((pid) => lockDetails(context, pid, fd))
    if (found.length > 0) lines.set(fileId, [...(lines.get(fileId) ?? []), ...found])
  }
  return lines
}

/** A place of a process (cwd, root, exe) by its file id. */
export function pathOf(files: ReadonlyMap<number, OpenFile>, id: number | undefined, what: string): Maybe<PathOf> {
  if (id === undefined) return absent('unreadable', `The ${what} is not on record.`)
  const file = files.get(id)
  if (!file) return absent('unreadable', `The ${what} refers to file ${id}, which is not in the images.`)
  if (typeof file.name !== 'string') return file.name
  return { path: file.name, fileId: id, deleted: file.deleted === true }
}

/** Notes descriptors whose file is missing. */
export function checkDescriptors(
  evidence: Evidence,
  descriptors: readonly Descriptor[],
  entries: ReadonlyMap<number, FileEntry>,
): void {
  for (const row of descriptors)
    if (!entries.has(row.fileId))
      note(
        evidence,
        'warning',
        'file-missing',
        `Descriptor ${row.fd} of table ${row.filesId} leads to file ${row.fileId}, which is not in the images.`,
        {
          origin: row.origin,
        },
      )
}

/** Self-check of the model: every id leads somewhere, or a diagnostic has said that it does not. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Origin } from '../model/origin.ts'
import type { PathOf, Process } from '../model/process.ts'

/** What is wrong, one sentence each; empty for a sound model. */
export function checkIntegrity(
  cp: Pick<Checkpoint, 'members' | 'processes' | 'descriptors' | 'files' | 'sockets' | 'mounts' | 'memory'>,
): string[] {
  const faults: string[] = []
  const processes = present(cp.processes) ?? []
  const files = new Set((present(cp.files) ?? []).map((file) => file.id))
  const tables = new Set(processes.map((process) => present(process.filesId)))
  const sockets = present(cp.sockets) ?? []
  const socketIds = new Set(sockets.map((socket) => socket.id))
  unique(
    faults,
    'process',
    processes.map((process) => process.pid),
  )
  unique(
    faults,
    'file',
    (present(cp.files) ?? []).map((file) => file.id),
  )
  unique(
    faults,
    'socket',
    sockets.map((socket) => socket.id),
  )
  unique(
    faults,
    'mount',
    (present(cp.mounts) ?? []).map((mount) => `${mount.ns}/${mount.id}`),
  )
  for (const process of processes) checkProcess(faults, process, files)
  for (const row of present(cp.descriptors) ?? []) {
    if (!files.has(row.fileId)) faults.push(`descriptor ${row.filesId}/${row.fd}: no file ${row.fileId}`)
    if (!tables.has(row.filesId)) faults.push(`descriptor ${row.filesId}/${row.fd}: no process uses the table`)
  }
  for (const socket of sockets) {
    if (!files.has(socket.id)) faults.push(`socket ${socket.id}: no file`)
    if (!isAbsent(socket.peer) && !socketIds.has(socket.peer))
      faults.push(`socket ${socket.id}: no peer ${socket.peer}`)
  }
  for (const origin of origins(cp)) checkOrigin(faults, cp, origin)
  return faults
}

function unique(faults: string[], what: string, ids: readonly (number | string)[]): void {
  const seen = new Set<number | string>()
  for (const id of ids) {
    if (seen.has(id)) faults.push(`${what} ${id}: listed twice`)
    seen.add(id)
  }
}

function checkProcess(faults: string[], process: Process, files: ReadonlySet<number>): void {
  const places: readonly (readonly [string, PathOf | undefined])[] = [
    ['exe', present(process.exe)],
    ['cwd', present(process.cwd)],
    ['root', present(process.root)],
  ]
  for (const [what, place] of places)
    if (place && !files.has(place.fileId))
      faults.push(`process ${process.pid}: ${what} is file ${place.fileId}, which is not there`)
  if (process.threads[0] !== process.pid) faults.push(`process ${process.pid}: its leader is not its first thread`)
}

function* origins(cp: Parameters<typeof checkIntegrity>[0]): Generator<Origin, void, undefined> {
  for (const process of present(cp.processes) ?? []) yield* Object.values(process.sources) as Origin[]
  for (const rows of [cp.descriptors, cp.files, cp.sockets, cp.mounts])
    for (const row of present(rows) ?? []) yield row.origin
}

function checkOrigin(faults: string[], cp: Parameters<typeof checkIntegrity>[0], origin: Origin): void {
  const member = cp.members[origin.member]
  if (!member) faults.push(`origin: no member ${origin.member}`)
  else if (origin.offset < 0 || origin.length < 0 || origin.offset + origin.length > member.size)
    faults.push(`origin: ${origin.offset}+${origin.length} is outside ${member.name}`)
}

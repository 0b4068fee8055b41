/** Joins that many rows need, computed once per checkpoint: who is who by id, who holds what. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Descriptor, OpenFile, Socket } from '../model/files.ts'
import type { Process } from '../model/process.ts'

/** A process that holds an open file description, by which descriptor. */
export interface Holder {
  readonly process: Process
  readonly fd: number
}

export interface Lookup {
  readonly processes: ReadonlyMap<number, Process>
  readonly files: ReadonlyMap<number, OpenFile>
  readonly sockets: ReadonlyMap<number, Socket>
  /** Descriptor table id → its descriptors, by number. */
  readonly tables: ReadonlyMap<number, readonly Descriptor[]>
  /** Descriptor table id → processes that use it, in pstree order. */
  readonly users: ReadonlyMap<number, readonly Process[]>
  /** files.img id → descriptors that lead to it. */
  readonly holders: ReadonlyMap<number, readonly Holder[]>
}

const kept = new WeakMap<Checkpoint, Lookup>()

export function lookup(cp: Checkpoint): Lookup {
  const found = kept.get(cp)
  if (found) return found
  const made = build(cp)
  kept.set(cp, made)
  return made
}

function build(cp: Checkpoint): Lookup {
  const processes = present(cp.processes) ?? []
  const tables = new Map<number, Descriptor[]>()
  for (const descriptor of present(cp.descriptors) ?? []) push(tables, descriptor.filesId, descriptor)
  for (const table of tables.values()) table.sort((a, b) => a.fd - b.fd)
  const users = new Map<number, Process[]>()
  const holders = new Map<number, Holder[]>()
  for (const process of processes) {
    const filesId = present(process.filesId)
    if (filesId === undefined) continue
    push(users, filesId, process)
    for (const { fd, fileId } of tables.get(filesId) ?? []) push(holders, fileId, { process, fd })
  }
  return {
    processes: new Map(processes.map((process) => [process.pid, process])),
    files: new Map((present(cp.files) ?? []).map((file) => [file.id, file])),
    sockets: new Map((present(cp.sockets) ?? []).map((socket) => [socket.id, socket])),
    tables,
    users,
    holders,
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

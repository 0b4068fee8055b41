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
  /** Descriptor table id → how many of its descriptors are sockets. */
  readonly tableSockets: ReadonlyMap<number, number>
  /** files.img id → descriptors that lead to it, of tables that are in use. */
  readonly descriptors: ReadonlyMap<number, readonly Descriptor[]>
  /**
   * files.img id → how many descriptors of processes lead to it: one in a table that several use counts for each.
   * Thousands of processes may hold thousands of files in common, so holders are counted and never listed in full.
   */
  readonly holders: ReadonlyMap<number, number>
}

/** The first holders of an open file, `except` a descriptor and the same one seen by others that use its table. */
export function firstHolders(
  { descriptors, users }: Lookup,
  fileId: number,
  most: number,
  except?: Descriptor,
): Holder[] {
  const found: Holder[] = []
  for (const descriptor of descriptors.get(fileId) ?? []) {
    if (descriptor === except) continue
    for (const process of users.get(descriptor.filesId) ?? []) {
      if (found.length >= most) return found
      found.push({ process, fd: descriptor.fd })
    }
  }
  return found
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
  for (const process of processes) {
    const filesId = present(process.filesId)
    if (filesId !== undefined) push(users, filesId, process)
  }
  const sockets = new Map((present(cp.sockets) ?? []).map((socket) => [socket.id, socket]))
  const tableSockets = new Map<number, number>()
  const descriptors = new Map<number, Descriptor[]>()
  const holders = new Map<number, number>()
  for (const [filesId, using] of users) {
    const table = tables.get(filesId) ?? []
    tableSockets.set(filesId, table.filter(({ fileId }) => sockets.has(fileId)).length)
    for (const descriptor of table) {
      push(descriptors, descriptor.fileId, descriptor)
      holders.set(descriptor.fileId, (holders.get(descriptor.fileId) ?? 0) + using.length)
    }
  }
  return {
    processes: new Map(processes.map((process) => [process.pid, process])),
    files: new Map((present(cp.files) ?? []).map((file) => [file.id, file])),
    sockets,
    tables,
    users,
    tableSockets,
    descriptors,
    holders,
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}

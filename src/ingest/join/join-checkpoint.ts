/** The whole join: images of one checkpoint → the tables of the model. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { MemoryFacts, Mount, Namespace } from '../../model/checkpoint.ts'
import type { Descriptor, OpenFile, Socket } from '../../model/files.ts'
import type { Process } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import { readFileContext, type FileContext } from './file-context.ts'
import { readFileEntries } from './file-entries.ts'
import { checkDescriptors, filesIdOf, joinDescriptors, joinFiles } from './files.ts'
import { openMemory, type MemoryIndex } from './memory.ts'
import type { LinkedParent } from './memory-images.ts'
import { joinMounts } from './mounts.ts'
import { joinNamespaces } from './namespaces.ts'
import { joinProcesses } from './processes.ts'
import { note, readFirst } from './records.ts'
import { joinSockets } from './sockets.ts'
import { readTasks, type Task } from './tasks.ts'
import { staleMembers } from './stale.ts'

export interface JoinedTables {
  readonly processes: Maybe<readonly Process[]>
  readonly descriptors: Maybe<readonly Descriptor[]>
  readonly files: Maybe<readonly OpenFile[]>
  readonly sockets: Maybe<readonly Socket[]>
  readonly mounts: Maybe<readonly Mount[]>
  readonly namespaces: Maybe<readonly Namespace[]>
  readonly memory: Maybe<MemoryFacts>
}

/** The tables, and what later questions are answered from. */
export interface JoinedCheckpoint extends JoinedTables {
  /** Members left over from earlier checkpoints: none of the tables is made of them. */
  readonly staleMembers: ReadonlySet<number>
  readonly index: JoinIndex
}

export interface JoinIndex {
  readonly tasks: ReadonlyMap<number, Task>
  readonly context: FileContext
  readonly memory: MemoryIndex
}

/** Joins all tables; `parent` is a parent checkpoint in another archive. Defects become diagnostics of the evidence; only an abort is thrown. */
export async function joinCheckpoint(evidence: Evidence, parent?: LinkedParent): Promise<JoinedCheckpoint> {
  const tasks = await readTasks(evidence)
  const mounts = await joinMounts(evidence)
  const entries = await readFileEntries(evidence)
  const context = await readFileContext(evidence, entries ?? new Map(), mounts)
  const memory = await openMemory(evidence, tasks ?? [], context, parent)
  const inventory = await readFirst(evidence, 'inventory.img', 'inventory_entry')
  const fdinfoPerPid = inventory !== undefined && inventory.value.fdinfo_per_id !== true
  const tables = tablesOf(tasks ?? [], fdinfoPerPid)
  const descriptors = await joinDescriptors(evidence, new Set(tables.keys()))
  if (entries) checkDescriptors(evidence, descriptors, entries)
  const files = joinFiles(context, descriptors, tables)
  const byId = new Map(files.map((file) => [file.id, file]))
  const processes = await joinProcesses(evidence, tasks ?? [], { files: byId, memory, fdinfoPerPid })
  const sockets = await joinSockets(evidence, context.entries)
  const namespaces = await joinNamespaces(evidence, tasks ?? [], mounts)
  const stale = tasks ? staleMembers(evidence, tasks, memory, tables) : []
  reportStale(evidence, stale.length)
  const noFiles = entries ? undefined : missing(evidence, 'files.img', 'open files')
  const noTree = tasks ? undefined : missing(evidence, 'pstree.img', 'processes')
  return {
    processes: noTree ?? processes,
    descriptors: noTree ?? descriptors,
    files: noFiles ?? files,
    sockets: noFiles ?? sockets,
    mounts: mounts.length > 0 ? mounts : absent('not-recorded', 'The checkpoint holds no mounts of a mount namespace.'),
    namespaces: noTree ?? namespaces,
    memory: noTree ?? memory.images.facts,
    staleMembers: new Set(stale),
    index: { tasks: new Map((tasks ?? []).map((task) => [task.pid, task])), context, memory },
  }
}

function missing(evidence: Evidence, fileName: string, what: string): Maybe<never> {
  const why = `Without a readable ${fileName} the ${what} are not known.`
  note(evidence, 'error', 'image-missing', why)
  return absent('unreadable', why)
}

/** Descriptor tables in use, each with the processes that use it. */
function tablesOf(tasks: readonly Task[], perPid: boolean): Map<number, number[]> {
  const tables = new Map<number, number[]>()
  for (const task of tasks) {
    const id = filesIdOf(task, perPid)
    if (typeof id !== 'number') continue
    const pids = tables.get(id)
    if (pids) pids.push(task.pid)
    else tables.set(id, [task.pid])
  }
  return tables
}

function reportStale(evidence: Evidence, count: number): void {
  if (count === 0) return
  const message = `${count} images belong to processes that pstree.img does not list: leftovers of an earlier checkpoint in the same folder. They are not used.`
  note(evidence, 'info', 'stale-images', message)
}

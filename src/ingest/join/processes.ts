/** Process rows: identity, state, names, credentials, places, sizes. */
import { absent, isAbsent, type Absent, type Maybe } from '../../model/absent.ts'
import type { OpenFile } from '../../model/files.ts'
import type { PathOf, Process, ProcessSources } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import { readCommandLine, type CommandLine } from './arguments.ts'
import { filesIdOf, pathOf } from './files.ts'
import { storedBytes, type StoredPages } from './memory-images.ts'
import { length, sharedBytes, type MemoryIndex } from './memory.ts'
import { mapMany, note } from './records.ts'
import { isLive, type Task } from './tasks.ts'

const zombie = absent('not-applicable', 'A zombie has ended: it has no memory, files or directories any more.')
const noCore = absent('unreadable', 'The core image of the process cannot be read.')
const noTree = absent('unreadable', 'pstree.img has no readable record of the process.')
const noMm = absent('unreadable', 'The mm image of the process cannot be read.')

/** What process rows are joined from. */
export interface ProcessWorld {
  readonly files: ReadonlyMap<number, OpenFile>
  readonly memory: MemoryIndex
  /** Descriptor tables are numbered by pid (inventory.fdinfo_per_id not set). */
  readonly fdinfoPerPid: boolean
}

export async function joinProcesses(
  evidence: Evidence,
  tasks: readonly Task[],
  world: ProcessWorld,
): Promise<Process[]> {
  checkTree(evidence, tasks)
  return mapMany(evidence, tasks, (task) => joinProcess(evidence, task, world))
}

async function joinProcess(evidence: Evidence, task: Task, world: ProcessWorld): Promise<Process> {
  const { pid, pstree, tc, creds } = task
  const live = isLive(task.state)
  const line = live ? await commandLine(evidence, task, world.memory) : lineless(zombie)
  const memory = live ? memorySizes(task, world.memory) : { memory: zombie, sharedMemory: zombie, sharedMapped: zombie }
  const noCreds = task.core ? absent('not-recorded', 'The images hold no credentials of the process.') : noCore
  return {
    pid,
    ppid: pstree?.value.ppid ?? noTree,
    pgid: pstree?.value.pgid ?? noTree,
    sid: pstree?.value.sid ?? noTree,
    state: task.state ?? (task.core ? absent('unparsable', 'The recorded task state is not known.') : noCore),
    name: task.core?.value.tc?.comm ?? (task.core ? absent('unreadable', 'The core image holds no name.') : noCore),
    arguments: line.arguments,
    titleRewritten: line.titleRewritten,
    exitCode: live ? absent('not-applicable', 'The process has not ended.') : (tc?.exit_code ?? noCore),
    ...places(evidence, task, world.files, live),
    umask: live
      ? (task.fs?.value.umask ?? absent('unreadable', 'The fs image of the process cannot be read.'))
      : zombie,
    uid: creds?.value.uid ?? (live ? noCreds : zombie),
    gid: creds?.value.gid ?? (live ? noCreds : zombie),
    euid: creds?.value.euid ?? (live ? noCreds : zombie),
    egid: creds?.value.egid ?? (live ? noCreds : zombie),
    threads: threadsOf(task),
    filesId: filesIdOf(task, world.fdinfoPerPid),
    ...memory,
    vmaCount: live ? (task.mm || task.vmas.length > 0 ? task.vmas.length : noMm) : zombie,
    vmaBytes: live ? vmaBytes(task) : zombie,
    sources: sourcesOf(task, world.memory, line),
  }
}

/** Leader first, each thread once. CRIU gives a zombie the one thread 0, which is none. */
export function threadsOf(task: Task): number[] {
  return [...new Set([task.pid, ...(task.pstree?.value.threads ?? []).filter((tid) => tid !== 0)])]
}

function lineless(why: Absent): CommandLine {
  return { arguments: why, titleRewritten: false, origin: undefined }
}

async function commandLine(evidence: Evidence, task: Task, memory: MemoryIndex): Promise<CommandLine> {
  if (!task.mm) return lineless(noMm)
  if (!memory.images.count({ kind: 'process', id: task.pid }))
    return lineless(absent('unreadable', 'The pagemap of the process cannot be read.'))
  const space = await memory.process(task.pid)
  return space ? readCommandLine(task.mm.value, space, evidence.signal) : lineless(zombie)
}

interface Sizes {
  readonly memory: Maybe<number>
  readonly sharedMemory: Maybe<number>
  readonly sharedMapped: Maybe<number>
}

function memorySizes(task: Task, memory: MemoryIndex): Sizes {
  const { pageSize, facts } = memory.images
  const count = memory.images.count({ kind: 'process', id: task.pid })
  const unknown = isAbsent(facts.pageSize) ? facts.pageSize : absent('unparsable', facts.pageSizeReason)
  const noMap = absent('unreadable', 'The pagemap of the process cannot be read.')
  const known = task.mm !== undefined || task.vmas.length > 0
  return {
    memory: !count ? noMap : pageSize === undefined ? unknown : storedBytes(count, pageSize),
    sharedMemory: !known ? noMm : pageSize === undefined ? unknown : storedBytes(objectPages(task, memory), pageSize),
    sharedMapped: known ? sharedBytes(task.vmas) : noMm,
  }
}

/** Stored pages of the shared objects that a process maps, each object once. */
function objectPages(task: Task, memory: MemoryIndex): StoredPages {
  const shmids = new Set<number>()
  for (const { value } of task.vmas) {
    const id = memory.objectOf(value)
    if (id !== undefined) shmids.add(id)
  }
  let presentPages = 0
  let damaged = false
  for (const id of shmids) {
    const count = memory.images.count({ kind: 'shared', id })
    presentPages += count?.presentPages ?? 0
    damaged ||= count?.damaged === true
  }
  return { presentPages, damaged }
}

function vmaBytes(task: Task): Maybe<bigint> {
  if (!task.mm && task.vmas.length === 0) return noMm
  return task.vmas.reduce((sum, { value }) => sum + length(value), 0n)
}

interface Places {
  readonly exe: Maybe<PathOf>
  readonly cwd: Maybe<PathOf>
  readonly root: Maybe<PathOf>
}

function places(evidence: Evidence, task: Task, files: ReadonlyMap<number, OpenFile>, live: boolean): Places {
  if (!live) return { exe: zombie, cwd: zombie, root: zombie }
  const found = {
    exe: task.mm ? pathOf(files, task.mm.value.exe_file_id, 'executable') : noMm,
    cwd: pathOf(files, task.fs?.value.cwd_id, 'working directory'),
    root: pathOf(files, task.fs?.value.root_id, 'root directory'),
  }
  for (const [what, place] of Object.entries(found))
    if (isAbsent(place) && place !== noMm)
      note(evidence, 'warning', 'file-missing', `Process ${task.pid}, ${what}: ${place.why}`, {
        origin: (what === 'exe' ? task.mm?.origin : task.fs?.origin) ?? task.pstree?.origin,
        subject: { kind: 'process', pid: task.pid },
      })
  return found
}

function sourcesOf(task: Task, memory: MemoryIndex, line: CommandLine): ProcessSources {
  const pagemap = memory.images.count({ kind: 'process', id: task.pid })?.origin
  return {
    ...(task.pstree && { pstree: task.pstree.origin }),
    ...(task.core && { core: task.core.origin }),
    ...(task.ids && { ids: task.ids.origin }),
    ...(task.mm && { mm: task.mm.origin }),
    ...(task.fs && { fs: task.fs.origin }),
    ...(task.creds && { creds: task.creds.origin }),
    ...(pagemap && { pagemap }),
    ...(line.origin && { arguments: line.origin }),
  }
}

/** Notes parents that are missing and processes that descend from themselves. */
function checkTree(evidence: Evidence, tasks: readonly Task[]): void {
  const parents = new Map(tasks.map((task) => [task.pid, task.pstree?.value.ppid ?? 0]))
  const settled = new Set<number>([0])
  for (const { pid, pstree } of tasks) {
    if (!pstree) continue
    const ppid = pstree.value.ppid ?? 0
    const where = { origin: pstree.origin, subject: { kind: 'process', pid } } as const
    if (ppid !== 0 && !parents.has(ppid))
      note(
        evidence,
        'warning',
        'parent-process-missing',
        `Process ${pid} has the parent ${ppid}, which is not in the checkpoint.`,
        where,
      )
    if (inCircle(pid, parents, settled))
      note(
        evidence,
        'error',
        'process-circle',
        `Process ${pid} is its own ancestor; the circle is broken where the tree is shown.`,
        where,
      )
  }
}

/** Walks to the root once per process; pids known to lead there are settled. */
function inCircle(pid: number, parents: ReadonlyMap<number, number>, settled: Set<number>): boolean {
  const path = new Set<number>()
  let at = pid
  while (!settled.has(at) && !path.has(at)) {
    path.add(at)
    at = parents.get(at) ?? 0
  }
  const circle = path.has(at)
  for (const item of path) settled.add(item)
  return circle
}

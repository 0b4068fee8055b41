/**
 * The images of each process in pstree.img, whatever generation they are of: creds, vmas and ids were files of their
 * own once and are parts of core and mm now.
 */
import type { creds_entry, task_core_entry, task_kobj_ids_entry, vma_entry } from '../../criu/generated/types.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { Origin } from '../../model/origin.ts'
import type { TaskState } from '../../model/process.ts'
import type { Evidence, LoadedImage } from '../evidence.ts'
import { hasImage, mapMany, note, readAll, readFirst, readMember, type Found, type Place } from './records.ts'

/** A part of a record, with the path that leads to it. */
export interface Part<T> {
  readonly value: T
  readonly origin: Origin
  readonly path: string | undefined
}

/** All records of one process. */
export interface Task {
  readonly pid: number
  /** The record in pstree.img; undefined for a process that only its core image tells of. */
  readonly pstree: Found<'pstree_entry'> | undefined
  readonly core: Found<'core_entry'> | undefined
  readonly tc: task_core_entry | undefined
  readonly state: TaskState | undefined
  readonly ids: Part<task_kobj_ids_entry> | undefined
  readonly fs: Found<'fs_entry'> | undefined
  readonly creds: Part<creds_entry> | undefined
  readonly mm: Found<'mm_entry'> | undefined
  readonly vmas: readonly Part<vma_entry>[]
  /** False when the image that lists them is missing or damaged. */
  readonly areMappingsWhole: boolean
  /** True when all mappings lie below 4 GiB: addresses may be sign-extended elsewhere. */
  readonly narrow: boolean
}

/** Processes read at most: pid_max of 64-bit kernels. */
const TASKS = 4_194_304

/**
 * compel/include/uapi/task-state.h: 1 alive, 2 dead, 3 stopped, 6 zombie. CRIU writes 2 for every zombie it dumps
 * (criu/cr-dump.c, dump_one_zombie); a process that is dead and not a zombie cannot be found in /proc at all.
 */
function taskState(recorded: number | undefined): TaskState | undefined {
  switch (recorded) {
    case 1:
      return 'alive'
    case 2:
    case 6:
      return 'zombie'
    case 3:
      return 'stopped'
    default:
      return undefined
  }
}

/** True for a process that has memory, descriptors and directories. */
export function isLive(state: TaskState | undefined): boolean {
  return state !== 'zombie' && state !== 'dead'
}

/**
 * Processes of pstree.img in its order. Where that image is missing or damaged, the core images of leaders tell which
 * processes there were, though not who started whom. undefined when neither can be read.
 */
export async function readTasks(evidence: Evidence): Promise<Task[] | undefined> {
  const tree = await evidence.image('pstree.img')
  const listed = tree ? await readListed(evidence) : []
  if (tree && !tree.defects.some(({ severity }) => severity === 'error')) return listed
  const salvaged = await readUnlisted(evidence, new Set(listed.map(({ pid }) => pid)))
  if (!tree && salvaged.length === 0) return undefined
  if (salvaged.length > 0) {
    const message = `pstree.img is ${tree ? 'damaged' : 'missing or unreadable'}. Processes known from their core images alone: ${salvaged.length}. Their parents, groups and further threads are not known, and there may be leftovers of an earlier checkpoint among them.`
    const member = evidence.member(`${evidence.imageDir}pstree.img`)
    note(evidence, 'error', 'pstree-incomplete', message, member && placeIn(member, tree))
  }
  return [...listed, ...salvaged]
}

/** Where an image stops being readable: its first error, or all of it. */
function placeIn({ index, size }: CheckpointMember, image: LoadedImage | undefined): Place {
  const at = image?.defects.find(({ severity }) => severity === 'error')?.at ?? { offset: 0, length: size }
  return { subject: { kind: 'member', index }, origin: { member: index, offset: at.offset, length: at.length } }
}

/** Processes that have a core image of a leader (one with `tc`) and are not in `known`, by pid. */
async function readUnlisted(evidence: Evidence, known: ReadonlySet<number>): Promise<Task[]> {
  const cores = evidence
    .imagesOf('CORE')
    .flatMap(({ member, id }) => (id === undefined || known.has(id) ? [] : [{ member, pid: id }]))
    .sort((a, b) => a.pid - b.pid)
  const tasks = await mapMany(evidence, cores, async ({ member, pid }) => {
    const core = await readMember(evidence, member, 'core_entry')
    return core?.value.tc ? readTask(evidence, pid, undefined) : undefined
  })
  return tasks.filter((task) => task !== undefined)
}

async function readListed(evidence: Evidence): Promise<Task[]> {
  const entries = await readAll(evidence, 'pstree.img', 'pstree_entry')
  if (entries.length > TASKS)
    note(
      evidence,
      'error',
      'too-many-processes',
      `pstree.img lists ${entries.length} processes; the first ${TASKS} are shown.`,
    )
  const seen = new Set<number>()
  const wanted = entries.slice(0, TASKS).filter((entry) => isNew(evidence, entry, seen))
  return mapMany(evidence, wanted, (entry) => readTask(evidence, entry.value.pid ?? 0, entry))
}

function isNew(evidence: Evidence, entry: Found<'pstree_entry'>, seen: Set<number>): boolean {
  const { pid } = entry.value
  if (pid === undefined) {
    note(evidence, 'error', 'pid-missing', 'A record of pstree.img has no pid and is left out.', entry)
    return false
  }
  if (seen.has(pid)) {
    note(
      evidence,
      'error',
      'duplicate-pid',
      `pstree.img lists process ${pid} more than once; the first entry counts.`,
      {
        origin: entry.origin,
        subject: { kind: 'process', pid },
      },
    )
    return false
  }
  seen.add(pid)
  return true
}

async function readTask(evidence: Evidence, pid: number, pstree: Found<'pstree_entry'> | undefined): Promise<Task> {
  const core = await readFirst(evidence, `core-${pid}.img`, 'core_entry')
  const tc = core?.value.tc
  const state = taskState(tc?.task_state)
  const live = isLive(state)
  const [ids, fs, creds, mm] = await Promise.all([
    readIds(evidence, pid, core),
    live ? readFirst(evidence, `fs-${pid}.img`, 'fs_entry') : undefined,
    readCreds(evidence, pid, core),
    live ? readFirst(evidence, `mm-${pid}.img`, 'mm_entry') : undefined,
  ])
  const vmas = live ? await readVmas(evidence, pid, mm) : []
  const areMappingsWhole = await isReadWhole(
    evidence,
    mm && mm.value.vmas.length > 0 ? `mm-${pid}.img` : `vmas-${pid}.img`,
  )
  const narrow = isNarrow(vmas)
  const task = { pid, pstree, core, tc, state, ids, fs, creds, mm, vmas, areMappingsWhole, narrow }
  checkTask(evidence, task)
  return task
}

async function readIds(
  evidence: Evidence,
  pid: number,
  core: Found<'core_entry'> | undefined,
): Promise<Part<task_kobj_ids_entry> | undefined> {
  if (core?.value.ids) return { value: core.value.ids, origin: core.origin, path: 'ids' }
  const found = await readFirst(evidence, `ids-${pid}.img`, 'task_kobj_ids_entry')
  return found && { value: found.value, origin: found.origin, path: undefined }
}

async function readCreds(
  evidence: Evidence,
  pid: number,
  core: Found<'core_entry'> | undefined,
): Promise<Part<creds_entry> | undefined> {
  const inCore = core?.value.thread_core?.creds
  if (core && inCore) return { value: inCore, origin: core.origin, path: 'thread_core.creds' }
  const found = await readFirst(evidence, `creds-${pid}.img`, 'creds_entry')
  return found && { value: found.value, origin: found.origin, path: undefined }
}

async function readVmas(
  evidence: Evidence,
  pid: number,
  mm: Found<'mm_entry'> | undefined,
): Promise<Part<vma_entry>[]> {
  if (mm && mm.value.vmas.length > 0)
    return mm.value.vmas.map((value, i) => ({ value, origin: mm.origin, path: `vmas[${i}]` }))
  const found = await readAll(evidence, `vmas-${pid}.img`, 'vma_entry')
  return found.map(({ value, origin }) => ({ value, origin, path: undefined }))
}

async function isReadWhole(evidence: Evidence, fileName: string): Promise<boolean> {
  const image = await evidence.image(fileName)
  return image !== undefined && !image.defects.some(({ severity }) => severity === 'error')
}

const FOUR_GIB = 1n << 32n
/** VMA_AREA_VSYSCALL: the one mapping above 4 GiB that a 32-bit process may have. */
const VSYSCALL = 4

function isNarrow(vmas: readonly Part<vma_entry>[]): boolean {
  return (
    vmas.length > 0 &&
    vmas.every(({ value }) => (value.end ?? 0n) <= FOUR_GIB || ((value.status ?? 0) & VSYSCALL) !== 0)
  )
}

function checkTask(evidence: Evidence, task: Task): void {
  const subject = { kind: 'process', pid: task.pid } as const
  const say = (
    severity: 'warning' | 'error',
    code: string,
    message: string,
    origin: Origin | undefined = task.pstree?.origin,
  ): void => {
    note(evidence, severity, code, message, { origin, subject })
  }
  if (!task.core)
    say(
      'warning',
      'core-missing',
      `Process ${task.pid} has no readable core image: its name, state and credentials are not known.`,
    )
  else if (task.state === undefined)
    say(
      'warning',
      'task-state',
      `Process ${task.pid} has a task state that is not known (${task.tc?.task_state ?? 'none'}).`,
      task.core.origin,
    )
  if (!isLive(task.state)) return
  if (!task.mm)
    say('warning', 'mm-missing', `Process ${task.pid} has no readable mm image: its memory layout is not known.`)
  const [first] = task.vmas
  if (overlap(task.vmas))
    say('warning', 'mappings-overlap', `Mappings of process ${task.pid} overlap: they are damaged.`, first?.origin)
  const inverted = task.vmas.filter(({ value }) => (value.end ?? 0n) <= (value.start ?? 0n))
  if (inverted.length > 0)
    say(
      'warning',
      'mapping-inverted',
      `Mappings of process ${task.pid} that do not end behind their start: ${inverted.length} of ${task.vmas.length}. They are damaged.`,
      inverted[0]?.origin,
    )
  const threads = (task.pstree?.value.threads ?? []).filter((tid) => tid !== task.pid)
  const lost = threads.filter((tid) => !hasImage(evidence, `core-${tid}.img`))
  if (lost.length > 0)
    say(
      'warning',
      'thread-core-missing',
      `Core images missing for further threads of process ${task.pid}: ${lost.length} of ${threads.length}. The names, registers and credentials of these threads are not known.`,
    )
  if (!hasImage(evidence, `pagemap-${task.pid}.img`))
    say('warning', 'pagemap-missing', `Process ${task.pid} has no pagemap: its memory cannot be read.`)
}

/** VMA_AREA_GUARD: lies over another mapping by design. */
const GUARD = 1 << 16

function overlap(vmas: readonly Part<vma_entry>[]): boolean {
  const real = vmas.filter(({ value }) => ((value.status ?? 0) & GUARD) === 0)
  const sorted = real.toSorted(
    (a, b) =>
      Number((a.value.start ?? 0n) > (b.value.start ?? 0n)) - Number((a.value.start ?? 0n) < (b.value.start ?? 0n)),
  )
  return sorted.some(({ value }, i) => (sorted[i + 1]?.value.start ?? value.end ?? 0n) < (value.end ?? 0n))
}

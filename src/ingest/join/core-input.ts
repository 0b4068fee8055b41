/** What a core file of a process is made of, gathered from its images. */
import { FormatError } from '../../base/errors.ts'
import type { CoreInput, CoreMapping, CoreThread } from '../../coredump/core-input.ts'
import type { mm_entry } from '../../criu/generated/types.ts'
import type { AddressSpace } from '../../memory/address-space.ts'
import { checkedSpace } from '../../memory/checked-space.ts'
import { has, VMA } from '../../memory/vma-status.ts'
import { present } from '../../model/absent.ts'
import type { Vma } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import type { JoinedCheckpoint } from './join-checkpoint.ts'
import { joinMappings } from './mappings.ts'
import { threadsOf } from './processes.ts'
import { mapMany, readFirst } from './records.ts'
import { isLive, type Task } from './tasks.ts'

/** Page size given to a core file when it is not known: nothing is stored then. */
const USUAL_PAGE = 4096
/** Bytes of the argument block that a core file has room for. */
const ARGUMENTS = 80

/** Throws FormatError for a process that no core file can be made of: it says why. */
export async function readCoreInput(
  evidence: Evidence,
  joined: Pick<JoinedCheckpoint, 'index'>,
  pid: number,
): Promise<CoreInput> {
  const { tasks, context, memory } = joined.index
  const task = tasks.get(pid)
  if (!task) throw refusal(`The checkpoint has no process ${pid}.`)
  const space = await memory.process(pid)
  if (!isLive(task.state) || !space)
    throw refusal(
      `Process ${pid} is a zombie: it has ended and has neither memory nor registers to make a core file of.`,
    )
  if (!task.core) throw refusal(`The core image of process ${pid} cannot be read: its registers are not known.`)
  const { threads, lostThreads } = await readThreads(evidence, task)
  const tree = task.pstree?.value
  return {
    pid,
    ppid: tree?.ppid,
    pgid: tree?.pgid,
    sid: tree?.sid,
    stopped: task.state === 'stopped',
    name: task.tc?.comm,
    arguments: task.mm ? await firstArguments(task.mm.value, space, evidence.signal) : new Uint8Array(),
    uid: task.creds?.value.uid,
    gid: task.creds?.value.gid,
    threads,
    lostThreads,
    auxv: task.mm?.value.mm_saved_auxv ?? [],
    mappings: joinMappings(task, context, memory, undefined).map(coreMapping),
    space: await checkedSpace(space, { from: 0n, to: 1n << 64n }, evidence.signal),
    pageSize: memory.images.pageSize ?? USUAL_PAGE,
  }
}

function refusal(message: string): FormatError {
  return new FormatError('unsupported', message)
}

async function readThreads(
  evidence: Evidence,
  task: Task,
): Promise<{ threads: readonly CoreThread[]; lostThreads: readonly number[] }> {
  const found = await mapMany(evidence, threadsOf(task), async (tid) => {
    const core = tid === task.pid ? task.core : await readFirst(evidence, `core-${tid}.img`, 'core_entry')
    return { tid, core: core?.value }
  })
  return {
    threads: found.flatMap(({ tid, core }) => (core ? [{ tid, core }] : [])),
    lostThreads: found.filter(({ core }) => !core).map(({ tid }) => tid),
  }
}

/** As many of the first bytes as are stored. */
async function firstArguments(mm: mm_entry, space: AddressSpace, signal?: AbortSignal): Promise<Uint8Array> {
  const { mm_arg_start: start, mm_arg_end: end } = mm
  if (start === undefined || end === undefined || end <= start) return new Uint8Array()
  const length = end - start < BigInt(ARGUMENTS) ? Number(end - start) : ARGUMENTS
  const bytes: number[] = []
  for (const segment of await space.read(start, length, signal)) {
    if (segment.gap) break
    bytes.push(...segment.bytes)
  }
  return Uint8Array.from(bytes)
}

/** Mappings that have a file to the kernel: shared memory does. */
const WITH_FILE = VMA.filePrivate | VMA.fileShared | VMA.anonShared | VMA.sysvIpc | VMA.memfd | VMA.aioRing

function coreMapping({ start, end, prot, status, offset, name }: Vma): CoreMapping {
  return { start, end, prot, status, offset, path: has(status, WITH_FILE) ? present(name) : undefined }
}

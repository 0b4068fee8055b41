/** What the process page shows beyond the row; read when asked for. */
import { absent, type Maybe } from '../../model/absent.ts'
import type { ProcessDetail } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import { readEnvironment } from './arguments.ts'
import { joinAuxv } from './auxv.ts'
import type { JoinedCheckpoint } from './join-checkpoint.ts'
import { joinMappings } from './mappings.ts'
import { joinCgroups, joinLimits, joinSignals, moreFacts, taskNamespaces } from './task-facts.ts'
import { isLive } from './tasks.ts'
import { joinThreads } from './threads.ts'

const zombie = absent('not-applicable', 'A zombie has ended: it has no memory, files or directories any more.')
const noMm = absent('unreadable', 'The mm image of the process cannot be read.')
const noProcess = absent('unreadable', 'The checkpoint has no such process.')

/** Every part is absent, with its reason, when there is no such process. */
export async function readProcessDetail(
  evidence: Evidence,
  joined: Pick<JoinedCheckpoint, 'index'>,
  pid: number,
): Promise<ProcessDetail> {
  const { tasks, context, memory } = joined.index
  const task = tasks.get(pid)
  if (!task) return nothing(pid)
  const [root] = tasks.values()
  const space = await memory.process(pid)
  const mm = task.mm?.value
  const live = isLive(task.state)
  const need = async <T>(part: () => Promise<Maybe<T>> | Maybe<T>): Promise<Maybe<T>> => (live ? part() : zombie)
  return {
    pid,
    environment: await need(() => (mm && space ? readEnvironment(mm, space, evidence.signal) : noMm)),
    threads: await joinThreads(evidence, task),
    vmas: await need(() => (mm || task.vmas.length > 0 ? joinMappings(task, context, memory, space) : noMm)),
    auxv: await need(() => (mm ? joinAuxv(mm.mm_saved_auxv, space) : noMm)),
    rlimits: await need(() => joinLimits(evidence, task)),
    signals: await need(() => joinSignals(evidence, task)),
    namespaces: live || task.ids ? taskNamespaces(task, root) : zombie,
    cgroups: await need(() => joinCgroups(evidence, task)),
    more: await moreFacts(evidence, task),
  }
}

function nothing(pid: number): ProcessDetail {
  return {
    pid,
    environment: noProcess,
    threads: [],
    vmas: noProcess,
    auxv: noProcess,
    rlimits: noProcess,
    signals: noProcess,
    namespaces: noProcess,
    cgroups: noProcess,
    more: [],
  }
}

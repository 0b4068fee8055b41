/** What the process page shows of a task: limits, signals, timers, control groups, and everything else worth a line. */
import {
  handlerFlags,
  handlerKind,
  personalityNames,
  RLIM_INFINITY,
  rlimitName,
  signalName,
  signalOfHandler,
  signalSet,
  taskFlags,
} from '../../criu/names.ts'
import type {
  itimer_entry,
  posix_timer_entry,
  rlimit_entry,
  sa_entry,
  siginfo_entry,
} from '../../criu/generated/types.ts'
import { absent } from '../../model/absent.ts'
import type { NamedValue, ProcessDetail } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import { clockText, seconds } from './file-details.ts'
import { NAMESPACE_FIELDS, namespaceId } from './namespaces.ts'
import { readAll, readFirst } from './records.ts'
import type { Task } from './tasks.ts'

const notRecorded = absent('not-recorded', 'The images do not hold it.')

function limitText(value: bigint | undefined): string {
  return value === undefined ? '?' : value === RLIM_INFINITY ? 'unlimited' : String(value)
}

export async function joinLimits(evidence: Evidence, task: Task): Promise<ProcessDetail['rlimits']> {
  const recorded: readonly rlimit_entry[] | undefined = task.tc?.rlimits?.rlimits
  const limits =
    recorded ?? (await readAll(evidence, `rlimit-${task.pid}.img`, 'rlimit_entry')).map(({ value }) => value)
  if (limits.length === 0) return notRecorded
  const machine = task.core?.value.mtype
  return limits.map((limit, i) => {
    const name = rlimitName(i, machine)
    return {
      name: name === undefined ? `limit ${i}` : `RLIMIT_${name}`,
      soft: limitText(limit.cur),
      hard: limitText(limit.max),
    }
  })
}

export async function joinSignals(evidence: Evidence, task: Task): Promise<ProcessDetail['signals']> {
  const recorded: readonly sa_entry[] = task.tc?.sigactions ?? []
  const actions =
    recorded.length > 0
      ? recorded
      : (await readAll(evidence, `sigacts-${task.pid}.img`, 'sa_entry')).map(({ value }) => value)
  if (actions.length === 0) return notRecorded
  const machine = task.core?.value.mtype
  return actions.flatMap((action, i) => {
    const handler = action.sigaction ?? 0n
    const kind = handlerKind(handler)
    if (kind === 'default') return []
    const signal = signalName(signalOfHandler(i, machine), machine)
    const text = kind === 'ignore' ? 'ignored' : `handler at 0x${handler.toString(16)}`
    return [{ signal, action: text, flags: handlerFlags(action.flags ?? 0n, machine).join(' | ') }]
  })
}

/** Namespaces by kind; `shared`: the first process of the tree is in the same one. */
export function taskNamespaces(task: Task, root: Task | undefined): ProcessDetail['namespaces'] {
  const ids = task.ids?.value
  if (!ids) return absent('unreadable', 'The ids image of the process cannot be read.')
  return NAMESPACE_FIELDS.flatMap(([kind, field]) => {
    const id = namespaceId(ids, field)
    if (id === undefined || id === 0) return []
    return [{ kind, id, shared: root?.ids !== undefined && namespaceId(root.ids.value, field) === id }]
  })
}

/** Paths in the control group hierarchies: of the thread, the task, or everything (criu/cgroup.c). */
export async function joinCgroups(evidence: Evidence, task: Task): Promise<ProcessDetail['cgroups']> {
  const own = task.core?.value.thread_core?.cg_set ?? task.tc?.cg_set
  const id = own ?? (await readFirst(evidence, 'inventory.img', 'inventory_entry'))?.value.root_cg_set
  if (id === undefined) return notRecorded
  const cgroups = await readFirst(evidence, 'cgroup.img', 'cgroup_entry')
  const set = cgroups?.value.sets.find((candidate) => candidate.id === id)
  if (!set) return absent('not-in-archive', `The control group set ${id} is not described in the images.`)
  return set.ctls.map(({ name, path }) => ({
    controller: name === undefined || name === '' ? 'unified' : name,
    path: path ?? '',
  }))
}

function line(name: string, value: string | number | bigint | boolean | undefined, path?: string): NamedValue[] {
  if (value === undefined) return []
  const text = value === true ? 'yes' : value === false ? 'no' : String(value)
  return [path === undefined ? { name, value: text } : { name, value: text, path }]
}

/** si_signo is the first number of the kernel's siginfo. */
function pending(queue: readonly siginfo_entry[], machine: number | undefined): string | undefined {
  if (queue.length === 0) return undefined
  const names = queue.slice(0, 64).map(({ siginfo }) => {
    if (!siginfo || siginfo.length < 4) return '?'
    return signalName(new DataView(siginfo.buffer, siginfo.byteOffset).getInt32(0, true), machine)
  })
  return names.join(', ') + (queue.length > names.length ? `, and ${queue.length - names.length} more` : '')
}

async function pendingSignals(evidence: Evidence, task: Task): Promise<NamedValue[]> {
  const machine = task.core?.value.mtype
  const shared =
    task.tc?.signals_s?.signals ??
    (await readAll(evidence, `signal-s-${task.pid}.img`, 'siginfo_entry')).map(({ value }) => value)
  const own =
    task.core?.value.thread_core?.signals_p?.signals ??
    (await readAll(evidence, `signal-p-${task.pid}.img`, 'siginfo_entry')).map(({ value }) => value)
  return [
    ...line('Pending signals of the process', pending(shared, machine)),
    ...line('Pending signals of the main thread', pending(own, machine)),
  ]
}

function itimerText(timer: itimer_entry | undefined): string | undefined {
  if (!timer || ((timer.vsec ?? 0n) === 0n && (timer.vusec ?? 0n) === 0n)) return undefined
  const next = seconds(timer.vsec ?? 0n, (timer.vusec ?? 0n) * 1000n)
  const every = seconds(timer.isec ?? 0n, (timer.iusec ?? 0n) * 1000n)
  return `expires in ${next ?? '?'}, interval ${every ?? '?'}`
}

function posixText(timer: posix_timer_entry, machine: number | undefined): string {
  const next = seconds(timer.vsec, timer.vnsec) ?? '?'
  const every = seconds(timer.isec, timer.insec) ?? '?'
  const signal = timer.si_signo === undefined || timer.si_signo === 0 ? '' : `, ${signalName(timer.si_signo, machine)}`
  return `${clockText(timer.clock_id) ?? 'clock not recorded'}, expires in ${next}, interval ${every}${signal}`
}

async function timers(evidence: Evidence, task: Task): Promise<NamedValue[]> {
  const recorded = task.tc?.timers
  const old = recorded
    ? []
    : (await readAll(evidence, `itimers-${task.pid}.img`, 'itimer_entry')).map(({ value }) => value)
  const oldPosix = recorded
    ? []
    : (await readAll(evidence, `posix-timers-${task.pid}.img`, 'posix_timer_entry')).map(({ value }) => value)
  const machine = task.core?.value.mtype
  return [
    ...line('Timer ITIMER_REAL', itimerText(recorded?.real ?? old[0]), recorded && 'tc.timers.real'),
    ...line('Timer ITIMER_VIRTUAL', itimerText(recorded?.virt ?? old[1]), recorded && 'tc.timers.virt'),
    ...line('Timer ITIMER_PROF', itimerText(recorded?.prof ?? old[2]), recorded && 'tc.timers.prof'),
    ...(recorded?.posix ?? oldPosix)
      .slice(0, 256)
      .flatMap((timer) => line(`POSIX timer ${timer.it_id ?? '?'}`, posixText(timer, machine))),
  ]
}

function hex(value: bigint | undefined): string | undefined {
  return value === undefined ? undefined : `0x${value.toString(16)}`
}

/** Values of prctl(PR_SET_DUMPABLE). */
const DUMPABLE = ['no', 'yes', 'only to root']

/** Everything else, in reading order. Paths lead from the core or mm record to the value. */
export async function moreFacts(evidence: Evidence, task: Task): Promise<NamedValue[]> {
  const { tc, mm } = task
  const m = mm?.value
  return [
    ...line('Task state as recorded', tc?.task_state, 'tc.task_state'),
    ...line('Exit status as recorded', tc?.exit_code === 0 ? undefined : tc?.exit_code, 'tc.exit_code'),
    ...line('OOM score adjustment', tc?.oom_score_adj, 'tc.oom_score_adj'),
    ...line('Login uid', tc?.loginuid === 0xffffffff ? 'not set' : tc?.loginuid, 'tc.loginuid'),
    ...line(
      'Personality',
      tc?.personality === undefined ? undefined : personalityNames(tc.personality).join(' | '),
      'tc.personality',
    ),
    ...line(
      'Kernel flags',
      tc?.flags === undefined ? undefined : taskFlags(tc.flags).join(' | ') || 'none',
      'tc.flags',
    ),
    ...line('Child subreaper', tc?.child_subreaper, 'tc.child_subreaper'),
    ...line(
      'Stopped by',
      tc?.stop_signo === undefined || tc.stop_signo === 0
        ? undefined
        : signalName(tc.stop_signo, task.core?.value.mtype),
      'tc.stop_signo',
    ),
    ...line(
      'Blocked signals',
      tc?.blk_sigset === undefined ? undefined : signalSet(tc.blk_sigset, task.core?.value.mtype).join(', ') || 'none',
      'tc.blk_sigset',
    ),
    ...(await pendingSignals(evidence, task)),
    ...(await timers(evidence, task)),
    ...line('Dumpable', m?.dumpable === undefined ? undefined : (DUMPABLE[m.dumpable] ?? m.dumpable), 'dumpable'),
    ...line('Huge pages disabled', m?.thp_disabled, 'thp_disabled'),
    ...line('Code', m ? `${hex(m.mm_start_code) ?? '?'} to ${hex(m.mm_end_code) ?? '?'}` : undefined, 'mm_start_code'),
    ...line('Data', m ? `${hex(m.mm_start_data) ?? '?'} to ${hex(m.mm_end_data) ?? '?'}` : undefined, 'mm_start_data'),
    ...line('Heap', m ? `${hex(m.mm_start_brk) ?? '?'} to ${hex(m.mm_brk) ?? '?'}` : undefined, 'mm_start_brk'),
    ...line('Stack start', hex(m?.mm_start_stack), 'mm_start_stack'),
    ...line(
      'Argument block',
      m ? `${hex(m.mm_arg_start) ?? '?'} to ${hex(m.mm_arg_end) ?? '?'}` : undefined,
      'mm_arg_start',
    ),
    ...line(
      'Environment block',
      m ? `${hex(m.mm_env_start) ?? '?'} to ${hex(m.mm_env_end) ?? '?'}` : undefined,
      'mm_env_start',
    ),
  ]
}

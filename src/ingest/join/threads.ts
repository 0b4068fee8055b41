/** Threads of a process: each has a core image of its own. */
import { seccompMode } from '../../criu/names.ts'
import type { core_entry, creds_entry } from '../../criu/generated/types.ts'
import { absent, type Absent, type Maybe } from '../../model/absent.ts'
import type { Credentials, Thread } from '../../model/process.ts'
import type { Evidence } from '../evidence.ts'
import { registersOf } from './registers.ts'
import { hasImage, mapMany, readFirst, type Found } from './records.ts'
import { isLive, type Part, type Task } from './tasks.ts'
import { threadsOf } from './processes.ts'
import { policyName } from './words.ts'

const noCore = absent('unreadable', 'The core image of the thread cannot be read.')
const noImage = absent('not-in-archive', 'The core image of the thread is not in the archive.')
const notThere = absent('not-recorded', 'The core image does not hold it.')
const zombie = absent('not-applicable', 'A zombie has ended.')

/** Threads, leader first. */
export function joinThreads(evidence: Evidence, task: Task): Promise<Thread[]> {
  return mapMany(evidence, threadsOf(task), async (tid) => {
    const leader = tid === task.pid
    const core = leader ? task.core : await readFirst(evidence, `core-${tid}.img`, 'core_entry')
    return joinThread(task, tid, core, hasImage(evidence, `core-${tid}.img`) ? noCore : noImage)
  })
}

function joinThread(task: Task, tid: number, core: Found<'core_entry'> | undefined, coreless: Absent): Thread {
  const isLeader = tid === task.pid
  const none = !core ? coreless : isLive(task.state) ? notThere : zombie
  const thread = core?.value.thread_core
  const tc = isLeader ? task.tc : undefined
  const mode = thread?.seccomp_mode ?? tc?.old_seccomp_mode
  const creds: Part<creds_entry> | undefined = isLeader
    ? task.creds
    : core && thread?.creds && { value: thread.creds, origin: core.origin, path: 'thread_core.creds' }
  return {
    tid,
    name: thread?.comm ?? tc?.comm ?? none,
    isLeader,
    policy: thread?.sched_policy === undefined ? none : policyName(thread.sched_policy),
    nice: thread?.sched_nice ?? none,
    priority: thread?.sched_prio ?? none,
    seccomp:
      mode === undefined ? none : (seccompMode(mode) ?? absent('unparsable', `Seccomp mode ${mode} is not known.`)),
    credentials: creds ? credentials(creds.value) : none,
    blockedSignals: thread?.blk_sigset ?? tc?.blk_sigset ?? none,
    registers: core && isLive(task.state) ? registers(core.value) : none,
    origin: core?.origin,
  }
}

function registers(core: core_entry): Thread['registers'] {
  return registersOf(core)
}

/**
 * The flag is written only when it is set. Ambient capabilities came later to the image than the flag, so that where
 * they are on record a missing flag means that it was not set.
 */
function noNewPrivileges(creds: creds_entry): Maybe<boolean> {
  if (creds.no_new_privs !== undefined) return creds.no_new_privs !== 0
  if (creds.cap_amb.length > 0) return false
  return absent('not-recorded', 'Not set, or dumped by a version of CRIU that does not record it.')
}

/** Two words, low one first. */
function mask(words: readonly number[]): bigint {
  return (BigInt((words[1] ?? 0) >>> 0) << 32n) | BigInt((words[0] ?? 0) >>> 0)
}

function credentials(creds: creds_entry): Maybe<Credentials> {
  const { uid, gid } = creds
  if (uid === undefined || gid === undefined) return absent('unparsable', 'The credentials are incomplete.')
  return {
    uid,
    gid,
    euid: creds.euid ?? uid,
    egid: creds.egid ?? gid,
    suid: creds.suid ?? uid,
    sgid: creds.sgid ?? gid,
    fsuid: creds.fsuid ?? uid,
    fsgid: creds.fsgid ?? gid,
    groups: creds.groups,
    capabilities: {
      inheritable: mask(creds.cap_inh),
      permitted: mask(creds.cap_prm),
      effective: mask(creds.cap_eff),
      bounding: mask(creds.cap_bnd),
      ambient:
        creds.cap_amb.length > 0
          ? mask(creds.cap_amb)
          : absent('not-recorded', 'Older versions of CRIU do not record ambient capabilities.'),
    },
    securebits: creds.secbits ?? 0,
    noNewPrivileges: noNewPrivileges(creds),
    lsmLabel: creds.lsm_profile ?? absent('not-recorded', 'No security module label is on record.'),
  }
}

/**
 * Leftovers: engines that keep their image folder between checkpoints leave images of earlier processes in it.
 * Only what pstree.img leads to belongs to the checkpoint.
 */
import type { Evidence } from '../evidence.ts'
import type { MemoryIndex } from './memory.ts'
import type { Task } from './tasks.ts'

const BY_PID = 'IDS MM VMAS PAGEMAP FS CREDS SIGACT ITIMERS POSIX_TIMERS RLIMIT SIGNAL'.split(' ')
const BY_TID = ['CORE', 'PSIGNAL']

/** Indexes of members that no listed process leads to. `tables`: descriptor tables in use. */
export function staleMembers(
  evidence: Evidence,
  tasks: readonly Task[],
  memory: MemoryIndex,
  tables: ReadonlyMap<number, unknown>,
): number[] {
  // A tree that is missing or cut says nothing about who is not in it.
  if (!evidence.isComplete('PSTREE')) return []
  const pids = new Set(tasks.map((task) => task.pid))
  const tids = new Set([...pids, ...tasks.flatMap((task) => task.pstree?.value.threads ?? [])])
  const stale: number[] = []
  const collect = (types: readonly string[], used: (id: number) => boolean): void => {
    for (const type of types)
      for (const { member, id } of evidence.imagesOf(type)) if (id !== undefined && !used(id)) stale.push(member.index)
  }
  collect(BY_PID, (id) => pids.has(id))
  collect(BY_TID, (id) => tids.has(id))
  collect(['FDINFO'], (id) => tables.has(id))
  // A pages image is only known to be left over when a stale pagemap could have led to it.
  if (stale.some((index) => evidence.members[index]?.image === 'PAGEMAP')) {
    const used = new Set(memory.images.facts.checks.map((check) => check.pagesMember))
    for (const { member } of evidence.imagesOf('PAGES')) if (!used.has(member.index)) stale.push(member.index)
  }
  return stale.sort((a, b) => a - b)
}

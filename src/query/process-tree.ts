/** The process tree as rows. */
import { isAbsent, present, type Maybe } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Process } from '../model/process.ts'

export interface ProcessTreeRow {
  readonly process: Process
  /** 0 for roots. */
  readonly depth: number
  /** Direct children, in pstree order. */
  readonly children: readonly Process[]
  /** True when the parent on record is not the one it is shown under: missing, or part of a circle. */
  readonly orphan: boolean
}

/**
 * Depth first, children in pstree order. Processes whose parent is missing stand at the root; a circle of parents is
 * opened at its first process.
 */
export function processTree(cp: Checkpoint): Maybe<readonly ProcessTreeRow[]> {
  if (isAbsent(cp.processes)) return cp.processes
  const { processes } = cp
  const byPid = new Map(processes.map((process) => [process.pid, process]))
  const children = new Map<number, Process[]>()
  const roots: Process[] = []
  for (const process of processes) {
    const ppid = present(process.ppid)
    if (ppid === undefined || ppid === process.pid || !byPid.has(ppid)) roots.push(process)
    else append(children, ppid, process)
  }
  const rows: ProcessTreeRow[] = []
  const done = new Set<number>()
  for (const root of roots) walk(root, root.ppid !== 0, children, done, rows)
  for (const process of processes) if (!done.has(process.pid)) walk(process, true, children, done, rows)
  return rows
}

function append(map: Map<number, Process[]>, key: number, process: Process): void {
  const list = map.get(key)
  if (list) list.push(process)
  else map.set(key, [process])
}

/** Without recursion: a chain of a million processes is legal. */
function walk(
  root: Process,
  orphan: boolean,
  children: ReadonlyMap<number, readonly Process[]>,
  done: Set<number>,
  rows: ProcessTreeRow[],
): void {
  const stack: { process: Process; depth: number }[] = [{ process: root, depth: 0 }]
  for (let item = stack.pop(); item; item = stack.pop()) {
    const { process, depth } = item
    if (done.has(process.pid)) continue
    done.add(process.pid)
    const own = (children.get(process.pid) ?? []).filter((child) => !done.has(child.pid))
    rows.push({ process, depth, children: own, orphan: depth === 0 && orphan })
    for (const child of own.toReversed()) stack.push({ process: child, depth: depth + 1 })
  }
}

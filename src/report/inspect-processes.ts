/** The process tree of `checkpointctl inspect`: nested, with command lines and environments. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Process, ProcessDetail } from '../model/process.ts'
import { compact, sortedMap, type JsonObject } from './json-shape.ts'

const STATES = { alive: 'Alive', dead: 'Dead', stopped: 'Stopped', zombie: 'Zombie' } as const

/** Levels of the tree; deeper ones would not survive a recursive reader. */
const MAX_DEPTH = 1000

/** The tree below the first process of pstree.img. undefined when there is none. */
export function processTree(
  { processes }: Checkpoint,
  details: ReadonlyMap<number, ProcessDetail>,
): JsonObject | undefined {
  const [root, ...rest] = isAbsent(processes) ? [] : processes
  if (!root) return undefined
  const children = new Map<number, Process[]>()
  for (const process of rest) {
    const siblings = children.get(process.ppid) ?? []
    siblings.push(process)
    children.set(process.ppid, siblings)
  }
  return nodeOf(root, children, details, new Set([root]), 0)
}

function nodeOf(
  process: Process,
  children: ReadonlyMap<number, readonly Process[]>,
  details: ReadonlyMap<number, ProcessDetail>,
  seen: Set<Process>,
  depth: number,
): JsonObject {
  const below = (depth < MAX_DEPTH ? (children.get(process.pid) ?? []) : []).filter((child) => {
    const isNew = !seen.has(child)
    seen.add(child)
    return isNew
  })
  const state = present(process.state)
  return {
    pid: process.pid,
    command: present(process.name) ?? '',
    ...compact([
      ['cmdline', cmdline(process)],
      ['task_state', state && STATES[state]],
      ...environment(details.get(process.pid)),
      ['children', below.map((child) => nodeOf(child, children, details, seen, depth + 1))],
    ]),
  }
}

/** The argument block with a space for each NUL, the last one included, as checkpointctl joins it. */
function cmdline(process: Process): string {
  const items = present(process.arguments) ?? []
  return items.length === 0 ? '' : items.join(' ') + (process.titleRewritten ? '' : ' ')
}

/**
 * checkpointctl's map loses order, duplicates and items without a name. Where one of these would be lost, `environment`
 * beside it has all items as they are.
 */
function environment(detail: ProcessDetail | undefined): (readonly [string, unknown])[] {
  const items = (present(detail?.environment ?? []) ?? []).map((item) => item.text).filter((text) => text !== '')
  const named = items.flatMap((text) => {
    const equals = text.indexOf('=')
    return equals > 0 ? [{ key: text.slice(0, equals), value: text.slice(equals + 1) }] : []
  })
  const map = sortedMap(named)
  const count = Object.keys(map).length
  return [
    ['environment_variables', count > 0 ? map : undefined],
    ['environment', count === items.length ? undefined : items],
  ]
}

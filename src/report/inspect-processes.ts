/** The process tree of `checkpointctl inspect`: nested, with command lines and environments. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Process, ProcessDetail } from '../model/process.ts'
import { compact, sortedMap, type JsonObject } from './json-shape.ts'

const STATES = { alive: 'Alive', dead: 'Dead', stopped: 'Stopped', zombie: 'Zombie' } as const

/** Levels of the tree, which readers walk by recursion: what lies deeper stands side by side on the last level. */
const MAX_DEPTH = 200

/**
 * The tree below the first process of pstree.img. undefined when there is none. A process whose parent is not known,
 * is not in the checkpoint, or descends from itself stands below the first one, so that it is not lost.
 */
export function processTree(
  { processes }: Checkpoint,
  details: ReadonlyMap<number, ProcessDetail>,
): JsonObject | undefined {
  const [root, ...rest] = isAbsent(processes) ? [] : processes
  if (!root) return undefined
  const known = new Set([root, ...rest].map(({ pid }) => pid))
  const children = new Map<number, Process[]>()
  for (const process of rest) {
    const ppid = present(process.ppid)
    const parent = ppid !== undefined && ppid !== process.pid && known.has(ppid) ? ppid : root.pid
    const siblings = children.get(parent) ?? []
    siblings.push(process)
    children.set(parent, siblings)
  }
  const placed = placeAll(root, rest, children)
  // From the last to the first: children stand after their parents.
  const below = new Map<Process, JsonObject[]>()
  let tree: JsonObject | undefined
  for (const { process, parent } of placed.toReversed()) {
    tree = nodeOf(process, details.get(process.pid), (below.get(process) ?? []).toReversed())
    if (!parent) continue
    const nodes = below.get(parent) ?? []
    nodes.push(tree)
    below.set(parent, nodes)
  }
  return tree
}

interface Placed {
  readonly process: Process
  /** The process below which it is written; undefined for the first one. */
  readonly parent: Process | undefined
}

/** Every process once, parents first: those that descend from the first one, then those of circles. */
function placeAll(
  root: Process,
  rest: readonly Process[],
  children: ReadonlyMap<number, readonly Process[]>,
): Placed[] {
  const placed: Placed[] = []
  const seen = new Set<Process>()
  for (const start of [root, ...rest]) {
    if (seen.has(start)) continue
    seen.add(start)
    const parent = start === root ? undefined : root
    const stack: (Placed & { readonly depth: number })[] = [{ process: start, parent, depth: parent ? 1 : 0 }]
    for (let item = stack.pop(); item; item = stack.pop()) {
      const { process, parent: above, depth } = item
      placed.push({ process, parent: above })
      for (const child of (children.get(process.pid) ?? []).toReversed()) {
        if (seen.has(child)) continue
        seen.add(child)
        const deepest = depth >= MAX_DEPTH ? above : process
        stack.push({ process: child, parent: deepest, depth: Math.min(depth + 1, MAX_DEPTH) })
      }
    }
  }
  return placed
}

function nodeOf(process: Process, detail: ProcessDetail | undefined, children: readonly JsonObject[]): JsonObject {
  const state = present(process.state)
  return {
    pid: process.pid,
    command: present(process.name) ?? '',
    ...compact([
      ['cmdline', cmdline(process)],
      ['task_state', state && STATES[state]],
      ...environment(detail),
      ['children', children],
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

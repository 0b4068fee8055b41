/** A tree of named values with children made on demand: decoded entries, JSON. */
import type { CellValue } from './cell.ts'

export interface TreeNode {
  /** Field name or index. Evidence text. */
  readonly key: string
  /** Leaf value, or undefined for a node that only has children. */
  readonly value?: CellValue | undefined
  /** Type of the value: `uint32`, `string`, … */
  readonly type?: string | undefined
  /** Beside the key of a folded node: `3 items`. */
  readonly note?: string | undefined
  /** Made when the node is first opened. */
  readonly children?: (() => readonly TreeNode[] | Promise<readonly TreeNode[]>) | undefined
}

/** A node as drawn. */
export interface TreeLine {
  readonly node: TreeNode
  /** Indices from the root: `0.3.1`. */
  readonly path: string
  readonly level: number
  readonly expanded: boolean
  readonly position: number
  readonly siblings: number
}

/** Children of the open nodes by path. Replaced as a whole when it changes. */
export function openedNodes(
  entries: readonly (readonly [string, readonly TreeNode[]])[] = [],
): ReadonlyMap<string, readonly TreeNode[]> {
  return new Map(entries)
}

/** Children in one level before they are put into ranges. */
const CHUNK = 1000

/** Lists the lines of all opened nodes. `opened` holds the children by path. No recursion: depth is the evidence's. */
export function treeLines(roots: readonly TreeNode[], opened: ReadonlyMap<string, readonly TreeNode[]>): TreeLine[] {
  const lines: TreeLine[] = []
  const stack: TreeLine[] = []
  const push = (nodes: readonly TreeNode[], prefix: string, level: number) => {
    for (let i = nodes.length - 1; i >= 0; i--) {
      const node = nodes[i]
      if (!node) continue
      const path = `${prefix}${i}`
      stack.push({ node, path, level, expanded: opened.has(path), position: i + 1, siblings: nodes.length })
    }
  }
  push(roots, '', 0)
  for (let line = stack.pop(); line; line = stack.pop()) {
    lines.push(line)
    const children = opened.get(line.path)
    if (children) push(children, `${line.path}.`, line.level + 1)
  }
  return lines
}

/** Puts long lists into ranges of 1000 (`0 … 999`), ranges into ranges, so that no level is longer. */
export function chunkNodes(
  count: number,
  at: (index: number) => TreeNode,
  start = 0,
  end = count,
): readonly TreeNode[] {
  let step = 1
  while (Math.ceil((end - start) / step) > CHUNK) step *= CHUNK
  const nodes: TreeNode[] = []
  for (let from = start; from < end; from += step) {
    const to = Math.min(end, from + step)
    if (step === 1) nodes.push(at(from))
    else nodes.push({ key: `${from} … ${to - 1}`, note: 'range', children: () => chunkNodes(count, at, from, to) })
  }
  return nodes
}

/** A parsed JSON value as a node. Children come when it is opened, so depth and size cost nothing before. */
export function jsonNode(key: string, value: unknown): TreeNode {
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return {
      key,
      type: 'array',
      note: `${items.length} ${items.length === 1 ? 'item' : 'items'}`,
      children: () => chunkNodes(items.length, (index) => jsonNode(String(index), items[index])),
    }
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value as Record<string, unknown>)
    return {
      key,
      type: 'object',
      note: `${fields.length} ${fields.length === 1 ? 'field' : 'fields'}`,
      children: () =>
        chunkNodes(fields.length, (index) => {
          const [name, inner] = fields[index] ?? ['', undefined]
          return jsonNode(name, inner)
        }),
    }
  }
  return { key, type: value === null ? 'null' : typeof value, value: jsonLeaf(value) }
}

function jsonLeaf(value: unknown): CellValue {
  if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'number', value }
  return {
    kind: 'text',
    text: typeof value === 'string' ? value : String(value),
    mono: true,
    quiet: typeof value !== 'string',
  }
}

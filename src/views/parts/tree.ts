/** Nodes of a tree whose children are asked for when it is opened. */

export interface TreeNode {
  /** Unique among all nodes of the tree. */
  readonly key: string
  readonly name: string
  /** What kind of value, drawn quietly. */
  readonly note: string
  /** Undefined for nodes that only hold others. */
  readonly text: string | undefined
  readonly expandable: boolean
  /** Drawn as a doubt: not known to the schema, or damaged. */
  readonly odd: boolean
}

/** Children from `from` on, and how many there are in all. */
export type LoadChildren<Node extends TreeNode> = (
  parent: Node | undefined,
  from: number,
) => Promise<{ readonly total: number; readonly nodes: readonly Node[] }>

/** What is loaded below a node. */
export interface Branch<Node> {
  readonly total: number
  readonly nodes: readonly Node[]
  readonly failure?: string
}

/** A line of the drawn tree. */
export type TreeLine<Node> =
  | {
      readonly kind: 'node'
      readonly node: Node
      readonly level: number
      readonly open: boolean
      readonly parent: string
    }
  | { readonly kind: 'more'; readonly parent: string; readonly level: number; readonly left: number }
  | { readonly kind: 'failure'; readonly parent: string; readonly level: number; readonly text: string }

/** Key of the branch at the top. */
export const TOP = ''

/** Levels drawn at most; deeper ones are still counted. */
const MAX_LEVEL = 100

/** The visible lines in order. */
export function treeLines<Node extends TreeNode>(
  branches: ReadonlyMap<string, Branch<Node>>,
  open: ReadonlySet<string>,
): TreeLine<Node>[] {
  const lines: TreeLine<Node>[] = []
  const add = (parent: string, level: number) => {
    const branch = branches.get(parent)
    if (!branch || level > MAX_LEVEL) return
    for (const node of branch.nodes) {
      const isOpen = node.expandable && open.has(node.key)
      lines.push({ kind: 'node', node, level, open: isOpen, parent })
      if (isOpen) add(node.key, level + 1)
    }
    const left = branch.total - branch.nodes.length
    if (branch.failure !== undefined) lines.push({ kind: 'failure', parent, level, text: branch.failure })
    else if (left > 0) lines.push({ kind: 'more', parent, level, left })
  }
  add(TOP, 0)
  return lines
}

/** State of a tree of named values: what is open, where the cursor is. */
import { openedNodes, treeLines, type TreeLine, type TreeNode } from './tree-node.ts'

export class TreeState {
  readonly #roots: () => readonly TreeNode[]
  #opened: ReadonlyMap<string, readonly TreeNode[]> = $state.raw(openedNodes())
  /** Path of the line under the cursor. */
  cursor: string | undefined = $state()
  /** Why the last node could not be opened. */
  failure: string | undefined = $state()

  constructor(roots: () => readonly TreeNode[]) {
    this.#roots = roots
  }

  readonly lines: readonly TreeLine[] = $derived.by(() => treeLines(this.#roots(), this.#opened))
  readonly at: number = $derived.by(() => this.lines.findIndex((line) => line.path === this.cursor))

  async open(line: TreeLine): Promise<void> {
    if (!line.node.children) return
    try {
      const children = await line.node.children()
      this.failure = undefined
      this.#opened = openedNodes([...this.#opened, [line.path, children]])
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error)
    }
  }

  close(line: TreeLine): void {
    this.#opened = openedNodes(
      [...this.#opened].filter(([path]) => path !== line.path && !path.startsWith(`${line.path}.`)),
    )
  }

  async toggle(line: TreeLine): Promise<void> {
    if (line.expanded) this.close(line)
    else await this.open(line)
  }

  /** Begins anew with other roots; a single one is opened at once when `openOnly`. */
  start(roots: readonly TreeNode[], openOnly: boolean): void {
    this.#opened = openedNodes()
    this.cursor = undefined
    this.failure = undefined
    const only = roots.length === 1 && openOnly ? this.lines[0] : undefined
    if (only) void this.open(only)
  }

  /** Puts the cursor on a line; gives the line. */
  moveTo(index: number): TreeLine | undefined {
    const line = this.lines[Math.max(0, Math.min(this.lines.length - 1, index))]
    if (line) this.cursor = line.path
    return line
  }

  /** The line's parent, or undefined. */
  parentOf(line: TreeLine): number {
    const end = line.path.lastIndexOf('.')
    return end < 0 ? -1 : this.lines.findIndex((other) => other.path === line.path.slice(0, end))
  }
}

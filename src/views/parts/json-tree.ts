/** JSON text from evidence as tree nodes: order, duplicate keys and the digits of numbers kept as they stand. */
import { parseTree, type Node } from 'jsonc-parser'
import { chunkNodes, type TreeNode } from '../../ui/tree-node.ts'
import { counted } from './format.ts'

/** Nesting beyond which a text is shown as it stands: the parser goes into itself. */
const MAX_DEPTH = 200

/** An upper bound: brackets inside strings count too. */
function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (const symbol of text) {
    if (symbol === '{' || symbol === '[') depth += 1
    else if (symbol === '}' || symbol === ']') depth -= 1
    if (depth > MAX_DEPTH) return true
  }
  return false
}

/** The members of a JSON object or array; undefined when the text is neither, or is nested too deeply. */
export function jsonNodes(text: string): readonly TreeNode[] | undefined {
  if (nestsTooDeep(text)) return undefined
  const root = parseTree(text, [], { disallowComments: true })
  if (!root || (root.type !== 'object' && root.type !== 'array')) return undefined
  return childNodes(text, root)
}

function childNodes(text: string, parent: Node): readonly TreeNode[] {
  const items = parent.children ?? []
  return chunkNodes(items.length, (index) => {
    const item = items[index]
    if (parent.type === 'array' || item?.type !== 'property') return valueNode(text, String(index), item)
    const [key, value] = item.children ?? []
    return valueNode(text, String(key?.value ?? ''), value)
  })
}

function valueNode(text: string, key: string, node: Node | undefined): TreeNode {
  if (!node) return { key, value: { kind: 'absent', why: 'the text breaks off here' } }
  if (node.type === 'object' || node.type === 'array') {
    const count = node.children?.length ?? 0
    const note = node.type === 'object' ? counted(count, 'field') : counted(count, 'item')
    return { key, type: node.type, note, children: () => childNodes(text, node) }
  }
  const shown = node.type === 'string' ? String(node.value) : text.slice(node.offset, node.offset + node.length)
  return { key, type: node.type, value: { kind: 'text', text: shown, mono: true, quiet: node.type !== 'string' } }
}

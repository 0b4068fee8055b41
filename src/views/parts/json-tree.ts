/** JSON text from evidence as tree nodes: order, duplicate keys and the digits of numbers kept as they stand. */
import { parseTree, type Node } from 'jsonc-parser'
import { maskValue } from '../../query/secrets.ts'
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
export function jsonNodes(text: string, mask: boolean): readonly TreeNode[] | undefined {
  if (nestsTooDeep(text)) return undefined
  const root = parseTree(text, [], { disallowComments: true })
  if (!root || (root.type !== 'object' && root.type !== 'array')) return undefined
  return childNodes(text, root, mask)
}

function childNodes(text: string, parent: Node, mask: boolean): readonly TreeNode[] {
  const items = parent.children ?? []
  return chunkNodes(items.length, (index) => {
    const item = items[index]
    if (parent.type === 'array' || item?.type !== 'property')
      return valueNode(text, String(index), item, mask ? '' : undefined)
    const [key, value] = item.children ?? []
    const name = String(key?.value ?? '')
    return valueNode(text, name, value, mask ? secretName(parent, name) : undefined)
  })
}

/** What a value is called: its key, or in a list of `{name, value}` pairs the name beside it. */
function secretName(parent: Node, key: string): string {
  if (key !== 'value') return key
  const named = parent.children?.find(({ children }) => children?.[0]?.value === 'name')
  return String(named?.children?.[1]?.value ?? key)
}

/** `maskAs`: the name by which a secret is told; undefined when nothing is masked. */
function valueNode(text: string, key: string, node: Node | undefined, maskAs: string | undefined): TreeNode {
  if (!node) return { key, value: { kind: 'absent', why: 'the text breaks off here' } }
  if (node.type === 'object' || node.type === 'array') {
    const count = node.children?.length ?? 0
    const note = node.type === 'object' ? counted(count, 'field') : counted(count, 'item')
    return { key, type: node.type, note, children: () => childNodes(text, node, maskAs !== undefined) }
  }
  const raw = node.type === 'string' ? String(node.value) : text.slice(node.offset, node.offset + node.length)
  const shown = maskAs === undefined ? raw : maskValue(maskAs, raw)
  return { key, type: node.type, value: { kind: 'text', text: shown, mono: true, quiet: node.type !== 'string' } }
}

/** Fields of an entry as tree nodes, asked for level by level and a page at a time. */
import type { FieldNode, RecordNode } from '../../../workers/contract.ts'
import type { ViewContext } from '../../app/context.ts'
import type { TreeNode } from '../../ui/tree-node.ts'

/** A part of the member that can be marked in its bytes. */
export interface Part {
  readonly label: string
  /** Within the member. */
  readonly offset: number
  readonly length: number
}

/** A tree node that stands for bytes. */
export interface PartNode extends TreeNode {
  readonly part: Part
}

const PAGE = 1000

export function isPartNode(node: TreeNode): node is PartNode {
  return 'part' in node
}

/** The entry itself, opened at once by the tree, and what follows it. */
export function entryNodes(ctx: ViewContext, member: number, record: RecordNode): readonly PartNode[] {
  const { index, message, offset, length, extra } = record
  const whole: PartNode = {
    key: message,
    note: 'the entry',
    part: { label: message, offset, length },
    children: () => fieldsOf(ctx, member, index, ''),
  }
  return [
    whole,
    ...extra.map(({ label, ...range }) => ({ key: label, type: `${range.length} bytes`, part: { label, ...range } })),
  ]
}

async function fieldsOf(ctx: ViewContext, member: number, record: number, path: string): Promise<readonly TreeNode[]> {
  const page = async (from: number) => {
    const { total, fields } = await ctx.client.fields(ctx.checkpoint.id, member, record, path, from, PAGE)
    return { total, nodes: fields.map((field) => fieldNode(ctx, member, record, field)) }
  }
  const { total, nodes } = await page(0)
  const ranges: TreeNode[] = []
  for (let from = PAGE; from < total; from += PAGE)
    ranges.push({
      key: `${from} … ${Math.min(total, from + PAGE) - 1}`,
      note: 'further fields',
      children: async () => (await page(from)).nodes,
    })
  return [...nodes, ...ranges]
}

function fieldNode(ctx: ViewContext, member: number, record: number, field: FieldNode): PartNode {
  const { name, type, text, offset, length, known, path, isMessage } = field
  return {
    key: name,
    type: known ? type : `not in the schema, ${type}`,
    part: { label: path, offset, length },
    ...(text === undefined ? {} : { value: { kind: 'text', text, mono: true } }),
    ...(isMessage ? { children: () => fieldsOf(ctx, member, record, path) } : {}),
  }
}

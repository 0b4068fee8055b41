import { describe, expect, test } from 'vitest'
import { chunkNodes, jsonNode, openedNodes, treeLines, type TreeNode } from '../../../src/ui/tree-node.ts'

function childrenOf(node: TreeNode | undefined): readonly TreeNode[] {
  const children = node?.children?.()
  if (!Array.isArray(children)) throw new Error('no children')
  return children as readonly TreeNode[]
}

describe('trees', () => {
  test('JSON: kinds, counts, leaves', () => {
    const node = jsonNode('config', { a: 1, b: [true, null], c: 'x\u202e' })
    expect(node).toMatchObject({ type: 'object', note: '3 fields' })
    const [a, b, c] = childrenOf(node)
    expect(a).toMatchObject({ key: 'a', type: 'number', value: { kind: 'number', value: 1 } })
    expect(b).toMatchObject({ type: 'array', note: '2 items' })
    expect(c?.value).toMatchObject({ kind: 'text', text: 'x\u202e' })
    expect(childrenOf(b).map((child) => child.type)).toEqual(['boolean', 'null'])
  })
  test('lines of opened nodes, with level and place', () => {
    const root = jsonNode('r', { a: { b: 1 }, c: 2 })
    const top = childrenOf(root)
    const lines = treeLines(
      [root],
      openedNodes([
        ['0', top],
        ['0.0', childrenOf(top[0])],
      ]),
    )
    expect(lines.map((line) => [line.path, line.node.key, line.level, line.position, line.siblings])).toEqual([
      ['0', 'r', 0, 1, 1],
      ['0.0', 'a', 1, 1, 2],
      ['0.0.0', 'b', 2, 1, 1],
      ['0.1', 'c', 1, 2, 2],
    ])
  })
  test('a long list is put into ranges; no level is longer than 1000', () => {
    const made: number[] = []
    const leaf = (index: number): TreeNode => {
      made.push(index)
      return { key: String(index) }
    }
    const top = chunkNodes(2_500_000, leaf)
    expect(top.map((node) => node.key)).toEqual(['0 … 999999', '1000000 … 1999999', '2000000 … 2499999'])
    const second = childrenOf(top[2])
    expect(second).toHaveLength(500)
    expect(made).toEqual([])
    expect(childrenOf(second[499]).at(-1)?.key).toBe('2499999')
    expect(made).toHaveLength(1000)
  })
  test('deep JSON costs nothing before it is opened', () => {
    let deep: unknown = 0
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(jsonNode('deep', deep).note).toBe('1 item')
  })
})

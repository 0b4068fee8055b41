import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cellText } from '../../../src/ui/cell.ts'
import type { TreeNode } from '../../../src/ui/tree-node.ts'
import { jsonNodes } from '../../../src/views/parts/json-tree.ts'

async function flatten(nodes: readonly TreeNode[], path = ''): Promise<string[]> {
  const lines: string[] = []
  for (const node of nodes) {
    const at = `${path}/${node.key}`
    if (node.children) lines.push(...(await flatten(await node.children(), at)))
    else lines.push(`${at}=${node.value ? cellText(node.value) : ''}`)
  }
  return lines
}

test('json tree: exact digits, duplicate keys and order are kept', async () => {
  const text = '{"b": 18446744073709551615, "a": [1.50, null, true], "b": "x", "": {"c": {}}}'
  expect(await flatten(jsonNodes(text, false) ?? [])).toEqual([
    '/b=18446744073709551615',
    '/a/0=1.50',
    '/a/1=null',
    '/a/2=true',
    '/b=x',
  ])
})

test('json tree: secrets are masked by key and by the name beside a value', async () => {
  const text = '{"password":"a","env":[{"name":"API_TOKEN","value":"b"},{"name":"HOME","value":"/"}]}'
  const lines = await flatten(jsonNodes(text, true) ?? [])
  expect(lines.filter((line) => line.includes('•')).map((line) => line.split('=')[0])).toEqual([
    '/password',
    '/env/0/value',
  ])
})

test('json tree: neither scalars nor broken nor very deep text give nodes', () => {
  expect(jsonNodes('"text"', false)).toBeUndefined()
  expect(jsonNodes('', false)).toBeUndefined()
  expect(jsonNodes('['.repeat(100_000), false)).toBeUndefined()
})

test('json tree: any text ends in nodes or none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
      await flatten(jsonNodes(text, true) ?? [])
    }),
  )
})

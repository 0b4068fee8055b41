import { expect, test } from 'vitest'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import type { Process } from '../../../src/model/process.ts'
import { memparse } from '../../../src/query/memparse.ts'
import { processTree } from '../../../src/query/process-tree.ts'
import { there } from '../../builders/joined.ts'

function tree(...pairs: readonly (readonly [pid: number, ppid: number])[]): string[] {
  const processes = pairs.map(([pid, ppid]) => ({ pid, ppid }) as Process)
  return there(processTree({ processes } as unknown as Checkpoint)).map(
    (row) => `${'-'.repeat(row.depth)}${row.process.pid}${row.orphan ? ' orphan' : ''}`,
  )
}

test('children follow their parent, in the order of pstree', () => {
  expect(tree([1, 0], [2, 1], [5, 2], [3, 1])).toEqual(['1', '-2', '--5', '-3'])
})

test('a parent that is listed after its child', () => {
  expect(tree([5, 2], [1, 0], [2, 1])).toEqual(['1', '-2', '--5'])
})

test('several roots, and processes whose parent is missing', () => {
  expect(tree([1, 0], [7, 99], [8, 7], [9, 0])).toEqual(['1', '7 orphan', '-8', '9'])
})

test('circles are opened once', () => {
  expect(tree([1, 0], [8, 9], [9, 8], [4, 4])).toEqual(['1', '4 orphan', '8 orphan', '-9'])
})

test('a chain of a hundred thousand processes', () => {
  const chain = Array.from({ length: 100_000 }, (_, i) => [i + 1, i] as const)
  expect(tree(...chain)).toHaveLength(100_000)
})

test('memparse gives sizes, or the reason why there are none', () => {
  const why = { absent: 'not-applicable', why: 'ended' }
  const processes = [
    { pid: 1, name: 'a', memory: 4096, sharedMapped: 0 },
    { pid: 2, name: 'z', memory: why, sharedMapped: why },
  ]
  expect(memparse({ processes } as unknown as Checkpoint)).toEqual([
    { pid: 1, name: 'a', memorySize: 4096, sharedMemorySize: 0, why: null },
    { pid: 2, name: 'z', memorySize: null, sharedMemorySize: null, why: 'ended' },
  ])
})

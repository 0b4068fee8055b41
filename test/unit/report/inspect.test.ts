import { describe, expect, test } from 'vitest'
import { absent } from '../../../src/model/absent.ts'
import { listTime } from '../../../src/report/identity-text.ts'
import { processTree } from '../../../src/report/inspect-processes.ts'
import { sortedMap } from '../../../src/report/json-shape.ts'
import { bufferText, iecText } from '../../../src/report/sizes-text.ts'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import type { Process, ProcessDetail } from '../../../src/model/process.ts'

const none = absent('not-applicable', 'not in this test')

function process(pid: number, ppid: number, facts: Partial<Process> = {}): Process {
  return {
    ...{ pid, ppid, pgid: 1, sid: 1, state: 'alive', name: `p${pid}`, arguments: ['a', 'b'], titleRewritten: false },
    ...{ exitCode: none, exe: none, cwd: none, root: none, umask: none, uid: none, gid: none, euid: none, egid: none },
    ...{
      threads: [pid],
      filesId: none,
      memory: none,
      sharedMemory: none,
      sharedMapped: none,
      vmaCount: none,
      vmaBytes: none,
      sources: {},
    },
    ...facts,
  }
}

function treeOf(processes: readonly Process[], environments: Readonly<Record<number, readonly string[]>> = {}) {
  const details = new Map(
    Object.entries(environments).map(([pid, items]) => {
      const environment = items.map((text) => ({ text, origin: undefined }))
      return [Number(pid), { environment } as unknown as ProcessDetail]
    }),
  )
  return processTree({ processes } as unknown as Checkpoint, details)
}

describe('processTree', () => {
  test('a zombie has a state, no command line, and keeps its children', () => {
    const zombie = process(2, 1, { state: 'zombie', arguments: none })
    expect(treeOf([process(1, 0), zombie, process(3, 2)])).toEqual({
      pid: 1,
      command: 'p1',
      cmdline: 'a b ',
      task_state: 'Alive',
      children: [
        {
          pid: 2,
          command: 'p2',
          task_state: 'Zombie',
          children: [{ pid: 3, command: 'p3', cmdline: 'a b ', task_state: 'Alive' }],
        },
      ],
    })
  })

  test('an ordinary environment is a sorted map only', () => {
    const tree = treeOf([process(1, 0)], { 1: ['B=2', 'A=1=x', ''] })
    expect(JSON.stringify(tree?.['environment_variables'])).toBe('{"A":"1=x","B":"2"}')
    expect(tree).not.toHaveProperty('environment')
  })

  test('duplicates, items without = or name, and __proto__ lose nothing', () => {
    const items = ['A=1', 'A=2', 'title', '=x', '__proto__=polluted']
    const tree = treeOf([process(1, 0)], { 1: items })
    expect(JSON.stringify(tree?.['environment_variables'])).toBe('{"A":"2","__proto__":"polluted"}')
    expect(tree?.['environment']).toEqual(items)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('processes of unknown, missing or circular parents stand below the first one', () => {
    const tree = treeOf([process(1, 0), process(4, 4), process(5, 77), process(2, 3), process(3, 2), process(6, 5)])
    expect(tree).toMatchObject({
      pid: 1,
      children: [{ pid: 4 }, { pid: 5, children: [{ pid: 6 }] }, { pid: 2, children: [{ pid: 3 }] }],
    })
  })

  test('cycles and a chain of 100,000 parents end', () => {
    expect(treeOf([process(1, 2), process(2, 1)])).toMatchObject({ pid: 1, children: [{ pid: 2 }] })
    const chain = Array.from({ length: 100_000 }, (_, index) => process(index + 1, index))
    expect(treeOf(chain)?.['pid']).toBe(1)
  })

  test('without processes there is no tree', () => {
    expect(treeOf([])).toBeUndefined()
  })
})

describe('text forms', () => {
  test.each([
    [0, '0 B'],
    [266, '266 B'],
    [4096, '4.0 KiB'],
    [157_169, '153.5 KiB'],
    [90_527_784, '86.3 MiB'],
  ])('iecText(%i) is %s', (bytes, text) => {
    expect(iecText(bytes)).toBe(text)
  })

  test('buffers count in steps of 1024 under short names', () => {
    expect([16_384, 212_992, 3_963_392].map(bufferText)).toEqual(['16.0 KB', '208.0 KB', '3.8 MB'])
  })

  test('list shows times in UTC, whatever zone was recorded', () => {
    expect(listTime({ value: '2026-11-22T18:12:17.5+02:00' })).toBe('22 Nov 26 16:12 UTC')
    expect(listTime({ value: none })).toBe('')
  })

  test('maps keep the last duplicate and sort by key', () => {
    const items = [
      { key: 'b', value: '1' },
      { key: 'a', value: '2' },
      { key: 'b', value: '3' },
    ]
    expect(JSON.stringify(sortedMap(items))).toBe('{"a":"2","b":"3"}')
  })
})

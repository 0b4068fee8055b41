import { describe, expect, test } from 'vitest'
import { memoryParts, parseMemory } from '../../../src/app/memory-ref.ts'

describe('a place in memory in the URL', () => {
  test.each([
    { kind: 'memory', space: { kind: 'process', pid: 14 }, address: 0x7f00_0010n },
    { kind: 'memory', space: { kind: 'process', pid: 1 }, address: 2n ** 64n - 1n, length: 32 },
    { kind: 'memory', space: { kind: 'shared', shmid: 0 }, address: 0n, length: 1 },
  ] as const)('comes back as it was: %o', (ref) => {
    const [kind, ...rest] = memoryParts(ref)
    expect(kind).toBe('memory')
    expect(parseMemory(rest)).toEqual(ref)
  })

  test.each([
    [['process', '1']],
    [['process', '1', '16']],
    [['process', '-1', '0x0']],
    [['process', '1', '0x10000000000000000']],
    [['process', '1', '0x0', 'x']],
    [['process', '1', '0x0', '1', '2']],
    [['file', '1', '0x0']],
    [[]],
  ])('is nothing: %o', (parts) => {
    expect(parseMemory(parts)).toBeUndefined()
  })
})

import { expect, test } from 'vitest'
import { progressWords } from '../../../src/app/progress-words.ts'

const MIB = 1024 * 1024
const inflating = (done: number) => ({ phase: 'inflating', done: done * MIB, total: 400 * MIB, unit: 'bytes' }) as const

test('bytes as soon as they are known, the time left once there is a pace', () => {
  expect(progressWords(inflating(0), 10_000)).toBe('unpacking, 0 B of 400 MiB')
  expect(progressWords(inflating(100), 500)).toBe('unpacking, 100 MiB of 400 MiB')
  expect(progressWords(inflating(100), 5000)).toBe('unpacking, 100 MiB of 400 MiB, about 15 s left')
  expect(progressWords(inflating(10), 10_000)).toBe('unpacking, 10.0 MiB of 400 MiB, about 7 min left')
  expect(progressWords(inflating(400), 10_000)).toBe('unpacking, 400 MiB of 400 MiB')
})

test('nothing is said of what is not known', () => {
  expect(progressWords({ phase: 'reading', done: 5, total: undefined, unit: 'bytes' }, 9000)).toBe('reading')
  expect(progressWords({ phase: 'decoding', done: 5, total: 9, unit: 'items' }, 100)).toBe('decoding images')
})

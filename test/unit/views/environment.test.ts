import { expect, test } from 'vitest'
import { MASK } from '../../../src/query/secrets.ts'
import { environmentRows } from '../../../src/views/processes/environment.ts'

const items = ['A=1', 'TOKEN=abc', 'no equals', '', '=x', 'A=2=3'].map((text) => ({ text, origin: undefined }))

test('environment: order, duplicates and odd items are kept and marked', () => {
  const rows = environmentRows(items, false)
  expect(rows.map(({ index, name, value }) => [index, name, value])).toEqual([
    [1, 'A', '1'],
    [2, 'TOKEN', 'abc'],
    [3, undefined, 'no equals'],
    [4, undefined, ''],
    [5, '', 'x'],
    [6, 'A', '2=3'],
  ])
  expect(rows.map(({ notes }) => notes)).toEqual([
    ['duplicate'],
    [],
    ['no ='],
    ['empty item'],
    ['empty name'],
    ['duplicate'],
  ])
})

test('environment: a masked value is masked in what is copied, and says so', () => {
  const [, token] = environmentRows(items, true)
  expect(token?.value).toBe(MASK)
  expect(token?.notes).toEqual(['masked'])
})

import { expect, test } from 'vitest'
import type { Checkpoint, Mount } from '../../../src/model/checkpoint.ts'
import { listMounts } from '../../../src/query/mounts.ts'

function rows(mounts: readonly string[], spec: readonly string[]): string[] {
  const cp = {
    mounts: mounts.map((mountPoint, id) => ({ id, mountPoint }) as Mount),
    metadata: { spec: { mounts: spec.map((destination) => ({ destination })) } },
  }
  return listMounts(cp as unknown as Checkpoint).map(
    (row) => `${row.path} ${row.mount?.id ?? 'missing'}${row.spec ? ' spec' : ''}`,
  )
}

test('mounts of the spec are told from those that are not in it', () => {
  expect(rows(['/', '/proc', '/secret'], ['/proc/', '/data'])).toEqual([
    '/ 0',
    '/proc 1 spec',
    '/secret 2',
    '/data missing spec',
  ])
})

test('of two mounts at one path the upper one is that of the spec', () => {
  expect(rows(['/data', '/data'], ['/data'])).toEqual(['/data 0', '/data 1 spec'])
})

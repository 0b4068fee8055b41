import { expect, test } from 'vitest'
import { inferPageSize } from '../../../src/memory/page-size.ts'

test('all images agree', () => {
  const found = inferPageSize(
    [
      { presentPages: 3, imageSize: 3 * 16384 },
      { presentPages: 1, imageSize: 16384 },
    ],
    0x7f0000n << 14n,
    3,
  )
  expect(found).toMatchObject({ pageSize: 16384, doubtful: false })
})

test('one damaged image does not outvote the others', () => {
  const found = inferPageSize(
    [
      { presentPages: 2, imageSize: 8192 },
      { presentPages: 2, imageSize: 100 },
      { presentPages: 1, imageSize: 4096 },
    ],
    0x1000n,
    1,
  )
  expect(found).toMatchObject({ pageSize: 4096, doubtful: true })
  expect(found.reason).toContain('2 of 3')
})

test('an image of whose pages none could be counted is one that does not agree', () => {
  const samples = [
    { presentPages: 2, imageSize: 8192 },
    { presentPages: 0, imageSize: 4096 },
    { presentPages: 0, imageSize: 0 },
  ]
  const found = inferPageSize(samples, 0x1000n, 1)
  expect(found).toMatchObject({ pageSize: 4096, doubtful: true })
  expect(found.reason).toContain('1 of 2 pages images')
})

test('addresses that are no multiples cast doubt', () => {
  expect(inferPageSize([{ presentPages: 1, imageSize: 65536 }], 0x1000n, 4)).toMatchObject({
    pageSize: 65536,
    doubtful: true,
  })
})

test('without images the architecture and the addresses decide', () => {
  expect(inferPageSize([], 0x10000n, 4)).toMatchObject({ pageSize: 65536, doubtful: true })
  expect(inferPageSize([], 0x1000n, 4)).toMatchObject({ pageSize: 4096 })
  expect(inferPageSize([], 0x1000n, 1)).toMatchObject({ pageSize: 4096, doubtful: false })
  expect(inferPageSize([], 0x1000n, undefined)).toMatchObject({ pageSize: undefined })
})

import { describe, expect, test } from 'vitest'
import { findPlaces, readTargets, type Place } from '../../../src/query/goto.ts'

const PLACES: readonly Place[] = [
  { name: '[heap]', address: 0x1000n, note: 'rw-p' },
  { name: 'AT_ENTRY', address: 0x401000n, note: 'auxiliary vector' },
  { name: 'thread 7 sp', address: 0x7ffe10n, note: 'register' },
  { name: 'thread 5 sp', address: 0x7ffd00n, note: 'register', aliases: ['sp', 'rsp'] },
  { name: '/tmp/a+20', address: 0x9000n, note: 'r-xp' },
]
const addresses = (text: string) => readTargets(text, PLACES).map(({ address }) => address)

describe('going to an address', () => {
  test.each([
    ['0x7f00', [0x7f00n]],
    ['7f00', [0x7f00n]],
    ['0X7F_00', [0x7f00n]],
    ['#4096', [4096n]],
    ['1234', [0x1234n, 1234n]],
    ['0', [0n]],
    ['ffffffffffffffff', [2n ** 64n - 1n]],
    ['heap', [0x1000n]],
    ['[heap]+20', [0x1020n, 0x1014n]],
    ['heap + 0x20', [0x1020n]],
    ['heap - #16', [0xff0n]],
    ['rsp', [0x7ffd00n]],
    ['SP+#16', [0x7ffd10n]],
    ['AT_ENTRY+a', [0x40100an]],
    ['400000-0x10', [0x3ffff0n, 399984n]],
    ['7f00+0x10', [0x7f10n]],
    ['/tmp/a+20', [0x9000n]],
    ['/tmp/a+20+f', [0x900fn]],
  ])('%s', (text, expected) => {
    expect(addresses(text)).toEqual(expected)
  })

  test.each(['', 'nothing', '0x', '0x10-0x20', 'ffffffffffffffff+1', '11111111111111111f', '-5', '<img src=x>'])(
    'no address: %s',
    (text) => {
      expect(addresses(text)).toEqual([])
    },
  )

  test('names by any of their words, bounded', () => {
    expect(findPlaces('HEAP', PLACES, 9).map(({ name }) => name)).toEqual(['[heap]'])
    expect(findPlaces('r-xp tmp', PLACES, 9).map(({ name }) => name)).toEqual(['/tmp/a+20'])
    expect(findPlaces('', PLACES, 2)).toHaveLength(2)
    expect(findPlaces('sp', PLACES, 9).map(({ name }) => name)).toEqual(['thread 5 sp', 'thread 7 sp'])
    expect(findPlaces('rsp', PLACES, 1).map(({ name }) => name)).toEqual(['thread 5 sp'])
  })
})

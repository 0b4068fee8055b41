import { describe, expect, test } from 'vitest'
import type { ProcessDetail } from '../../../src/model/process.ts'
import { AddressPicture } from '../../../src/query/address-picture.ts'
import { adviceNames, mapFlagNames, vmaStatusNames } from '../../../src/query/mapping-flags.ts'
import { modifiedBytes, totalsOf } from '../../../src/query/memory-totals.ts'
import { placesOf, placeInMapping } from '../../../src/query/places.ts'
import { layoutOf, rowOf, vmaOf } from '../../builders/layout.ts'

describe('sums', () => {
  test('stored pages of private file mappings are modified ones; guards count nowhere', () => {
    const library = rowOf(vmaOf(0n, 0x4000n, { fileId: 7, flags: 2 }), 0x1000n)
    const shared = rowOf(vmaOf(0x4000n, 0x6000n, { fileId: 8, flags: 1 }), 0x2000n)
    const guard = rowOf(vmaOf(0x4000n, 0x5000n), 0n, { guard: true })
    expect(modifiedBytes(library)).toBe(0x1000n)
    expect(modifiedBytes(shared)).toBeUndefined()
    expect(totalsOf([library, shared, guard])).toEqual({
      ...{ count: 2, size: 0x6000n, stored: 0x3000n, parent: 0n, modified: 0x1000n },
    })
  })
})

test('bits by name, unknown ones as hex', () => {
  expect(mapFlagNames(0x40022)).toEqual(['MAP_PRIVATE', 'MAP_ANONYMOUS', 'MAP_HUGETLB'])
  expect(mapFlagNames(0x8000_0001)).toEqual(['MAP_SHARED', '0x80000000'])
  expect(adviceNames((1n << 16n) | (1n << 15n))).toEqual(['MADV_NOHUGEPAGE', 'MADV_DONTDUMP'])
  expect(vmaStatusNames(0x221)).toEqual(['regular', 'heap', 'anon-private'])
  expect(vmaStatusNames(0x90018001)).toEqual(['regular', 'shadow-stack', 'guard', 'close', 'unsupported'])
})

describe('places', () => {
  test('mappings, the vector, registers, and offsets in a mapping', () => {
    const heap = vmaOf(0x1000n, 0x3000n)
    const places = placesOf([rowOf(heap)], undefined, [{ name: 'mm_arg_start', value: 5n }])
    expect(places).toEqual([
      { name: 'arg_start', address: 5n, note: 'recorded' },
      { name: '[heap]', address: 0x1000n, note: 'rw-p' },
    ])
    const thread = (tid: number, isLeader: boolean) => ({
      ...{ tid, isLeader },
      registers: [
        { name: 'ip', value: 0x401000n },
        { name: 'ax', value: 7n },
        { name: 'fs_base', value: 0x7f00n },
        { name: 'sp', value: 0n },
      ],
    })
    const detail = { auxv: [], threads: [thread(3, true), thread(4, false)] } as unknown as ProcessDetail
    expect(placesOf([], detail, [])).toEqual([
      { ...{ name: 'thread 3 ip', address: 0x401000n, note: 'register' }, aliases: ['ip', 'rip', 'eip', 'pc', 'nip'] },
      { name: 'thread 3 fs_base', address: 0x7f00n, note: 'register', aliases: ['fs_base'] },
      { name: 'thread 4 ip', address: 0x401000n, note: 'register' },
      { name: 'thread 4 fs_base', address: 0x7f00n, note: 'register' },
    ])
    expect(placeInMapping(0x1000n, heap)).toBe('[heap]')
    expect(placeInMapping(0x1010n, heap)).toBe('[heap] + 0x10')
  })
})

describe('the picture', () => {
  const layout = layoutOf(
    [{ start: 0x1000n, length: 0x1000n, kind: 'stored', mapping: 0 }],
    [rowOf(vmaOf(0x1000n, 0x2000n)), rowOf(vmaOf(0x2000n, 2n ** 40n)), rowOf(vmaOf(2n ** 47n, 2n ** 47n + 0x1000n))],
  )
  const picture = new AddressPicture(layout)

  test('every mapping is seen, holes are narrow, positions and addresses agree', () => {
    expect(picture.blocks.map(({ mapping, isHole }) => [mapping, isHole])).toEqual([
      [0, false],
      [1, false],
      [-1, true],
      [2, false],
    ])
    for (const { start, end, at, width } of picture.blocks) {
      expect(width).toBeGreaterThanOrEqual(1)
      expect(picture.positionOf(start)).toBeCloseTo(at)
      const middle = picture.addressAt(at + width / 2)
      expect(middle >= start && middle < end).toBe(true)
    }
    expect(picture.addressAt(picture.total)).toBeLessThan(2n ** 47n + 0x1000n)
    expect(picture.positionOf(2n ** 64n - 1n)).toBeLessThanOrEqual(picture.total)
  })

  test('mappings that lie over each other, and none at all', () => {
    const over = layoutOf(
      [],
      [rowOf(vmaOf(0n, 0x3000n)), rowOf(vmaOf(0x1000n, 0x2000n)), rowOf(vmaOf(0x2000n, 0x4000n))],
    )
    expect(new AddressPicture(over).blocks.map(({ start }) => start)).toEqual([0n, 0x3000n])
    const object = new AddressPicture(layoutOf([{ start: 0n, length: 0x5000n, kind: 'stored' }]))
    expect(object.blocks).toMatchObject([{ mapping: -1, isHole: false, end: 0x5000n }])
    const empty = new AddressPicture(layoutOf([]))
    expect([empty.total, empty.addressAt(0), empty.positionOf(5n)]).toEqual([0, 0n, 0])
  })
})

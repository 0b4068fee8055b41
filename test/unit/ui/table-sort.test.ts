import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ascending } from '../../../src/base/order.ts'
import { compareSortValues, nextSort, sortIndices, type SortKey } from '../../../src/ui/table-sort.ts'
import { thingColumns, type Thing } from './rows.ts'

const rows: Thing[] = [
  { id: 'c', name: 'x', size: 10 },
  { id: 'a', name: 'x' },
  { id: 'b', name: 'w', size: 2n ** 63n },
  { id: 'd', name: 'x', size: 9 },
]

function sorted(...keys: SortKey[]): string {
  return Array.from(sortIndices(Uint32Array.of(0, 1, 2, 3), rows, thingColumns, keys), (at) => rows[at]?.id).join('')
}

describe('sort', () => {
  test('no key keeps the order', () => {
    expect(sorted()).toBe('cabd')
  })
  test('numbers and bigints by value, absent last', () => {
    expect(sorted({ column: 'size', direction: 'ascending' })).toBe('dcba')
  })
  test('absent last also when descending', () => {
    expect(sorted({ column: 'size', direction: 'descending' })).toBe('bcda')
  })
  test('equal rows keep their order; a second key orders them', () => {
    expect(sorted({ column: 'name', direction: 'descending' })).toBe('cadb')
    expect(sorted({ column: 'name', direction: 'ascending' }, { column: 'id', direction: 'descending' })).toBe('bdca')
  })
  test('an unknown column is left out', () => {
    expect(sorted({ column: 'gone', direction: 'ascending' })).toBe('cabd')
  })
  test('many rows come into the order that the comparison says, equal ones as they were', () => {
    const sizes = fc.array(fc.option(fc.nat(40), { nil: undefined }), { minLength: 1, maxLength: 3000, size: 'max' })
    fc.assert(
      fc.property(sizes, fc.constantFrom('ascending' as const, 'descending' as const), (list, direction) => {
        const many = list.map((size, id): Thing => ({ id: String(id), name: '', ...(size !== undefined && { size }) }))
        const order = [...sortIndices(ascending(many.length), many, thingColumns, [{ column: 'size', direction }])]
        const sign = direction === 'ascending' ? 1 : -1
        expect(order).toEqual(
          [...many.keys()].sort((a, b) => compareSortValues(many[a]?.size, many[b]?.size, sign) || a - b),
        )
      }),
      { numRuns: 20 },
    )
  })
  test('the comparison is a total order', () => {
    const value = fc.oneof(fc.integer(), fc.bigInt(), fc.string(), fc.constant(undefined), fc.constant(Number.NaN))
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        const order = (x: typeof a, y: typeof a) => Math.sign(compareSortValues(x, y, 1))
        expect(order(a, b)).toBe(0 - order(b, a))
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

describe('click on a header', () => {
  test('ascending, descending, none', () => {
    const first = nextSort([], 'a', false)
    const second = nextSort(first, 'a', false)
    expect(first).toEqual([{ column: 'a', direction: 'ascending' }])
    expect(second).toEqual([{ column: 'a', direction: 'descending' }])
    expect(nextSort(second, 'a', false)).toEqual([])
  })
  test('with shift the other key stays first', () => {
    const two = nextSort(nextSort([], 'a', false), 'b', true)
    expect(two.map((key) => key.column)).toEqual(['a', 'b'])
    expect(nextSort(two, 'a', true)).toEqual([{ column: 'a', direction: 'descending' }, two[1]])
  })
})

/** The quick ways of a list of strings against the table's own, row after row. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ascending } from '../../../src/base/order.ts'
import type { FoundString } from '../../../src/model/search.ts'
import { numberCell } from '../../../src/views/parts/format.ts'
import type { Column } from '../../../src/ui/column.ts'
import { parseFilter, RowFilter } from '../../../src/ui/table-filter.ts'
import { groupedItems } from '../../../src/ui/table-items.ts'
import { sortIndices } from '../../../src/ui/table-sort.ts'
import { StringRows, type StringRow } from '../../../src/views/search/string-rows.ts'
import { stringListOf } from '../../builders/string-list.ts'

const columns: readonly Column<StringRow>[] = [
  { id: 'text', label: 'string', cell: ({ text }) => ({ kind: 'text', text }) },
  { id: 'count', label: 'count', cell: ({ count }) => numberCell(count) },
  { id: 'length', label: 'bytes', cell: ({ length }) => numberCell(length) },
  { id: 'encoding', label: 'encoding', cell: ({ encoding }) => ({ kind: 'text', text: encoding }) },
  { id: 'process', label: 'process', cell: ({ pid }) => ({ kind: 'text', text: `${pid} sh` }), sort: ({ pid }) => pid },
  { id: 'address', label: 'address', cell: ({ address }) => ({ kind: 'address', value: address }) },
  {
    id: 'mapping',
    label: 'mapping',
    cell: ({ mapping }) =>
      mapping?.name === undefined ? { kind: 'absent', why: 'none' } : { kind: 'text', text: mapping.name },
  },
]

const mappings = ['[heap]', '/lib/a.so', undefined].map((name, i) => ({
  start: BigInt(i) << 20n,
  end: BigInt(i + 1) << 20n,
  name,
  permissions: 'rw-p',
}))

const string: fc.Arbitrary<Omit<FoundString, 'length'>> = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b', 'S', 'h', '1'), minLength: 1, maxLength: 4 }),
  encoding: fc.constantFrom('ascii', 'utf-16le'),
  count: fc.integer({ min: 1, max: 3 }),
  pid: fc.integer({ min: 1, max: 3 }),
  shmid: fc.constant(undefined),
  address: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  mapping: fc.constantFrom(...mappings, undefined),
})
const strings = fc.uniqueArray(string, { selector: ({ text, encoding }) => `${encoding} ${text}`, maxLength: 30 })

/** The rows without the quick ways. */
function slow(rows: StringRows): readonly StringRow[] {
  return Array.from({ length: rows.length }, (_, index) => rows.at(index))
}

const filter = fc.constantFrom(
  'a',
  'sh',
  '-b',
  'heap',
  'utf-16',
  'text:S',
  'text:=ab',
  'count:>1',
  'count:=2',
  'bytes:<=4',
  'mapping:',
  '-mapping:',
  'mapping:lib a',
  'process:1',
  'process:="1 sh"',
  'address:ff',
  'encoding:ascii -a',
)

test('filters as the table does', () => {
  fc.assert(
    fc.property(strings, filter, (found, typed) => {
      const rows = new StringRows(stringListOf(found), columns)
      const terms = parseFilter(typed, columns)
      // A plain word is not looked for in the numbers; none of these stands in one.
      const texts = columns.filter(
        ({ id }) => terms.some(({ column }) => column === id) || !['count', 'length', 'address'].includes(id),
      )
      expect([...new RowFilter(columns, rows).indices(terms)]).toEqual([
        ...new RowFilter(texts, slow(rows)).indices(terms),
      ])
    }),
    { numRuns: 500 },
  )
})

test('sorts and groups as the table does', () => {
  const key = fc.record({
    column: fc.constantFrom(...columns.map(({ id }) => id)),
    direction: fc.constantFrom('ascending' as const, 'descending' as const),
  })
  fc.assert(
    fc.property(strings, fc.array(key, { minLength: 1, maxLength: 2 }), (found, keys) => {
      const rows = new StringRows(stringListOf(found), columns)
      const sorted = (list: StringRows | readonly StringRow[]): number[] => [
        ...sortIndices(ascending(rows.length), list, columns, keys),
      ]
      expect(sorted(rows)).toEqual(sorted(slow(rows)))
      const column = columns.find(({ id }) => id === keys[0]?.column)
      if (!column) return
      const drawn = (list: StringRows | readonly StringRow[]): unknown[] => {
        const items = groupedItems(list, ascending(rows.length), column, new Set(), ({ index }) => String(index))
        return Array.from({ length: items.length }, (_, i) => {
          const item = items.at(i)
          return item?.kind === 'row' ? [item.row.index, items.indexOf(String(item.row.index))] : item
        })
      }
      expect(drawn(rows)).toEqual(drawn(slow(rows)))
    }),
    { numRuns: 500 },
  )
})

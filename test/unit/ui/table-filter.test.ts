import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseFilter, RowFilter } from '../../../src/ui/table-filter.ts'
import { thingColumns, type Thing } from './rows.ts'

const rows: Thing[] = [
  { id: '1', name: 'redis-server *:6379', size: 4096 },
  { id: '2', name: 'sh -c "while true"', size: 1n << 60n },
  { id: '3', name: 'Sleep 1' },
  { id: '40', name: '' },
]

/** Of rows 2 and 3, one behind the other; any other has its number. */
function rangeOf(id: string): { start: bigint; end: bigint } {
  const start = { '2': 0x7f12345000n, '3': 0x7f12346000n }[id] ?? BigInt(id)
  return { start, end: start + 0x1000n }
}

function met(filter: string): string[] {
  const met = new RowFilter(thingColumns, rows).indices(parseFilter(filter, thingColumns))
  return Array.from(met, (at) => rows[at]?.id ?? '')
}

describe('filter', () => {
  test.each<[string, string[]]>([
    ['', ['1', '2', '3', '40']],
    ['   ', ['1', '2', '3', '40']],
    ['SLEEP', ['3']],
    ['redis server', ['1']],
    ['redis sleep', []],
    ['"redis server"', []],
    ['"while true"', ['2']],
    ['-redis', ['2', '3', '40']],
    ['-"while true" -redis', ['3', '40']],
    ['id:4', ['40']],
    ['id:=4', []],
    ['ID:=40', ['40']],
    ['commandline:sleep', ['3']],
    ['name:"true"', ['2']],
    ['-name:s', ['40']],
    ['size:>4096', ['2']],
    ['size:>=4096', ['1', '2']],
    ['size:<0x2000', ['1']],
    ['size:=4096', ['1']],
    ['size:1152921504606846976', ['2']],
    ['size:', ['1', '2']],
    ['-size:', ['3', '40']],
    ['*:6379', ['1']],
    ['size:>abc', []],
  ])('%j', (filter, expected) => {
    expect(met(filter)).toEqual(expected)
  })

  test('a word with a colon that names no column is a plain word', () => {
    expect(parseFilter('http://x', thingColumns)).toEqual([
      { negated: false, column: undefined, operator: 'has', value: 'http://x' },
    ])
  })

  test('a quoted colon does not name a column', () => {
    expect(parseFilter('"id:4"', thingColumns)[0]?.column).toBeUndefined()
  })

  test('a row that stands for addresses is found by any of them', () => {
    const columns = [
      ...thingColumns,
      { ...thingColumns[1], id: 'range', extent: ({ id }: Thing) => rangeOf(id) },
    ] as typeof thingColumns
    const covered = (filter: string) =>
      Array.from(new RowFilter(columns, rows).indices(parseFilter(filter, columns)), (at) => rows[at]?.id ?? '')
    expect(covered('7f12345678')).toEqual(['2'])
    expect(covered('0x7F12345678')).toEqual(['2'])
    expect(covered('-7f12345678')).toEqual(['1', '3', '40'])
    expect(covered('7f12346000')).toEqual(['3'])
    expect(covered('range:7f12345678')).toEqual(['2'])
    expect(covered('id:7f12345678')).toEqual([])
    expect(covered('7f12345678 sleep')).toEqual([])
    expect(covered('0x')).toEqual([])
    expect(met('7f12345678')).toEqual([])
  })

  test('a lone minus is a word', () => {
    expect(parseFilter('-', thingColumns)).toEqual([{ negated: false, column: undefined, operator: 'has', value: '-' }])
  })

  test('words do not match across cells', () => {
    expect(met('"1 redis"')).toEqual([])
  })

  test('every text is a filter, and no row meets a term and its negation', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (text, word) => {
        parseFilter(text, thingColumns)
        const quoted = `"${word.replaceAll('"', '')}"`
        expect(met(`${quoted}x -${quoted}x`)).toEqual([])
      }),
    )
  })
})

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

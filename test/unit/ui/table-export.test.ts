import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CellValue } from '../../../src/ui/cell.ts'
import type { Column } from '../../../src/ui/column.ts'
import {
  cellCopy,
  spreadsheetText,
  csvParts,
  jsonParts,
  textBlob,
  textToCopy,
  tsvParts,
} from '../../../src/ui/table-export.ts'
import { thingColumns } from './rows.ts'

const one: readonly Column<CellValue>[] = [{ id: 'v', label: 'V', cell: (cell) => cell }]
const text = (value: string): CellValue => ({ kind: 'text', text: value })
const tableCsv = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => [...csvParts(columns, rows)].join('')
const tableJson = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => [...jsonParts(columns, rows)].join('')
const tableTsv = <Row>(columns: readonly Column<Row>[], rows: readonly Row[]) => [...tsvParts(columns, rows)].join('')

const csvCell = (cell: CellValue) => tableCsv(one, [cell]).split('\r\n')[1]

describe('CSV', () => {
  test.each<[string, CellValue, string]>([
    ['plain', text('abc'), 'abc'],
    ['comma and quote', text('a,"b"'), '"a,""b"""'],
    ['formula', text('=1+1'), "'=1+1"],
    ['formula after blanks', text('  =cmd()'), '"  \'=cmd()"'.replace("  '", "'  ")],
    ['minus that is no number', text('-cmd|x'), "'-cmd|x"],
    ['at sign', text('@SUM(A1)'), "'@SUM(A1)"],
    ['full-width equals', text('\uff1d1'), "'\uff1d1"],
    ['negative number', { kind: 'number', value: -5 }, '-5'],
    ['negative number as text', text('-5.25'), '-5.25'],
    ['formula behind another separator', text('a;=1'), '"a;\'=1"'],
    ['exact digits instead of units', { kind: 'number', value: 4096, shown: '4.0 KiB' }, '4096'],
    ['absent is an empty field', { kind: 'absent', why: 'x' }, ''],
    ['empty text is quoted', text(''), '""'],
    ['line break stays on one line', text('a\nb'), 'a\\nb'],
    ['leading tab cannot hide a formula', text('\t=1'), '\\t=1'],
    ['bidi mark is spelled', text('a\u202eb'), 'a\\u{202e}b'],
    ['byte that is not UTF-8', text('\udcff'), '\\xff'],
    ['address', { kind: 'address', value: 0xfffn, digits: 8 }, '0x00000fff'],
    [
      'time drawn to the minute',
      { kind: 'text', text: '2026-11-22T16:07:14Z', shown: '16:07' },
      '2026-11-22T16:07:14Z',
    ],
    ['list that does not hold all', { kind: 'list', items: [text('a')], more: 2 }, '"a, and 2 more"'],
    ['list', { kind: 'list', items: [text('a'), text('=b')] }, '"a, =b"'],
  ])('%s', (_name, cell, expected) => {
    expect(csvCell(cell)).toBe(expected)
  })

  test('a table is a header and a line each, CRLF', () => {
    const csv = tableCsv(thingColumns, [{ id: '1', name: 'a b' }])
    expect(csv).toBe('ID,"Command line",Size\r\n1,"a b",\r\n')
  })

  test('no text begins a formula or breaks its line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const safe = spreadsheetText(value)
        expect(safe).not.toMatch(/[\r\n\t]/)
        if (!/^[+-]?\d+(\.\d+)?$/.test(safe)) expect(safe).not.toMatch(/^\s*[=+\-@]/)
        expect(tableCsv(one, [text(value)]).split('\r\n')).toHaveLength(3)
      }),
    )
  })
})

describe('files', () => {
  const rows = Array.from({ length: 60_000 }, (_, id) => ({ id: String(id), name: `name ${id} é \udcff` }))

  test('a file in parts holds what the text holds', async () => {
    const csv = await textBlob(csvParts(thingColumns, rows), 'text/csv')
    expect(csv.type).toBe('text/csv')
    expect((await csv.text()) === tableCsv(thingColumns, rows)).toBe(true)
    const json = await textBlob(jsonParts(thingColumns, rows), 'application/json')
    expect(JSON.parse(await json.text())).toHaveLength(rows.length)
    expect(await (await textBlob(jsonParts(thingColumns, []), '')).text()).toBe('[]\n')
  })

  test('a table is copied up to a length, beyond it not in part', async () => {
    expect(await textToCopy(jsonParts(thingColumns, rows))).toBe(tableJson(thingColumns, rows))
    function* endless(): Generator<string> {
      for (;;) yield 'x'.repeat(100_000)
    }
    expect(await textToCopy(endless())).toBeUndefined()
  })

  test('the page has its turn while a file is written', async () => {
    function* slow(): Generator<string> {
      for (let i = 0; i < 20; i++) {
        const begun = performance.now()
        while (performance.now() - begun < 8);
        yield `${i}\n`
      }
    }
    let turns = 0
    const timer = setInterval(() => (turns += 1), 1)
    await textBlob(slow(), 'text/plain')
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
  })
})

describe('TSV and copies', () => {
  test('absent is a dash, tabs in cells are spelled', () => {
    expect(tableTsv(thingColumns, [{ id: 'a\tb', name: '' }])).toBe('ID\tCommand line\tSize\na\\tb\t\t—\n')
  })
  test('a copied cell cannot run when it is pasted in a terminal', () => {
    expect(cellCopy(text('rm -rf /\n\x1b[A'))).toBe('rm -rf /\\n\\x1b[A')
  })
})

describe('JSON', () => {
  test('keeps lossless text, exact integers, and why a value is absent', () => {
    const json = tableJson(thingColumns, [
      { id: 'a\udcff\n', name: '=1', size: 2n ** 64n - 1n },
      { id: 'b', name: '' },
    ])
    expect(json).toContain('"a\\udcff\\n"')
    expect(json).toContain('"size": 18446744073709551615')
    expect(json).toContain('"size": null, "size_absent": "not recorded"')
    expect(JSON.parse(json)).toHaveLength(2)
  })
  test('no rows are an empty array', () => {
    expect(tableJson(thingColumns, [])).toBe('[]\n')
  })
})

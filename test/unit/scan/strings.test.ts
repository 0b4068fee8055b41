import { describe, expect, test } from 'vitest'
import { StringTable } from '../../../src/scan/string-table.ts'
import { StringScan, type StringOptions } from '../../../src/scan/strings.ts'
import { latin1 } from '../../builders/scan.ts'

function strings(text: string, options: Partial<StringOptions>, address = 0): string[] {
  const found: string[] = []
  const scan = new StringScan({ minLength: 4, ...options }, (bytes, from, to, at, encoding) => {
    found.push(`${at} ${encoding} ${Buffer.from(bytes.subarray(from, to)).toString('latin1').replaceAll('\0', '')}`)
  })
  scan.feed(address, latin1(text))
  scan.end()
  return found
}

describe('strings', () => {
  test('tab is printable, DEL and newline are not, as for GNU strings', () => {
    expect(strings('ab\tc\x7fabcd\nabc', { ascii: true })).toEqual(['0 ascii ab\tc', '5 ascii abcd'])
  })

  test('every byte, at every place among printable ones, ends a string or goes on in it', () => {
    for (let byte = 0; byte < 256; byte++)
      for (let place = 4; place < 15; place++) {
        const text = 'a'.repeat(place) + String.fromCharCode(byte) + 'b'.repeat(16 - place)
        const isPrintable = byte === 9 || (byte >= 0x20 && byte <= 0x7e)
        const apart = [`0 ascii ${'a'.repeat(place)}`, `${place + 1} ascii ${'b'.repeat(16 - place)}`]
        const expected = isPrintable ? [`0 ascii ${text}`] : apart.filter((line) => !/ b{1,3}$/.test(line))
        expect(strings(text, { ascii: true })).toEqual(expected)
      }
  })

  test('UTF-8 counts characters, and leaves damaged sequences out', () => {
    expect(strings('gr\xc3\xbcn\0\xc3\xbc\xc3\xbc\xc3\xbc\0abcd\xc3(ef', { utf8: true })).toEqual([
      '0 utf-8 gr\xc3\xbcn',
      '13 ascii abcd',
    ])
  })

  test('UTF-16 at even and odd addresses', () => {
    expect(strings('a\0b\0c\0d\0\0', { utf16le: true })).toEqual(['0 utf-16le abcd'])
    expect(strings('xa\0b\0c\0d\0', { utf16le: true })).toEqual(['1 utf-16le abcd'])
    expect(strings('\x01\0a\0b\0c\0d\x01', { utf16le: true, utf16be: true })).toEqual(['1 utf-16be abcd'])
  })

  test('a run that could be either UTF-16 is the one at an even address', () => {
    expect(strings('\0a\0b\0c\0d\0', { utf16le: true, utf16be: true }, 0)).toEqual(['0 utf-16be abcd'])
    expect(strings('\0a\0b\0c\0d\0', { utf16le: true, utf16be: true }, 1)).toEqual(['2 utf-16le abcd'])
  })

  test('long runs come in pieces', () => {
    expect(strings('abcdefghijklmn', { ascii: true, maxLength: 10 })).toEqual(['0 ascii abcdefghij', '10 ascii klmn'])
  })
})

describe('the table of distinct strings', () => {
  const add = (table: StringTable, text: string, place: number): void => {
    table.add(latin1(text), 0, text.length, place, 'ascii')
  }
  /** Everything in a table as `text place count`. */
  const held = (table: StringTable): string[] => {
    const { count, bytes, starts, places, counts } = table.columns()
    return Array.from({ length: count }, (_, i) => {
      return `${Buffer.from(bytes.subarray(starts[i], starts[i + 1])).toString()} ${places[i]} ${counts[i]}`
    })
  }

  test('counts, and keeps the first place', () => {
    const table = new StringTable()
    for (const round of [1, 0, 2]) for (let i = 0; i < 5000; i++) add(table, `string ${i}`, round * 10_000 + i)
    expect(table.size).toBe(5000)
    expect(held(table)[4321]).toBe('string 4321 4321 3')
    expect(table.leftOut).toBe(0)
  })

  test('the same bytes in another encoding are another string', () => {
    const table = new StringTable()
    table.add(latin1('ab'), 0, 2, 0, 'ascii')
    table.add(latin1('ab'), 0, 2, 0, 'utf-16le')
    expect(table.size).toBe(2)
  })

  test('what other tables hold is added to it, whatever came first', () => {
    const [table, other] = [new StringTable(), new StringTable()]
    add(table, 'both', 5)
    add(other, 'other', 1)
    add(other, 'both', 2)
    table.merge(other.columns(), 100)
    table.merge(other.columns(), 0)
    expect(held(table)).toEqual(['both 2 3', 'other 1 2'])
    other.clear()
    expect(held(other)).toEqual([])
    add(other, 'new', 7)
    expect(held(other)).toEqual(['new 7 1'])
  })

  test('within its memory: known strings are counted on, new ones are left out, and it says so', () => {
    const table = new StringTable(200_000)
    for (let i = 0; i < 20_000; i++) add(table, `string number ${i}`, i)
    expect(table.size + table.leftOut).toBe(20_000)
    expect(table.size).toBeGreaterThan(1000)
    expect(table.leftOut).toBeGreaterThan(0)
    add(table, 'string number 7', 0)
    expect(held(table)[7]).toBe('string number 7 0 2')
    const sum = new StringTable()
    sum.merge(table.columns(), 0)
    expect(sum.leftOut).toBe(table.leftOut)
  })
})

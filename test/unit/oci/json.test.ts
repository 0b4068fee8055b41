import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeText } from '../../../src/base/text.ts'
import { isAbsent } from '../../../src/model/absent.ts'
import type { Diagnostic } from '../../../src/model/diagnostic.ts'
import { locatePointer, parseInnerJson, parseJson } from '../../../src/oci/json.ts'

const place = { member: 3, size: 0, name: 'config.dump' }

function parse(text: string | Uint8Array) {
  const bytes = typeof text === 'string' ? encodeText(text) : text
  const found: Diagnostic[] = []
  const json = parseJson(bytes, { ...place, size: bytes.length }, (diagnostic) => found.push(diagnostic))
  return { json, bytes, codes: found.map((item) => item.code), found }
}

function bytesAt(bytes: Uint8Array, pointer: string): string {
  const range = locatePointer(bytes, pointer)
  return range ? new TextDecoder().decode(bytes.subarray(range.offset, range.offset + range.length)) : '(none)'
}

describe('parseJson', () => {
  test('gives text, numbers, booleans and their traces', () => {
    const { json, codes } = parse('{"name":"a","n":5,"flag":true,"list":["x","y"],"deep":{"k/~":1}}')
    expect(codes).toEqual([])
    expect(json.at('name').fact((item) => item.string())).toEqual({
      value: 'a',
      from: { origin: { member: 3, offset: 0, length: 64 }, path: '/name' },
    })
    expect(json.at('n').safeInteger()).toBe(5)
    expect(json.at('flag').boolean()).toBe(true)
    expect(json.at('list').strings()).toEqual(['x', 'y'])
    expect(json.at('deep', 'k/~').trace().path).toBe('/deep/k~1~0')
  })

  test('numbers beyond 2^53 stay exact', () => {
    const { json } = parse('{"a":18446744073709551615,"b":1795363934009416273,"c":1e400}')
    expect(json.at('a').integer()).toBe(18446744073709551615n)
    expect(json.at('b').numberText()).toBe('1795363934009416273')
    expect(json.at('c').numberText()).toBe('1e400')
    expect(json.at('a').safeInteger()).toMatchObject({ absent: 'unparsable' })
  })

  test('a value of the wrong type is unparsable, one that is missing or null not recorded', () => {
    const { json } = parse('{"name":5,"args":["a",1],"x":null,"o":{}}')
    expect(json.at('name').string()).toMatchObject({ absent: 'unparsable' })
    expect(json.at('args').strings()).toMatchObject({ absent: 'unparsable' })
    expect(json.at('x').string()).toMatchObject({ absent: 'not-recorded' })
    expect(json.at('gone', 'deeper', 3).string()).toMatchObject({ absent: 'not-recorded' })
    expect(json.at('o').scalarText()).toMatchObject({ absent: 'unparsable' })
    expect(json.at('gone').fact((item) => item.string()).from).toBeUndefined()
  })

  test('the keys __proto__, constructor and toString are plain keys', () => {
    const { json } = parse('{"__proto__":{"polluted":"yes"},"constructor":"c"}')
    expect(json.at('__proto__', 'polluted').string()).toBe('yes')
    expect(json.at('constructor').string()).toBe('c')
    expect(json.at('toString').kind).toBeUndefined()
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('of duplicate keys the last one counts, and it is said', () => {
    const { json, codes, bytes } = parse('{"a":1,"a":2}')
    expect(codes).toEqual(['json-duplicate-key'])
    expect(json.at('a').safeInteger()).toBe(2)
    expect(json.entries().map((entry) => [entry.key, entry.value.pointer])).toEqual([
      ['a', undefined],
      ['a', '/a'],
    ])
    expect(bytesAt(bytes, '/a')).toBe('2')
  })

  test('invalid UTF-8 is kept without loss and offsets stay byte offsets', () => {
    const bytes = Uint8Array.from([...encodeText('{"\u00e9":"'), 0xff, 0xfe, ...encodeText('","n":"\u{1f4a9}","z":7}')])
    const { json } = parse(bytes)
    expect(json.at('\u00e9').string()).toBe('\udcff\udcfe')
    expect(bytesAt(bytes, '/z')).toBe('7')
    expect(locatePointer(bytes, '/\u00e9')).toEqual({ offset: 6, length: 4 })
  })

  test('a byte order mark and trailing garbage are tolerated and reported', () => {
    const { json, codes, bytes } = parse('\ufeff{"a":"b"} trailing')
    expect(json.at('a').string()).toBe('b')
    expect(codes).toEqual(['json-byte-order-mark', 'json-syntax'])
    expect(bytesAt(bytes, '/a')).toBe('"b"')
  })

  test('a truncated member gives what stands before the break', () => {
    const { json, found } = parse('{"id":"abc","spec":{"args":["a","b"')
    expect(json.at('id').string()).toBe('abc')
    expect(json.at('spec', 'args').strings()).toEqual(['a', 'b'])
    expect(found.some((item) => item.severity === 'error')).toBe(true)
  })

  test.each(['', '   ', '\0\0\0', 'null', '[]', '"text"', 'nonsense'])('%j has no fields', (text) => {
    expect(parse(text).json.at('id').string()).toMatchObject({ absent: 'not-recorded' })
  })

  test('deep nesting and floods of values or errors end in a diagnostic', () => {
    expect(parse('['.repeat(100_000)).codes).toContain('json-limit')
    expect(parse('{"a":'.repeat(100_000)).codes).toContain('json-limit')
    expect(parse(`[${'0,'.repeat(600_000)}0]`).codes).toContain('json-limit')
    expect(parse(`[${'}'.repeat(200_000)}`).found.length).toBeLessThan(30)
  })

  test('any bytes parse without throwing, and pointers lead to bytes inside', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.json().map((text) => encodeText(text)),
    )
    fc.assert(
      fc.property(noise, (bytes) => {
        const { json } = parse(bytes)
        for (const { value } of json.entries()) {
          const range = value.pointer === undefined ? undefined : locatePointer(bytes, value.pointer)
          if (range) expect(range.offset + range.length).toBeLessThanOrEqual(bytes.length)
        }
      }),
    )
  })

  test('strings of well-formed JSON come out as JSON.parse has them', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), (object) => {
        const { json, codes } = parse(JSON.stringify(object))
        expect(codes).toEqual([])
        for (const key of Object.keys(object)) expect(json.at(key).string()).toBe(object[key])
      }),
    )
  })
})

describe('parseInnerJson', () => {
  test('objects and arrays inside strings unfold, other text does not', () => {
    expect(parseInnerJson('{"name":"counter"}', place)?.at('name').string()).toBe('counter')
    expect(parseInnerJson('plain', place)).toBeUndefined()
    expect(parseInnerJson('{broken', place)).toBeUndefined()
    expect(isAbsent(parseInnerJson('[1]', place)?.at('x').string())).toBe(true)
  })
})

import { describe, expect, test } from 'vitest'
import { parseIocs } from '../../../src/scan/ioc.ts'
import { find } from '../../builders/scan.ts'

/** What a list finds in a text, as `offset+length`. */
function search(list: string, text: string): string[] {
  const { patterns, errors } = parseIocs(list)
  expect(errors).toEqual([])
  return find(text, ...patterns)
}

describe('lists of indicators', () => {
  test('comments and empty lines count for nothing', () => {
    const { patterns } = parseIocs('# a list\n\n  evil.example  # seen in May\r\nC:\\temp\\x#1\n')
    expect(patterns.map((pattern) => pattern.label)).toEqual(['evil.example', 'C:\\temp\\x#1'])
  })

  test('an address is not found as part of another', () => {
    expect(search('10.0.0.1', '10.0.0.1')).toEqual(['0+8'])
    expect(search('10.0.0.1', '10.0.0.12 110.0.0.1 1.10.0.0.1 10.0.0.1.2')).toEqual([])
    expect(search('10.0.0.1', 'to 10.0.0.1:80, or 10.0.0.1.')).toEqual(['3+8', '19+8'])
    expect(search('10.0.0.1', Buffer.from('10.0.0.1', 'utf16le').toString('latin1'))).toEqual(['0+16'])
  })

  test('defanged names and addresses are found as they are', () => {
    expect(search('hxxps://evil[.]example/a', 'GET https://EVIL.example/a')).toEqual(['4+22'])
    expect(search('evil[dot]example', 'x evil.example')).toEqual(['2+12'])
    expect(search('mallory[at]evil(.)example', 'mallory@evil.example')).toEqual(['0+20'])
    expect(search('203.0.113[.]66', '203.0.113.66')).toEqual(['0+12'])
    expect(search('hxxp[://]evil.example', 'http://evil.example')).toEqual(['0+19'])
  })

  test('a hash is found as text of either case and as bytes', () => {
    const hash = '44d88612fea8a8f36de82e1278abb02f'
    const raw = String.fromCharCode(...Buffer.from(hash, 'hex'))
    expect(search(hash, `${hash.toUpperCase()} ${raw}`)).toEqual(['0+32', '33+16'])
  })

  test('quoted text is exact and may hold anything', () => {
    expect(search('"a # \\"b\\"\\n\\x00"', 'A # "b"\n\0a # "b"\n\0')).toEqual(['9+9'])
    expect(search('"\\xff\\xfe"', '\xff\xfe')).toEqual(['0+2'])
  })

  test('bytes and expressions by prefix', () => {
    expect(search('hex: 4d 5? 90', 'MZ\x90')).toEqual(['0+3'])
    expect(search('re:tok_[a-z#]{3} ?', 'tok_a#b ')).toEqual(['0+8'])
  })

  test('faults are told with line and column, the rest counts', () => {
    const { patterns, errors } = parseIocs('fine.example\nhex:4\n  re:a(\n10.0.0.0/8\n"open\n"\\q"')
    expect(patterns).toHaveLength(1)
    expect(errors.map(({ line, at }) => [line, at])).toEqual([
      [2, 4],
      [3, 6],
      [4, 0],
      [5, 0],
      [6, 1],
    ])
    expect(errors[2]?.message).toBe('ranges of addresses are not searched for')
  })
})

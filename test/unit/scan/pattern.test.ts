import { describe, expect, test } from 'vitest'
import { compile, type Pattern } from '../../../src/scan/pattern.ts'

function refusal(pattern: Pattern): string {
  const result = compile([pattern])
  if (result.kind === 'compiled') return 'compiled'
  return result.errors.map(({ pattern: index, at, message }) => `${index}:${at} ${message}`).join('; ')
}
const hex = (text: string): string => refusal({ kind: 'hex', hex: text })
const regex = (source: string): string => refusal({ kind: 'regex', source })

describe('patterns that cannot be used', () => {
  test('say where and why', () => {
    expect(refusal({ kind: 'text', text: '' })).toBe('0:0 the pattern is empty')
    expect(refusal({ kind: 'text', text: 'a', utf8: false })).toContain('no form of the text is chosen')
    expect(refusal({ kind: 'text', text: 'ä'.repeat(2049) })).toContain('the pattern is 4098 bytes long; at most 4096')
    expect(refusal({ kind: 'text', text: 'a'.repeat(20_000) })).toContain('at most 16384 characters')
    expect(hex('41 4g')).toBe('0:3 a byte is two digits: one half is missing')
    expect(hex('41 zz')).toBe('0:3 “z” is not a hex digit, ? or a skip such as [4]')
    expect(hex('41 4')).toContain('0:3 a byte is two digits')
    expect(hex('?? ??')).toContain('at least one digit')
    expect(hex('[4] 41')).toContain('a skip stands between two bytes')
    expect(hex('41 [6-2] 42')).toBe('0:3 the larger number of a skip comes last')
    expect(hex('41 [x] 42')).toBe('0:3 a skip is written [4] or [2-6]')
  })

  test('every faulty pattern of a list is reported', () => {
    const result = compile([
      { kind: 'hex', hex: 'xx' },
      { kind: 'text', text: 'fine' },
      { kind: 'regex', source: 'a(' },
    ])
    expect(result.kind === 'refused' && result.errors.map((error) => error.pattern)).toEqual([0, 2])
  })

  test.each([
    ['a(b', '0:1 this “(” is never closed'],
    ['a)b', '0:1 this “)” closes nothing'],
    ['a[b', '0:1 this “[” is never closed'],
    ['*a', '0:0 there is nothing before “*” that it could repeat'],
    ['a{3,2}', '0:1 the larger number of a quantifier comes last'],
    ['a{5000}', '0:1 a quantifier counts up to 4096'],
    ['a++', '0:2 possessive and doubled quantifiers are not known'],
    ['(?>a)', '0:0 this kind of group is not known'],
    ['\\p{L}', '0:0 \\p is not known here'],
    ['\\x4', '0:0 \\x wants hex digits: \\x41, \\u00e4'],
    ['a\\2', '0:1 there is no group 2'],
    ['[z-a]', '0:1 the end of a range comes before its start'],
    ['[^ä]', '0:0 a negated class may hold ASCII characters and \\xNN only: other characters are several bytes long'],
    ['[[:foo:]]', '0:1 there is no class [:foo:]'],
    ['a*', '0:0 this matches the empty text, so everywhere: use + in place of *, or name a byte'],
    ['\\b', '0:0 this matches the empty text, so everywhere: use + in place of *, or name a byte'],
    ['(?=a)', '0:0 this matches the empty text, so everywhere: use + in place of *, or name a byte'],
    ['(?:a{4096}){2}', '0:0 a match would be longer than 4096 bytes'],
    ['('.repeat(200), '0:100 groups are nested more than 100 deep'],
  ])('the expression %s', (source, message) => {
    expect(regex(source)).toBe(message)
  })

  test('an expression that engines cannot hold is refused, not thrown', () => {
    expect(regex('(?:(?:(?:a?b?c?d?e?f?g?h?){999}){999}){999}x')).toMatch(/compiled|too large/)
  })
})

describe('anchors of regular expressions', () => {
  const anchors = (source: string): string[] => {
    const result = compile([{ kind: 'regex', source }])
    if (result.kind === 'refused') throw new Error(source)
    return (result.set.regexes[0]?.anchors ?? []).map(
      ({ value, beforeMin, beforeMax }) => `${String.fromCharCode(...value)} ${beforeMin}-${beforeMax}`,
    )
  }

  test('are the literals that no match is without', () => {
    expect(anchors('AKIA[0-9A-Z]{16}')).toEqual(['AKIA 0-0'])
    expect(anchors('[\\w.]+@[\\w.]+')).toEqual(['@ 1-Infinity'])
    expect(anchors('x{2,5}(?:token|secret)=')).toEqual(['token 2-5', 'secret 2-5'])
    expect(anchors('(abc)?defg')).toEqual(['defg 0-3'])
    expect(anchors('foobar|\\d+qux')).toEqual(['foobar 0-0', 'qux 1-Infinity'])
    expect(anchors('(?:ab){2,}')).toEqual(['abab 0-0'])
  })

  test('are none where an alternative has none, or they are as common as letters', () => {
    expect(anchors('foobar|\\d+')).toEqual([])
    expect(anchors('[a-z]+')).toEqual([])
    expect(anchors('\\d+e')).toEqual([])
    expect(anchors('(?!secret)\\w+')).toEqual([])
  })
})

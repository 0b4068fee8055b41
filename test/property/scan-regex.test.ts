import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compile, type Pattern } from '../../src/scan/pattern.ts'
import { compiled, cutAt, hitText, latin1, scanPieces, type Piece } from '../builders/scan.ts'

/**
 * The expressions as a person writes them, and as JavaScript understands them over Latin-1 text: `^` and `$` stand for
 * edges of lines, `\s` for ASCII white space, characters beyond ASCII for UTF-8.
 */
const expressions: readonly (readonly [source: string, js: string, ignoreCase?: boolean])[] = [
  ['AKIA[0-9A-Z]{4}', 'AKIA[0-9A-Z]{4}'],
  ['a+', 'a+'],
  ['a+?b', 'a+?b'],
  ['[ab]+@[ab]+', '[ab]+@[ab]+'],
  ['\\w+@\\w+\\.\\w{2,}', '\\w+@\\w+\\.\\w{2,}'],
  ['(ab|a)(c|bcd)(d*)', '(ab|a)(c|bcd)(d*)'],
  ['foo|bar|ab@', 'foo|bar|ab@'],
  ['(?:foo|b)+?a', '(?:foo|b)+?a'],
  ['^a.*', '(?<![^\\n])a[^\\n]*'],
  ['b+$', 'b+(?![^\\n])'],
  ['^$x?\\n', '(?<![^\\n])(?![^\\n])x?\\n'],
  ['\\bab\\b', '\\bab\\b'],
  ['\\Ba\\B', '\\Ba\\B'],
  ['a(?=b)', 'a(?=b)'],
  ['a(?!b)', 'a(?!b)'],
  ['(?<=@)b', '(?<=@)b'],
  ['(?<!a)b+', '(?<!a)b+'],
  ['(a|b)\\1', '(a|b)\\1'],
  ['(?<x>[ab])@\\k<x>', '(?<x>[ab])@\\k<x>'],
  ['\\x00{3,}', '\\x00{3,}'],
  ['\\x00a', '\\x00a'],
  ['[\\x80-\\xff]+', '[\\x80-\\xff]+'],
  ['[^\\x00a]+', '[^\\x00a]+'],
  ['ä', '\\xc3\\xa4'],
  ['[äb]+', '(?:\\xc3\\xa4|b)+'],
  ['ä|a', '(?:\\xc3[\\xa4\\x84])|[aA]', true],
  ['ab@', '[aA][bB]@', true],
  ['.@.', '[^\\n]@[^\\n]'],
  ['(?s).@.', '[^]@[^]'],
  ['\\sa\\S', '[\\t-\\r ]a[^\\t-\\r ]'],
  ['\\d{2,3}', '\\d{2,3}'],
  ['[a-b]{3}@?', '[a-b]{3}@?'],
  ['a{2}b{0,2}?@', 'a{2}b{0,2}?@'],
  ['(?:ab){2,}', '(?:ab){2,}'],
  ['[[:alpha:]]+@', '[A-Za-z]+@'],
  ['[^a]@[^b]', '[^a]@[^b]'],
  ['foo.{0,20}?bar', 'foo[^\\n]{0,20}?bar'],
  ['[@.]a*?[@.]', '[@.]a*?[@.]'],
]

function naive(js: string, pattern: number, { address, bytes }: Piece): string[] {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  const hits: string[] = []
  for (const match of text.matchAll(new RegExp(js, 'g')))
    hits.push(`${pattern}@${address + BigInt(match.index)}+${match[0].length} bytes`)
  return hits
}

const list: Pattern[] = expressions.map(([source, , ignoreCase]) => ({ kind: 'regex', source, ignoreCase }))
const set = compiled(...list)

const token = fc.constantFrom(
  ...['a', 'b', 'A', 'ab', '@', '.', '\n', '\0', '\0\0\0', 'foo', 'bar', 'AKIA', '7', '42', ' ', 'x', 'c', 'd', 'aa'],
  ...['\xc3\xa4', '\xc3\x84', '\xff', '\x80', 'a@b.aa', '\x7f', '_', 'AKIAAAAA'],
)
const memory = fc.array(token, { maxLength: 200 }).map((parts) => latin1(parts.join('')))

/** Expressions that mean the same over bytes and in JavaScript over Latin-1. */
const expression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(
      'a',
      'b',
      '@',
      'foo',
      'bar',
      'AKIA',
      '\\.',
      '\\d',
      '\\w',
      '[ab]',
      '[^a]',
      '\\x00',
      '\\xc3',
      '[A-Z]',
      '\\b',
    ),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([a, b, c]) => a + b + c),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '*', '?', '+?', '*?', '{2}', '{1,3}', '{2,}'))
      .map(([a, q]) => `(${a})${q}`),
    fc.tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), tie('node')).map(([open, a]) => `${open}${a})`),
  ),
})).node

describe('regular expressions in chunks', () => {
  test('find what a loop over the whole run finds', () => {
    fc.assert(
      fc.property(memory, memory, fc.array(fc.nat(400), { maxLength: 10 }), (first, second, cuts) => {
        const runs: Piece[] = [
          { address: 4096n, bytes: first },
          { address: 4097n + BigInt(first.length), bytes: second },
        ]
        const pieces = runs.flatMap(({ address, bytes }) => cutAt(bytes, address, cuts))
        const expected = runs.flatMap((run) => expressions.flatMap(([, js], i) => naive(js, i, run)))
        expect(scanPieces(set, pieces).map(hitText).sort()).toEqual(expected.sort())
      }),
      { numRuns: 300 },
    )
  })

  test('across the borders of blocks, sparse and dense', () => {
    const block = 256 * 1024
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(0, 1, 2), fc.integer({ min: -80, max: 80 }), memory), { maxLength: 6 }),
        fc.constantFrom(0, 0x2d, 0x61, 0xff),
        fc.array(fc.nat(2 * block + 9000), { maxLength: 4 }),
        (plants, fill, cuts) => {
          const bytes = new Uint8Array(2 * block + 8000).fill(fill)
          for (let i = 3000; i < bytes.length; i += 3000) bytes[i] = 0x0a
          for (const [border, shift, text] of plants)
            bytes.set(text.subarray(0, 2000), Math.max(0, border * block + shift))
          const chosen = [0, 1, 4, 6, 9, 13, 15, 19, 21, 26, 28]
          const some = compiled(...chosen.map((i) => list[i] ?? { kind: 'text' as const, text: '' }))
          const run = { address: 0n, bytes }
          const expected = chosen.flatMap((i, k) => naive(expressions[i]?.[1] ?? '', k, run))
          expect(
            scanPieces(some, cutAt(bytes, 0n, cuts))
              .map(hitText)
              .sort(),
          ).toEqual(expected.sort())
        },
      ),
      { numRuns: 8 },
    )
  })

  test('made up at random', () => {
    fc.assert(
      fc.property(
        expression,
        fc.array(memory, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(400)),
        (js, parts, cuts) => {
          const result = compile([{ kind: 'regex', source: js }])
          fc.pre(result.kind === 'compiled')
          const bytes = Uint8Array.from(parts.flatMap((part) => [...part]))
          const expected = naive(js, 0, { address: 0n, bytes })
          expect(
            scanPieces(result.set, cutAt(bytes, 0n, cuts))
              .map(hitText)
              .sort(),
          ).toEqual(expected.sort())
        },
      ),
      { numRuns: 3000 },
    )
  })

  test('any text is compiled or refused, never thrown over', () => {
    const piece = fc.constantFrom(
      ...('()[]{}*+?|^$.\\,-:=!<>0123abdswk\u00e4\u{1f600}\ud800'.match(/[^]/gu) ?? []),
      '(?:',
      '(?<x>',
      '[^',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), fc.boolean(), (pieces, utf16) => {
        const result = compile([{ kind: 'regex', source: pieces.join(''), utf16, ignoreCase: true }])
        if (result.kind === 'refused') expect(result.errors[0]?.message).toBeTruthy()
      }),
      { numRuns: 3000 },
    )
  })
})

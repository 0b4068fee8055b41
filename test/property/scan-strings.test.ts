import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { StringScan, type StringOptions } from '../../src/scan/strings.ts'
import { cutAt, type Piece } from '../builders/scan.ts'

function found(options: StringOptions, pieces: readonly Piece[]): string[] {
  const strings: string[] = []
  const scan = new StringScan(options, (bytes, from, to, address, encoding) => {
    strings.push(`${address} ${encoding} ${Buffer.from(bytes.subarray(from, to)).toString('hex')}`)
  })
  for (const { address, bytes } of pieces) scan.feed(Number(address), bytes)
  scan.end()
  return strings.sort()
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The same by regular expressions over the whole run. */
function naive(options: StringOptions, { address, bytes }: Piece): string[] {
  const { minLength: n, ascii, utf8, utf16le, utf16be } = options
  const text = latin1(bytes)
  const strings: string[] = []
  const add = (at: number, piece: string, encoding: string): void => {
    strings.push(`${address + BigInt(at)} ${encoding} ${Buffer.from(piece, 'latin1').toString('hex')}`)
  }
  const sequence =
    '[\\t -~]|\\xc2[\\xa0-\\xbf]|[\\xc3-\\xdf][\\x80-\\xbf]|\\xe0[\\xa0-\\xbf][\\x80-\\xbf]|\\xe4[\\x80-\\xbf]{2}'
  if (utf8)
    for (const match of text.matchAll(new RegExp(`(?:${sequence}){${n},}`, 'g')))
      add(match.index, match[0], /[\x80-\xff]/.test(match[0]) ? 'utf-8' : 'ascii')
  else if (ascii)
    for (const match of text.matchAll(new RegExp(`[\\t -~]{${n},}`, 'g'))) add(match.index, match[0], 'ascii')
  const wide = (little: boolean): string => (little ? '(?:[\\t -~]\\x00)' : '(?:\\x00[\\t -~])')
  if (utf16le !== utf16be) {
    const little = utf16le === true
    for (const match of text.matchAll(new RegExp(`${wide(little)}{${n},}`, 'g')))
      add(match.index, match[0], little ? 'utf-16le' : 'utf-16be')
  }
  return strings.sort()
}

const byte = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0x41, 0x42, 0x20, 0x09, 0x7e) },
  { weight: 2, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(0x1f, 0x7f, 0x0a, 0x80, 0xc3, 0xa4, 0xe4, 0xc2, 0xe0, 0xff, 0xc0) },
)
const wide = fc.array(fc.constantFrom([0x41, 0], [0x42, 0], [0, 0x41], [0x41, 0, 0x42, 0, 0x43, 0], [0xc3, 0xa4], [1]))
const memory = fc.oneof(
  fc.array(byte, { maxLength: 200 }).map((bytes) => Uint8Array.from(bytes)),
  wide.map((units) => Uint8Array.from(units.flat())),
  fc.nat(300).map((length) => new Uint8Array(length)),
  fc.nat(300).map((length) => new Uint8Array(length).fill(0x41)),
)

const options = fc.record({
  minLength: fc.integer({ min: 1, max: 9 }),
  ascii: fc.boolean(),
  utf8: fc.boolean(),
  utf16le: fc.boolean(),
  utf16be: fc.boolean(),
})

describe('strings', () => {
  test('are those that a regular expression finds, however memory is cut, and none goes over a gap', () => {
    const only = options.filter(({ utf16le, utf16be }) => !(utf16le && utf16be))
    fc.assert(
      fc.property(only, memory, memory, fc.array(fc.nat(220), { maxLength: 12 }), (chosen, a, b, cuts) => {
        const runs: Piece[] = [
          { address: 1001n, bytes: a },
          { address: 1002n + BigInt(a.length), bytes: b },
        ]
        const pieces = runs.flatMap(({ address, bytes }) => cutAt(bytes, address, cuts))
        expect(found(chosen, pieces)).toEqual(runs.flatMap((run) => naive(chosen, run)).sort())
      }),
      { numRuns: 2000 },
    )
  })

  test('do not depend on the chunks, also when both UTF-16 encodings are wanted and strings are cut', () => {
    fc.assert(
      fc.property(
        options,
        memory,
        fc.array(fc.nat(300), { maxLength: 12 }),
        fc.boolean(),
        (chosen, bytes, cuts, ones) => {
          const limited = { ...chosen, maxLength: 24 }
          const pieces = cutAt(bytes, 16n, ones ? [...bytes.keys()] : cuts)
          expect(found(limited, pieces)).toEqual(found(limited, [{ address: 16n, bytes }]))
        },
      ),
      { numRuns: 2000 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Needle } from '../../src/scan/needle.ts'
import { horspoolMatcher } from '../../src/scan/matchers/horspool.ts'
import { manyMatcher } from '../../src/scan/matchers/many.ts'
import { rarestByteMatcher } from '../../src/scan/matchers/rarest-byte.ts'
import { compile, type CompiledSet, type Pattern } from '../../src/scan/pattern.ts'
import { cutAt, hitText, scanPieces, type Piece } from '../builders/scan.ts'

/** A byte fits a position when value and mask say so, and choices hold. Written anew, without the product's help. */
function fits({ value, mask, choices }: Needle, bytes: Uint8Array, at: number): boolean {
  if (at + value.length > bytes.length) return false
  for (let i = 0; i < value.length; i++) if (((bytes[at + i] ?? 0) & (mask[i] ?? 0)) !== value[i]) return false
  const here = [...bytes.slice(at, at + value.length)]
  return choices.every((choice) =>
    choice.options.some((option) => option.every((byte, i) => here[choice.at + i] === byte)),
  )
}

function naive(set: CompiledSet, runs: readonly Piece[]): string[] {
  const hits: { key: string; pattern: number; address: bigint }[] = []
  for (const { address, bytes } of runs)
    for (const needle of set.needles)
      for (let at = 0; at < bytes.length; at++)
        if (fits(needle, bytes, at))
          hits.push({
            key: `${needle.pattern}@${address + BigInt(at)}+${needle.value.length} ${needle.form}`,
            pattern: needle.pattern,
            address: address + BigInt(at),
          })
  return hits.map((hit) => hit.key).sort()
}

/** Few different bytes, so that needles occur, overlap and nearly occur. */
const smallBytes = (max: number): fc.Arbitrary<Uint8Array> =>
  fc
    .array(fc.constantFrom(0, 0, 0, 0x41, 0x61, 0x42, 0x62, 0xff, 0xc3, 0xa4, 0x84), { maxLength: max })
    .map((bytes) => Uint8Array.from(bytes))

const memory = fc.oneof(
  { weight: 6, arbitrary: smallBytes(300) },
  { weight: 1, arbitrary: fc.nat(5000).map((length) => new Uint8Array(length)) },
  { weight: 1, arbitrary: fc.nat(300).map((length) => new Uint8Array(length).fill(0xff)) },
  { weight: 1, arbitrary: fc.tuple(smallBytes(40), fc.nat(5000), smallBytes(40)).map(around) },
  { weight: 1, arbitrary: fc.tuple(smallBytes(6), fc.nat(60)).map(([unit, times]) => repeated(unit, times)) },
)

function around([before, zeros, behind]: [Uint8Array, number, Uint8Array]): Uint8Array {
  return Uint8Array.from([...before, ...new Uint8Array(zeros), ...behind])
}

function repeated(unit: Uint8Array, times: number): Uint8Array {
  return Uint8Array.from(Array.from({ length: times }, () => [...unit]).flat())
}

const textPattern: fc.Arbitrary<Pattern> = fc.record({
  kind: fc.constant('text' as const),
  text: fc
    .array(fc.constantFrom('A', 'a', 'B', 'b', 'ä', 'Ä', '\0'), { minLength: 1, maxLength: 12 })
    .map((s) => s.join('')),
  ignoreCase: fc.boolean(),
  utf8: fc.constant(true),
  utf16le: fc.boolean(),
  utf16be: fc.boolean(),
})

const hexByte = fc.constantFrom('00', '41', '61', '42', 'ff', 'c3', '??', '4?', '?1', '0?')
const hexPattern: fc.Arbitrary<Pattern> = fc
  .array(hexByte, { minLength: 1, maxLength: 14 })
  .filter((bytes) => bytes.some((byte) => byte !== '??'))
  .map((bytes) => ({ kind: 'hex' as const, hex: bytes.join(' ') }))

const patterns = fc.array(fc.oneof(textPattern, hexPattern), { minLength: 1, maxLength: 12 })

function compiledOrFail(list: readonly Pattern[]): CompiledSet {
  const result = compile(list)
  if (result.kind === 'refused') throw new Error(JSON.stringify(result.errors))
  return result.set
}

describe('scanning for text and hex patterns', () => {
  test('finds what a naive search finds, however memory is cut into chunks, and nothing across gaps', () => {
    const runs = fc.array(fc.tuple(memory, fc.array(fc.nat(320), { maxLength: 12 })), { minLength: 1, maxLength: 3 })
    fc.assert(
      fc.property(patterns, runs, (list, parts) => {
        const set = compiledOrFail(list)
        const pieces: Piece[] = []
        const whole: Piece[] = []
        let address = 0x7f00_0000_0000n
        for (const [bytes, cuts] of parts) {
          whole.push({ address, bytes })
          pieces.push(...cutAt(bytes, address, cuts))
          address += BigInt(bytes.length) + 1n
        }
        expect(scanPieces(set, pieces).map(hitText).sort()).toEqual(naive(set, whole))
      }),
      { numRuns: 200 },
    )
  })

  test('chunks of one byte', () => {
    fc.assert(
      fc.property(patterns, smallBytes(120), (list, bytes) => {
        const set = compiledOrFail(list)
        const pieces = cutAt(bytes, 0n, [...bytes.keys()])
        expect(scanPieces(set, pieces).map(hitText).sort()).toEqual(naive(set, [{ address: 0n, bytes }]))
      }),
      { numRuns: 60 },
    )
  })
})

describe('each matcher alone', () => {
  test('finds what a naive search finds, within the given range only', () => {
    fc.assert(
      fc.property(fc.oneof(textPattern, hexPattern), memory, fc.nat(20), fc.nat(20), (pattern, bytes, skip, drop) => {
        const needle = compiledOrFail([pattern]).needles[0]
        if (!needle) throw new Error('a pattern without a needle')
        const from = Math.min(skip, bytes.length)
        const to = Math.max(from, bytes.length - drop)
        const expected: number[] = []
        for (let at = from; at + needle.value.length <= to; at++) if (fits(needle, bytes, at)) expected.push(at)
        const matchers = [horspoolMatcher(needle), rarestByteMatcher(needle)]
        if (needle.anchorEnd - needle.anchorStart >= 2) matchers.push(manyMatcher([needle]))
        for (const matcher of matchers) {
          if (!matcher) continue
          const found: number[] = []
          matcher.find(bytes, from, to, (_, at) => found.push(at))
          expect(found).toEqual(expected)
        }
      }),
      { numRuns: 200 },
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldedRuns, runAt } from '../../../src/query/hex-folds.ts'
import { HexRows } from '../../../src/query/hex-rows.ts'
import { layoutOf, rowOf, vmaOf, type RangeSketch } from '../../builders/layout.ts'

const HEAP = rowOf(vmaOf(0x1000n, 0x4000n))
const SMALL = layoutOf(
  [
    { start: 0x1000n, length: 0x1000n, kind: 'stored', mapping: 0 },
    { start: 0x2000n, length: 0x1000n, kind: 'untouched', mapping: 0 },
    { start: 0x3000n, length: 0x1000n, kind: 'parent', mapping: 0 },
    { start: 0x4000n, length: 2n ** 63n, kind: 'unmapped' },
  ],
  [HEAP],
)

describe('rows', () => {
  test('a mapping has a heading, a gap one row, stored bytes a row for each 16', () => {
    const rows = new HexRows(SMALL)
    expect(rows.total).toBe(1 + 256 + 1 + 256 + 1)
    expect(rows.at(0)).toMatchObject({ kind: 'heading', address: 0x1000n })
    expect(rows.at(1)).toEqual({ kind: 'bytes', range: 0, address: 0x1000n, from: 0, to: 16 })
    expect(rows.at(257)).toMatchObject({ kind: 'gap', range: 1, address: 0x2000n })
    expect(rows.at(258)).toMatchObject({ kind: 'bytes', address: 0x3000n })
    expect(rows.at(514)).toMatchObject({ kind: 'gap', range: 3 })
    expect(rows.indexOf(0x1fffn)).toBe(256)
    expect(rows.indexOf(0x2abcn)).toBe(257)
    expect(rows.indexOf(0n)).toBe(1)
    expect(rows.indexOf(2n ** 64n - 1n)).toBe(514)
  })

  test('a range that begins and ends inside a row has its own columns only', () => {
    const rows = new HexRows(layoutOf([{ start: 0x18n, length: 0x1an, kind: 'stored' }]))
    expect(rows.total).toBe(3)
    expect(rows.at(0)).toMatchObject({ address: 0x10n, from: 8, to: 16 })
    expect(rows.at(2)).toMatchObject({ address: 0x30n, from: 0, to: 2 })
  })

  test('terabytes and the last address of all are rows like others', () => {
    const top = 2n ** 64n - 2n ** 44n
    const rows = new HexRows(
      layoutOf([
        { start: 0n, length: top, kind: 'unmapped' },
        { start: top, length: 2n ** 44n, kind: 'stored' },
      ]),
    )
    expect(rows.total).toBe(2 ** 40 + 1)
    expect(rows.indexOf(2n ** 64n - 1n)).toBe(2 ** 40)
    expect(rows.at(2 ** 40).address).toBe(2n ** 64n - 16n)
  })

  test('nothing at all', () => {
    const rows = new HexRows(layoutOf([]))
    expect([rows.total, rows.rangeAt(5n), rows.indexOf(5n), rows.isStoredAt(5n)]).toEqual([0, -1, 0, false])
  })

  test('stored pages: within a range, over gaps, none', () => {
    const rows = new HexRows(SMALL)
    expect(rows.storedPage(0x1234n, 1, 4096)).toBe(0x3000n)
    expect(rows.storedPage(0x3fffn, 1, 4096)).toBeUndefined()
    expect(rows.storedPage(2n ** 60n, -1, 4096)).toBe(0x3000n)
    expect(rows.storedPage(0x3001n, -1, 4096)).toBe(0x1000n)
    expect(rows.storedPage(0x1001n, -1, 4096)).toBeUndefined()
  })

  const sketches = fc
    .array(
      fc.record({
        gap: fc.bigInt({ min: 0n, max: 80n }),
        length: fc.bigInt({ min: 1n, max: 90n }),
        kind: fc.constantFrom('stored', 'untouched', 'parent', 'file'),
        mapping: fc.integer({ min: -1, max: 2 }),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((items) => {
      let at = 0n
      return items.map(({ gap, length, kind, mapping }): RangeSketch => {
        const start = at + gap
        at = start + length
        return { start, length, kind, mapping }
      })
    })

  test('every stored byte is in exactly the row that its address leads to', () => {
    fc.assert(
      fc.property(sketches, (ranges) => {
        const rows = new HexRows(layoutOf(ranges))
        const seen: bigint[] = []
        for (let index = 0; index < rows.total; index++) {
          const row = rows.at(index)
          for (let column = row.from; column < row.to; column++) {
            const address = row.address + BigInt(column)
            seen.push(address)
            expect(rows.indexOf(address)).toBe(index)
            expect(rows.isStoredAt(address)).toBe(true)
          }
          if (row.kind === 'gap') expect(rows.indexOf(row.address)).toBe(index)
        }
        const stored = ranges.filter(({ kind }) => kind === 'stored' || kind === 'parent')
        expect(seen).toEqual(
          stored.flatMap(({ start, length }) => Array.from({ length: Number(length) }, (_, i) => start + BigInt(i))),
        )
      }),
    )
  })

  test('the next and the last stored page are the ones that a look at every page finds', () => {
    fc.assert(
      fc.property(sketches, fc.bigInt({ min: 0n, max: 2000n }), (ranges, address) => {
        const aligned = ranges.map((range) => ({ ...range, start: range.start * 16n, length: range.length * 16n }))
        const rows = new HexRows(layoutOf(aligned))
        const page = address / 16n
        const pages = Array.from({ length: 2200 }, (_, i) => BigInt(i)).filter((i) => rows.isStoredAt(i * 16n))
        const next = pages.find((i) => i > page)
        const before = pages.findLast((i) => i < page)
        expect(rows.storedPage(address, 1, 16)).toBe(next === undefined ? undefined : next * 16n)
        expect(rows.storedPage(address, -1, 16)).toBe(before === undefined ? undefined : before * 16n)
      }),
    )
  })
})

describe('folds', () => {
  test('runs of equal lines, found by comparing every line with the one before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 60 }), (values) => {
        const bytes = new Uint8Array(values.length * 16)
        for (const [line, value] of values.entries()) bytes.fill(value, line * 16, line * 16 + 16)
        const pairs = foldedRuns(bytes, 0, values.length)
        const folded = values.map((_, line) => runAt(pairs, line) !== undefined)
        const repeats = values.map((value, line) => line > 0 && values[line - 1] === value)
        const long = repeats.map((repeat, line) => repeat && (repeats[line - 1] === true || repeats[line + 1] === true))
        expect(folded).toEqual(long)
      }),
    )
  })

  test('only lines that were asked for, and never the first of them', () => {
    const pairs = foldedRuns(new Uint8Array(16 * 10), 2, 8)
    expect([...pairs]).toEqual([3, 8])
    expect(runAt(pairs, 2)).toBeUndefined()
    expect(runAt(pairs, 8)).toBeUndefined()
    expect(runAt(pairs, 7)).toEqual({ first: 3, end: 8 })
  })
})

import { describe, expect, test } from 'vitest'
import { RunCutter, type Reach } from '../../../src/search/cutter.ts'
import type { Piece, Segment } from '../../../src/search/piece.ts'

const KIB = 1024
const MIB = 1024 * 1024
const SHARED = 9

type Cut = Omit<Piece, 'owners'> & { readonly base: bigint }

function cut(runs: readonly (readonly [bigint, Segment])[], reach: Reach = { before: 0, after: 100 }): Cut[] {
  const pieces: Cut[] = []
  const cutter = new RunCutter(
    reach,
    (member) => member === SHARED,
    (piece, base) => pieces.push({ ...piece, base }),
  )
  for (const [address, segment] of runs) cutter.add(address, segment)
  cutter.finish()
  return pieces
}

/** Address ranges in which what begins is counted, in order. */
function counted(pieces: readonly Cut[]): [bigint, bigint][] {
  return pieces.map(({ base, from, below }) => [base + BigInt(from), base + BigInt(below)])
}

describe('cutter', () => {
  test('segments that follow one another in addresses are one piece, wherever they stand in the archive', () => {
    const pieces = cut([
      [0x1000n, { member: 1, offset: 8192, length: 4096 }],
      [0x2000n, { member: 1, offset: 0, length: 4096 }],
      [0x4000n, { member: 1, offset: 4096, length: 4096 }],
    ])
    expect(pieces).toMatchObject([
      { base: 0x1000n, length: 8192, from: 0, below: 8192 },
      { base: 0x4000n, length: 4096, from: 0, below: 4096 },
    ])
    expect(pieces[0]?.segments).toEqual([
      { member: 1, offset: 8192, length: 4096 },
      { member: 1, offset: 0, length: 4096 },
    ])
  })

  test('a long run is cut, with its surroundings on both sides, and every address counts once', () => {
    const reach = { before: 1000, after: 3000 }
    const length = 40 * MIB + 4096
    const pieces = cut([[0n, { member: 1, offset: 512, length }]], reach)
    expect(pieces.length).toBeGreaterThan(2)
    expect(pieces[0]?.below).toBe(MIB)
    expect(Math.max(...pieces.map(({ from, below }) => below - from))).toBe(16 * MIB)
    const ranges = counted(pieces)
    expect(ranges[0]?.[0]).toBe(0n)
    expect(ranges.at(-1)?.[1]).toBe(BigInt(length))
    for (const [index, range] of ranges.entries()) if (index > 0) expect(range[0]).toBe(ranges[index - 1]?.[1])
    for (const { base, from, below, length: whole, segments } of pieces) {
      expect(from).toBe(Math.min(1000, from === 0 ? 0 : 1000))
      expect(whole - below).toBe(Math.min(3000, length - Number(base) - below))
      expect(segments).toEqual([{ member: 1, offset: 512 + Number(base), length: whole }])
    }
  })

  test('the inside of shared memory is the same piece from every owner, whatever lies beside it', () => {
    const inside = (lead: number, offset: number, length: number): string[] => {
      const start = BigInt(lead)
      const pieces = cut(
        [
          ...(lead > 0 ? [[0n, { member: 1, offset: 0, length: lead }] as const] : []),
          [start, { member: SHARED, offset, length }],
          [start + BigInt(length), { member: 2, offset: 4096, length: 4096 }],
        ],
        { before: 64 * KIB, after: 8 * KIB },
      )
      return pieces
        .filter(({ segments }) => segments.every(({ member }) => member === SHARED))
        .map(({ from, below, segments }) => JSON.stringify([from, below, segments]))
    }
    const alone = inside(0, 0, 50 * MIB)
    expect(alone.length).toBeGreaterThanOrEqual(3)
    expect(inside(12_288, 0, 50 * MIB)).toEqual(expect.arrayContaining(alone.slice(1)))
    const part = inside(4096, 18 * MIB, 20 * MIB)
    expect(part.filter((piece) => alone.includes(piece))).toHaveLength(4)
  })

  test('maps of very many small segments are cut into pieces of bounded size', () => {
    const runs = Array.from({ length: 10_000 }, (_, i): [bigint, Segment] => {
      return [BigInt(i) * 4096n, { member: 1, offset: (9_999 - i) * 4096, length: 4096 }]
    })
    const pieces = cut(runs, { before: 64 * KIB, after: 8 * KIB })
    for (const { segments } of pieces) expect(segments.length).toBeLessThan(2100)
    expect(counted(pieces).at(-1)?.[1]).toBe(10_000n * 4096n)
  })

  test('works at the top of the address space', () => {
    const top = 2n ** 64n - 4096n
    expect(cut([[top, { member: 1, offset: 0, length: 4096 }]])).toMatchObject([{ base: top, below: 4096 }])
  })
})

import { describe, expect, test } from 'vitest'
import type { Piece, Segment } from '../../../src/search/piece.ts'
import { readAhead } from '../../../src/search/read-ahead.ts'
import { RecentBytes } from '../../../src/search/recent-bytes.ts'

const content = Uint8Array.from({ length: 20_000_000 }, (_, i) => i % 251)

function piece(...segments: Segment[]): Piece {
  const length = segments.reduce((sum, segment) => sum + segment.length, 0)
  return { segments, length, from: 0, below: length, owners: [{ space: 0, base: 0n }] }
}

/** Reads pieces; what they hold as far as it could be read, and the reads that were made. */
async function readAll(pieces: readonly Piece[], broken = -1) {
  const reads: string[] = []
  const errors: string[] = []
  const got = pieces.map(({ length }) => new Uint8Array(length))
  let open = 0
  let most = 0
  const read = async (member: number, offset: number, length: number): Promise<Uint8Array> => {
    reads.push(`${member}:${offset}+${length}`)
    most = Math.max(most, ++open)
    await new Promise((resolve) => setTimeout(resolve, 1))
    open -= 1
    if (member === broken) throw new Error('it is gone')
    return content.slice(offset, offset + length)
  }
  for await (const chunks of readAhead(pieces, read))
    for (const chunk of chunks) {
      if (chunk.bytes) got[chunk.piece]?.set(chunk.bytes, chunk.at)
      else errors.push(`${chunk.piece}@${chunk.at}+${chunk.length} ${chunk.error}`)
    }
  return { got, reads, errors, most }
}

function expected({ segments }: Piece): Uint8Array {
  return Buffer.concat(segments.map(({ offset, length }) => content.subarray(offset, offset + length)))
}

describe('reading ahead', () => {
  test('what lies beside one another in a member is one read, in order', async () => {
    const pieces = [0, 1, 2, 3].map((i) => piece({ member: 1, offset: 8192 * i, length: 4096 }))
    const { got, reads } = await readAll(pieces)
    expect(reads).toEqual(['1:0+28672'])
    expect(got).toEqual(pieces.map((one) => new Uint8Array(expected(one))))
  })

  test('long segments come in parts, a few reads at a time', async () => {
    const pieces = [piece({ member: 1, offset: 100, length: 17_000_000 }, { member: 2, offset: 5, length: 50 })]
    const { got, reads, most } = await readAll(pieces)
    expect(reads).toHaveLength(6)
    expect(most).toBeGreaterThan(1)
    expect(most).toBeLessThanOrEqual(3)
    expect(Buffer.from(got[0] ?? []).equals(Buffer.from(expected(pieces[0] ?? piece())))).toBe(true)
  })

  test('backward, overlapping and repeated ranges are read right', async () => {
    const pieces = [
      piece({ member: 1, offset: 9000, length: 500 }, { member: 1, offset: 0, length: 700 }),
      piece({ member: 1, offset: 400, length: 700 }),
      piece({ member: 1, offset: 400, length: 700 }),
    ]
    const { got } = await readAll(pieces)
    expect(got).toEqual(pieces.map((one) => new Uint8Array(expected(one))))
  })

  test('what cannot be read is told, the rest goes on', async () => {
    const pieces = [piece({ member: 1, offset: 0, length: 10 }, { member: 2, offset: 0, length: 20 })]
    const { errors, got } = await readAll([...pieces, piece({ member: 3, offset: 7, length: 5 })], 2)
    expect(errors).toEqual(['0@10+20 it is gone'])
    expect(got[1]).toEqual(content.slice(7, 12))
  })
})

describe('recent bytes', () => {
  test('gives what was seen, across chunks, not before the first and not across a hole', () => {
    const recent = new RecentBytes()
    recent.add(0, content.subarray(0, 10))
    recent.add(10, content.subarray(10, 30))
    expect(recent.take(5, 15)).toEqual({ from: 5, bytes: content.slice(5, 15) })
    expect(recent.take(25, 99)).toEqual({ from: 25, bytes: content.slice(25, 30) })
    recent.add(40, content.subarray(40, 50))
    expect(recent.take(20, 45)).toEqual({ from: 40, bytes: content.slice(40, 45) })
  })
})

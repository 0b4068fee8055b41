import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { MemorySegment } from '../../../src/model/memory.ts'
import { HexRows } from '../../../src/query/hex-rows.ts'
import { hexCommand } from '../../../src/views/hex/hex-keys.ts'
import { HexLines } from '../../../src/views/hex/hex-lines.ts'
import { columnAt, covered, hexColumn, lineText } from '../../../src/views/hex/line-text.ts'
import { MemoryPages } from '../../../src/views/hex/memory-pages.svelte.ts'
import { layoutOf } from '../../builders/layout.ts'

const CHUNK = 16_384
const SOURCE = { compressed: false, level: 0, checkpoint: undefined }
const origin = { member: 3, offset: 1000, length: CHUNK }

/** Memory whose byte at an address is given; stored from 0 on. */
function memory(byteAt: (address: number) => number, size: number) {
  const layout = layoutOf([{ start: 0n, length: BigInt(size), kind: 'stored' }])
  const reads: [bigint, number][] = []
  const pages = new MemoryPages((address, length) => {
    reads.push([address, length])
    const bytes = Uint8Array.from({ length }, (_, i) => byteAt(Number(address) + i))
    return Promise.resolve([{ address, bytes, origin: { ...origin, offset: Number(address) + 1000 }, ...SOURCE }])
  }, BigInt(size))
  return { rows: new HexRows(layout), pages, reads }
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0))

describe('lines', () => {
  test('nothing is folded before its bytes are known; then the top stays and what is below comes nearer', async () => {
    const { rows, pages } = memory((address) => (address < 256 ? address : 0), 2 * CHUNK)
    const choice = { folding: true, pinned: undefined as bigint | undefined }
    const lines = new HexLines(rows, pages, () => choice)
    expect(lines.take(10, 10).map(({ index }) => index)).toEqual([10, 11, 12, 13, 14, 15, 16, 17, 18, 19])
    pages.want([0, 1])
    await settled()
    const shown = lines.take(10, 10)
    expect(shown.map(({ kind, index }) => [kind, index])).toEqual([
      ...[10, 11, 12, 13, 14, 15, 16].map((index) => ['bytes', index]),
      ['fold', 17],
      ['bytes', 1024],
      ['fold', 1025],
    ])
    expect(lines.at(900)).toMatchObject({ kind: 'fold', index: 17, end: 1024, address: 17n * 16n })
    choice.pinned = 900n * 16n + 5n
    expect(lines.take(16, 4).map(({ kind, index, end }) => [kind, index, end])).toEqual([
      ['bytes', 16, 17],
      ['fold', 17, 900],
      ['bytes', 900, 901],
      ['fold', 901, 1024],
    ])
    choice.folding = false
    expect(lines.at(50).kind).toBe('bytes')
  })

  test('going down and up again by any steps meets the same lines, each row once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 }),
        fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 12 }),
        async (values, steps) => {
          const size = values.length * 64
          const { rows, pages } = memory((address) => values[Math.floor(address / 64)] ?? 0, size)
          const lines = new HexLines(rows, pages, () => ({ folding: true, pinned: undefined }))
          pages.want([0])
          await settled()
          const all = lines.take(0, rows.total)
          expect(all.flatMap(({ index, end }) => Array.from({ length: end - index }, (_, i) => index + i))).toEqual(
            Array.from({ length: rows.total }, (_, i) => i),
          )
          let place = 0
          for (const step of steps) {
            const index = lines.move(all[place]?.index ?? 0, step)
            place = Math.max(0, Math.min(all.length - 1, place + step))
            expect(index).toBe(all[place]?.index)
          }
          const fits = Math.min(5, all.length)
          expect(lines.take(lines.settle(rows.total - 1, 5), 5)).toHaveLength(fits)
        },
      ),
      { numRuns: 40 },
    )
  })
})

describe('pages', () => {
  test('neighbours are read at once, only what was wanted last', async () => {
    const { pages, reads } = memory(() => 1, 40 * CHUNK)
    pages.want([0, 1, 2])
    pages.want([20])
    pages.want([30, 31])
    await settled()
    await settled()
    expect(reads).toEqual([
      [0n, 3 * CHUNK],
      [BigInt(20 * CHUNK), CHUNK],
      [BigInt(30 * CHUNK), 2 * CHUNK],
    ])
    expect(pages.get(20)).toBeDefined()
  })

  test('bytes and their place in the archive, over the border of chunks, up to a hole', async () => {
    const segments: MemorySegment[] = [
      { address: 0n, bytes: new Uint8Array(CHUNK + 8).fill(9), origin: { ...origin, length: CHUNK + 8 }, ...SOURCE },
      { address: BigInt(CHUNK + 8), length: CHUNK - 8, kind: 'truncated', why: 'cut off' },
    ]
    const pages = new MemoryPages(() => Promise.resolve(segments), BigInt(2 * CHUNK))
    expect(pages.peek(0n, 4)).toHaveLength(0)
    pages.want([0, 1])
    await settled()
    expect(pages.peek(BigInt(CHUNK - 4), 32)).toEqual(new Uint8Array(12).fill(9))
    expect(pages.peek(BigInt(CHUNK + 8), 4)).toHaveLength(0)
    expect(pages.sourceOf(BigInt(CHUNK + 2))?.origin.offset).toBe(1000 + CHUNK + 2)
    expect(pages.sourceOf(BigInt(CHUNK + 9))).toBeUndefined()
    const line = { kind: 'bytes', range: 0, address: BigInt(CHUNK), from: 0, to: 16, index: 0, end: 1 } as const
    expect(lineText(line, pages)).toMatchObject({
      state: 'hole',
      why: 'cut off',
      hex: '09 09 09 09 09 09 09 09  ?? ?? ?? ?? ?? ?? ?? ??',
    })
  })

  test('a read that fails is said where the bytes would be', async () => {
    const pages = new MemoryPages(() => Promise.reject(new Error('the file has changed')), BigInt(CHUNK))
    pages.want([0])
    await settled()
    expect(pages.get(0)?.holes).toEqual([{ from: 0, to: CHUNK, why: 'the file has changed' }])
  })
})

describe('text of a line', () => {
  test('only printable ASCII is drawn, everything else is a dot', async () => {
    const given = Buffer.from('<b>\x1b[31m\x00\x7f\x80\xffA\r\n~', 'latin1')
    const { pages } = memory((address) => given[address] ?? 0, CHUNK)
    pages.want([0])
    await settled()
    const line = { kind: 'bytes', range: 0, address: 0n, from: 0, to: 16, index: 0, end: 1 } as const
    expect(lineText(line, pages).text).toBe('<b>·[31m····A··~')
    expect(lineText({ ...line, from: 3, to: 5 }, pages)).toMatchObject({
      hex: `${'   '.repeat(3)}1b 5b${' '.repeat(34)}`,
      text: '   ·[           ',
    })
  })

  test('columns and symbols agree', () => {
    for (let column = 0; column < 16; column++) {
      expect(columnAt(hexColumn(column))).toBe(column)
      expect(columnAt(hexColumn(column) + 1)).toBe(column)
    }
  })

  test('what of a line a span covers', () => {
    const line = { kind: 'bytes', range: 0, address: 32n, from: 4, to: 16, index: 2, end: 3 } as const
    expect(covered(line, { start: 0n, end: 40n })).toEqual({ from: 4, to: 8 })
    expect(covered(line, { start: 40n, end: 99n })).toEqual({ from: 8, to: 16 })
    expect(covered(line, { start: 0n, end: 36n })).toBeUndefined()
    expect(covered(line, { start: 48n, end: 50n })).toBeUndefined()
    expect(covered({ ...line, kind: 'fold', from: 0, end: 9 }, { start: 100n, end: 101n })).toEqual({ from: 0, to: 16 })
  })
})

test('keys', () => {
  const press = (key: string, held: Partial<Record<'ctrlKey' | 'shiftKey' | 'altKey', boolean>> = {}) =>
    hexCommand({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })
  expect(press('ArrowDown', { shiftKey: true })).toEqual({ kind: 'line', by: 1, extend: true })
  expect(press('Home', { ctrlKey: true })).toEqual({ kind: 'spaceEnd', end: false, extend: false })
  expect(press('N', { shiftKey: true })).toEqual({ kind: 'hit', by: -1 })
  expect(press('ArrowLeft', { altKey: true })).toBeUndefined()
  expect(press('c', { ctrlKey: true, shiftKey: true })).toBeUndefined()
  expect(press('z')).toBeUndefined()
})

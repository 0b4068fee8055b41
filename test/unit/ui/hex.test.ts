import { describe, expect, test } from 'vitest'
import { hexRow, offsetDigits } from '../../../src/ui/hex.ts'

const bytes = Uint8Array.from({ length: 20 }, (_, i) => i + 0x3e)
const text = (row: ReturnType<typeof hexRow>) => row.runs.map((run) => run.hex).join('') + row.padding + '|'

describe('hex rows', () => {
  test('sixteen bytes with a gap in the middle', () => {
    const row = hexRow(bytes, 0, 0x7f00n, undefined, 8)
    expect(row.offset).toBe('00007f00')
    expect(text(row)).toBe('3e 3f 40 41 42 43 44 45  46 47 48 49 4a 4b 4c 4d |')
    expect(row.runs[0]?.ascii).toBe('>?@ABCDEFGHIJKLM')
  })
  test('a short last row is filled up to the same width', () => {
    const full = text(hexRow(bytes, 0, 0n, undefined, 4))
    for (let length = 17; length < 32; length++) {
      expect(text(hexRow(new Uint8Array(length), 16, 0n, undefined, 4))).toHaveLength(full.length)
    }
  })
  test('narrow rows have their gap in the middle too', () => {
    expect(text(hexRow(bytes, 8, 0n, undefined, 4, 8))).toBe('46 47 48 49  4a 4b 4c 4d |')
    expect(text(hexRow(bytes, 16, 0n, undefined, 4, 8))).toBe('4e 4f 50 51              |')
  })
  test('marked bytes are a run of their own, over rows too', () => {
    const mark = { start: 14, end: 18 }
    expect(hexRow(bytes, 0, 0n, mark, 4).runs.map((run) => [run.ascii, run.marked])).toEqual([
      ['>?@ABCDEFGHIJK', false],
      ['LM', true],
    ])
    expect(hexRow(bytes, 16, 0n, mark, 4).runs.map((run) => [run.ascii, run.marked])).toEqual([
      ['NO', true],
      ['PQ', false],
    ])
  })
  test('unprintable bytes are dots, never controls', () => {
    expect(hexRow(Uint8Array.of(0, 0x1b, 0x7f, 0xff), 0, 0n, undefined, 4).runs[0]?.ascii).toBe('····')
  })
  test('offsets are wide enough for the last byte', () => {
    expect(offsetDigits(0n, 16)).toBe(4)
    expect(offsetDigits(0xfff8n, 16)).toBe(6)
    expect(offsetDigits(0x7fff_0000_0000n, 1)).toBe(12)
  })
})

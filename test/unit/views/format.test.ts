import { expect, test } from 'vitest'
import {
  counted,
  formatBytes,
  formatMicroseconds,
  octalMode,
  recordedOffset,
  timeCell,
  utcSeconds,
  utcTime,
} from '../../../src/views/parts/format.ts'

test('format: bytes with binary units, never 1024 of a unit', () => {
  expect(formatBytes(0)).toBe('0 B')
  expect(formatBytes(1023)).toBe('1023 B')
  expect(formatBytes(1536)).toBe('1.50 KiB')
  expect(formatBytes(1024 * 1024 - 1)).toBe('1.00 MiB')
  expect(formatBytes(40n * 1024n ** 3n)).toBe('40.0 GiB')
  expect(formatBytes(2n ** 63n)).toBe('8.00 EiB')
})

test('format: recorded times in UTC with the offset they were recorded with', () => {
  expect(utcTime('2026-11-22T17:12:17.261749717+01:00')).toBe('2026-11-22 16:12:17 UTC')
  expect(recordedOffset('2026-11-22T17:12:17+01:00')).toBe('+01:00')
  expect(recordedOffset('2026-11-22T16:12:17Z')).toBeUndefined()
  expect(timeCell('2026-11-22T17:12:17+01:00')).toMatchObject({
    text: '2026-11-22 16:12:17 UTC (recorded +01:00)',
    title: 'as recorded: 2026-11-22T17:12:17+01:00',
  })
})

test('format: a time that is none is shown as it stands', () => {
  expect(utcTime('yesterday')).toBeUndefined()
  expect(utcTime('2026-99-99T00:00:00Z')).toBeUndefined()
  expect(timeCell('yesterday')).toMatchObject({ text: 'yesterday' })
  expect(utcSeconds(1e300)).toBe('1e+300 s')
})

test('format: durations, modes, counts', () => {
  expect(formatMicroseconds(470n)).toBe('470 µs')
  expect(formatMicroseconds(104_400n)).toBe('104.4 ms')
  expect(formatMicroseconds(2_500_000n)).toBe('2.50 s')
  expect(octalMode(0o100644)).toBe('0644')
  expect(counted(1, 'process')).toBe('1 process')
  expect(counted(2, 'pages image')).toBe('2 pages images')
})

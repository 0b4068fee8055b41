/** Numbers and times as people read them. The exact value stays with the cell, for hover and copies. */
import { isAbsent, type Maybe } from '../../model/absent.ts'
import type { CellValue, TextCell } from '../../ui/cell.ts'
import { formatCount } from '../../ui/shorten.ts'

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'] as const

/** Bytes with a binary unit and three significant digits: `532 B`, `1.50 KiB`, `4.00 GiB`. */
export function formatBytes(bytes: number | bigint): string {
  let value = Number(bytes)
  if (Math.abs(value) < 1024) return `${value} B`
  let unit = -1
  do {
    value /= 1024
    unit += 1
  } while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1)
  const digits = Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${UNITS[unit] ?? ''}`
}

/** Exact bytes for a title: `1 572 864 bytes`. */
export function exactBytes(bytes: number | bigint): string {
  return `${formatCount(bytes)} ${BigInt(bytes) === 1n ? 'byte' : 'bytes'}`
}

/** Microseconds with the unit that fits. */
export function formatMicroseconds(value: bigint): string {
  if (value < 1000n) return `${value} µs`
  const number = Number(value)
  if (value < 1_000_000n) return `${(number / 1000).toFixed(number < 100_000 ? 2 : 1)} ms`
  return `${(number / 1_000_000).toFixed(2)} s`
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(\.\d+)?(Z|z|[+-]\d\d:\d\d)$/

/** A recorded time (RFC 3339) in UTC to the second, or undefined when it is none. */
export function utcTime(recorded: string): string | undefined {
  const match = RFC3339.exec(recorded)
  if (!match) return undefined
  const [, date = '', time = '', , zone = ''] = match
  const instant = Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  if (Number.isNaN(instant)) return undefined
  return `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** The offset from UTC that a time was recorded with, for showing beside it; undefined for UTC. */
export function recordedOffset(recorded: string): string | undefined {
  const zone = RFC3339.exec(recorded)?.[4]
  return zone === undefined || /^(?:Z|[+-]00:00)$/i.test(zone) ? undefined : zone
}

/** Seconds since the epoch in UTC. */
export function utcSeconds(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? `${seconds} s` : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** Permission bits in octal with four digits. */
export function octalMode(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0')
}

/** `1 process`, `2 processes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** Cells by the kind of value, absent ones with their reason. */
export function maybeCell<T>(value: Maybe<T>, cell: (value: T) => CellValue): CellValue {
  return isAbsent(value) ? { kind: 'absent', why: value.why } : cell(value)
}

export function textCell(text: string, more?: Omit<TextCell, 'kind' | 'text'>): CellValue {
  return { kind: 'text', text, ...more }
}

export function monoCell(text: string): CellValue {
  return { kind: 'text', text, mono: true }
}

/** Ids are long and random: their middle is left out when drawn, never when copied. */
export function idCell(id: string): CellValue {
  return { kind: 'text', text: id, mono: true, shorten: 'middle' }
}

export function numberCell(value: number | bigint): CellValue {
  return { kind: 'number', value }
}

/** A number that leads somewhere. */
export function numberLink(value: number, href: string, title?: string): CellValue {
  return { kind: 'link', text: String(value), value, href, ...(title === undefined ? {} : { title }) }
}

export function bytesCell(value: number | bigint): CellValue {
  return { kind: 'number', value, shown: formatBytes(value), title: exactBytes(value) }
}

export function timeCell(recorded: string): CellValue {
  const shown = utcTime(recorded)
  if (shown === undefined) return { kind: 'text', text: recorded, mono: true, title: 'Not a time in RFC 3339 form' }
  const offset = recordedOffset(recorded)
  const text = offset === undefined ? shown : `${shown} (recorded ${offset})`
  return { kind: 'text', text, title: `as recorded: ${recorded}` }
}

/** A time for narrow columns: in UTC to the minute, whole when copied or exported. */
export function minuteCell(recorded: string): CellValue {
  const shown = utcTime(recorded)?.slice(0, 16)
  return shown === undefined ? timeCell(recorded) : { kind: 'text', text: recorded, shown, title: recorded }
}

export function absentCell(why: string): CellValue {
  return { kind: 'absent', why }
}

/** Several short words in one cell; absent when there are none. */
export function wordsCell(words: readonly string[], none: string): CellValue {
  return words.length === 0 ? absentCell(none) : { kind: 'text', text: words.join(' '), mono: true }
}

/** What went wrong, for the place where it was asked for. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : 'The reader gave no reason.'
}

/**
 * pax extended headers (POSIX.1-2001, `pax` utility): records "LENGTH KEY=VALUE\n", where LENGTH is decimal and
 * counts the whole record. Values are bytes: xattr records hold NULs and newlines, so nothing is split on text.
 */
import { decodeText } from '../base/text.ts'

/** One record. */
export interface PaxRecord {
  readonly key: string
  readonly value: Uint8Array
}

/** Records in order, and where reading stopped when a record was malformed (offset in the header's body). */
export interface PaxHeader {
  readonly records: readonly PaxRecord[]
  readonly brokenAt: number | undefined
}

const SPACE = 0x20
const NEWLINE = 0x0a
const EQUALS = 0x3d

/** Reads the body of an `x` or `g` header; never throws. */
export function readPax(body: Uint8Array): PaxHeader {
  const records: PaxRecord[] = []
  let at = 0
  while (at < body.length && body[at] !== 0) {
    const end = recordEnd(body, at)
    const start = body.indexOf(SPACE, at) + 1
    const equals = body.indexOf(EQUALS, start)
    if (end === undefined || equals < 0 || equals >= end || equals === start) return { records, brokenAt: at }
    records.push({ key: decodeText(body.subarray(start, equals)), value: body.subarray(equals + 1, end - 1) })
    at = end
  }
  return { records, brokenAt: undefined }
}

/** End of the record at `at`, undefined when its length is not a number, leaves the body or misses the newline. */
function recordEnd(body: Uint8Array, at: number): number | undefined {
  let length = 0
  let i = at
  for (; i < at + 10 && body[i] !== SPACE; i++) {
    const digit = (body[i] ?? 0) - 0x30
    if (digit < 0 || digit > 9) return undefined
    length = length * 10 + digit
  }
  const end = at + length
  if (i === at || body[i] !== SPACE || end > body.length || end <= i + 1 || body[end - 1] !== NEWLINE) return undefined
  return end
}

/** A decimal value without sign; undefined when it is anything else or leaves 2^53. */
export function paxInteger(value: Uint8Array | undefined): number | undefined {
  if (!value || value.length === 0 || value.length > 16) return undefined
  let number = 0
  for (const byte of value) {
    if (byte < 0x30 || byte > 0x39) return undefined
    number = number * 10 + (byte - 0x30)
  }
  return Number.isSafeInteger(number) ? number : undefined
}

/** Seconds with optional sign and fraction (mtime); undefined when it is anything else. */
export function paxSeconds(value: Uint8Array | undefined): number | undefined {
  if (!value || value.length > 40) return undefined
  const text = decodeText(value)
  return /^-?\d+(\.\d*)?$/.test(text) ? Number(text) : undefined
}

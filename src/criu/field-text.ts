/** One field of the raw view as text, in the spelling of `crit decode --pretty`. */
import { hexText, showScalar } from './display.ts'
import type { FieldSpan } from './fields.ts'
import { quotedPrintable } from './quoted-printable.ts'

/** Bytes shown of a value that is no text. */
const SHOWN = 32

/** Text of a field's value; undefined for a message. Text from evidence comes as it is: escaping is the view's. */
export function fieldText(span: FieldSpan): string | undefined {
  const { value, row } = span
  if (value === undefined) return undefined
  if (value instanceof Uint8Array)
    return row?.[5]?.conv === 'unix_name' ? quotedPrintable(value.subarray(0, 4096)) : bytesText(value)
  if (!row) return typeof value === 'string' || typeof value === 'boolean' ? String(value) : numberText(BigInt(value))
  if (span.address !== undefined)
    return span.address.includes(':') ? `${hexText(BigInt(value))} of ${span.address}` : span.address
  return showScalar(row, value, true, span.hex).text
}

function numberText(value: bigint): string {
  return value < 10n ? String(value) : `${value} (${hexText(value)})`
}

function bytesText(bytes: Uint8Array): string {
  const shown = Array.from(bytes.subarray(0, SHOWN), (byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > SHOWN ? `${shown} … (${bytes.length} bytes)` : shown
}

/** Single values as `crit decode` (plain) and `crit decode --pretty` show them, by the schema's display hints. */
import { critBits, critValues, type CritBits } from './crit-names.ts'
import { enumNames } from './generated/schema.ts'
import { addressBytes, addressText } from './ip-address.ts'
import type { FieldRow } from './wire.ts'

/** A scalar: `text` goes into quotes when `quoted`, else it is a JSON literal. */
export interface Shown {
  readonly text: string
  readonly quoted: boolean
}

const literal = (text: string): Shown => ({ text, quoted: false })
const quoted = (text: string): Shown => ({ text, quoted: true })

/** `a | b | 0x40`: named bits first, the rest in hexadecimal; empty for none. */
function bitText(value: number, names: CritBits): string {
  let text = ''
  let rest = value >>> 0
  for (const [name, bit] of names) {
    if ((value & bit) === 0) continue
    text += text === '' ? name : ` | ${name}`
    rest = (rest & ~bit) >>> 0
  }
  if (rest === 0) return text
  return `${text}${text === '' ? '' : ' | '}${hexText(rest)}`
}

export function hexText(value: bigint | number): string {
  return value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`
}

/**
 * `major:minor` of a device number. The kernel's own form has 20 bits of minor; with `odev` it is the form that
 * user space sees (glibc's makedev).
 */
export function deviceText(value: bigint, userForm: boolean): string {
  if (!userForm) return `${value >> 20n}:${value & 0xfffffn}`
  const major = ((value >> 8n) & 0xfffn) | ((value >> 32n) & 0xfffff000n)
  const minor = (value & 0xffn) | ((value >> 12n) & 0xffffff00n)
  return `${major}:${minor}`
}

/** A number, boolean or text of a field. `hex` is inherited from an enclosing message. Bytes are not for here. */
export function showScalar(row: FieldRow, value: unknown, pretty: boolean, hex: boolean): Shown {
  const [, name, , kind, type, hints] = row
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return literal(String(value))
  if (typeof value !== 'number' && typeof value !== 'bigint') return literal('null')
  if (kind === 'e') {
    const known = enumNames[type]?.[Number(value)]
    return known === undefined ? literal(String(value)) : quoted(known)
  }
  if (!pretty) return literal(String(value))
  if (hex || hints?.hex) return quoted(hexText(value))
  if (hints === undefined) return literal(String(value))
  if (hints.dev) return quoted(deviceText(BigInt(value), hints.odev ?? false))
  if (hints.flags !== undefined) {
    // All fields of flags that crit names have 32 bits.
    const names = typeof value === 'number' ? critBits[hints.flags] : undefined
    return quoted(names ? bitText(Number(value), names) : hexText(value))
  }
  const word = hints.dict === undefined ? undefined : critValues[hints.dict]?.[name]?.[Number(value)]
  return word === undefined ? literal(String(value)) : quoted(word)
}

/** The address that a repeated field marked as one holds; undefined when it is no IPv4 or IPv6 address. */
export function showAddress(words: readonly number[]): string | undefined {
  return addressText(addressBytes(words))
}

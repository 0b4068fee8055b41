/**
 * Builds CRIU images for tests: `image('PSTREE', [{ pid: 1, … }])`. The encoder works from the schema's table and shares
 * nothing with the decoders under test.
 */
import { encodeText } from '../../src/base/text.ts'
import { enumNames, fieldTable } from '../../src/criu/generated/schema.ts'
import type { MessageTypes } from '../../src/criu/generated/types.ts'
import { imageType } from '../../src/criu/image-types.ts'
import type { FieldRow } from '../../src/criu/wire.ts'

type MessageName = keyof MessageTypes

/** A message as a plain object; enum values by number or name. `$message` and `$extra` make it a record of that type, with bytes after it. */
export type RecordInit = Readonly<Record<string, unknown>> & {
  readonly $message?: MessageName
  readonly $extra?: Uint8Array
}

const COMMON = 0x54564319
const SERVICE = 0x55105940

/** An image of a type by magic name. Version 1.0 has the type's magic only. */
export function image(name: string, records: readonly RecordInit[], version: '1.0' | '1.1' = '1.1'): Uint8Array {
  const type = imageType(name)
  const words = version === '1.0' || name === 'INVENTORY' ? [] : [type.framing === 'service' ? SERVICE : COMMON]
  const parts = [...words, type.magic].map(u32)
  for (const [index, init] of records.entries()) {
    const message = init.$message ?? (type.message === 'pagemap_head' && index > 0 ? 'pagemap_entry' : type.message)
    if (message === undefined) throw new Error(`${name} has no records`)
    parts.push(record(message, init), init.$extra ?? new Uint8Array())
  }
  return concat(parts)
}

/** A length and a message. */
export function record(message: MessageName, init: RecordInit): Uint8Array {
  const payload = encodeMessage(message, init)
  return concat([u32(payload.length), payload])
}

/** A message in protobuf wire form, fields in the order of the table, repeated scalars unpacked. */
export function encodeMessage(message: MessageName, init: Readonly<Record<string, unknown>>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const row of fieldTable[message]) {
    const value = init[row[1]]
    if (value === undefined) continue
    for (const item of row[2] === 2 ? (value as unknown[]) : [value]) parts.push(encodeField(row, item))
  }
  return concat(parts)
}

function encodeField(row: FieldRow, value: unknown): Uint8Array {
  const [number, , , kind, type] = row
  const tag = (wire: number): Uint8Array => varint(BigInt(number * 8 + wire))
  if (kind === 'm') {
    const inner = encodeMessage(type as MessageName, value as Readonly<Record<string, unknown>>)
    return concat([tag(2), varint(BigInt(inner.length)), inner])
  }
  if (type === 'string' || type === 'bytes') {
    const bytes = typeof value === 'string' ? encodeText(value) : (value as Uint8Array)
    return concat([tag(2), varint(BigInt(bytes.length)), bytes])
  }
  if (kind === 'e' && typeof value === 'string') return concat([tag(0), varint(enumValue(type, value))])
  const number64 = BigInt(value as number | bigint | boolean)
  if (type === 'fixed64') return concat([tag(1), fixed(number64, 8)])
  if (type === 'fixed32') return concat([tag(5), fixed(number64, 4)])
  const zigzag = type === 'sint32' || type === 'sint64'
  return concat([tag(0), varint(zigzag ? (number64 << 1n) ^ (number64 >> 63n) : number64)])
}

function enumValue(type: string, name: string): bigint {
  const entry = Object.entries(enumNames[type] ?? {}).find(([, text]) => text === name)
  if (!entry) throw new Error(`${type} has no ${name}`)
  return BigInt(entry[0])
}

function fixed(value: bigint, bytes: 4 | 8): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

export function varint(value: bigint): Uint8Array {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, value)
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128)
  return Uint8Array.from([...bytes, Number(rest)])
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24)
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts))
}

/** Bytes followed by zeros up to a multiple of `unit`. */
export function padded(bytes: Uint8Array, unit: number): Uint8Array {
  return concat([bytes, new Uint8Array((unit - (bytes.length % unit)) % unit)])
}

/** The smallest complete value of a message: required fields only, all zero or empty. */
export function minimal(message: MessageName): Record<string, unknown> {
  const rows = fieldTable[message].filter((row) => row[2] === 1)
  return Object.fromEntries(rows.map((row) => [row[1], zero(row)]))
}

function zero([, , , kind, type]: FieldRow): unknown {
  if (kind === 'm') return minimal(type as MessageName)
  if (kind === 'e') return Number(Object.keys(enumNames[type] ?? {})[0])
  if (type === 'string') return ''
  if (type === 'bytes') return new Uint8Array()
  if (type === 'bool') return false
  return type.endsWith('64') ? 0n : 0
}

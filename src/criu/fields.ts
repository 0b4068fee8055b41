/**
 * The fields of a record where they stand in the bytes: for the raw view, and to find the bytes of one value. Works on
 * any bytes; what the schema does not know is shown by its wire type, with a guess at what it is.
 */
import type { ByteRange } from '../base/errors.ts'
import { defectOf, type Defect } from './defects.ts'
import { showAddress } from './display.ts'
import { fieldTable } from './generated/schema.ts'
import type { MessageTypes } from './generated/types.ts'
import { looksLikeMessage, looksLikeText } from './guess.ts'
import { WireReader, type FieldRow } from './wire.ts'

/** One occurrence of a field. An item of a packed field is an occurrence of its own. */
export interface FieldSpan {
  readonly number: number
  /** CRIU's spelling; `#6` for a field that the schema does not have. */
  readonly name: string
  /** Position among the items of a repeated field, or among the occurrences of an unknown one. */
  readonly index: number | undefined
  /** From the record: `thread_core.creds.uid`, `vmas[3].start`. */
  readonly path: string
  /** Proto type (`uint32`, `vma_entry`); of unknown fields `varint`, `fixed32`, `fixed64`, `text`, `bytes`, `message`. */
  readonly type: string
  /** The schema's row, with display hints; undefined for an unknown field. */
  readonly row: FieldRow | undefined
  /** Numbers are shown in hexadecimal because an enclosing message asks for it. */
  readonly hex: boolean
  /** Tag and value; the value alone for an item of a packed field. */
  readonly offset: number
  readonly length: number
  readonly valueOffset: number
  readonly valueLength: number
  /** Undefined for messages: `listFields` over the value gives what is inside. */
  readonly value: FieldValue | undefined
  /** The whole address, when this is a word of one. */
  readonly address: string | undefined
  /** The value is a message: of this type, or without a schema when null. Undefined when it is none. */
  readonly message: keyof MessageTypes | null | undefined
}

export type FieldValue = number | bigint | boolean | string | Uint8Array

/** Fields in the order in which they stand; `defect` when the message breaks off. */
export interface FieldList {
  readonly spans: readonly FieldSpan[]
  readonly defect: Defect | undefined
}

/** Where inside a record a message stands: inherited by its fields. */
export interface FieldContext {
  readonly path: string
  readonly hex: boolean
}

const TOP: FieldContext = { path: '', hex: false }
const REPEATED = 2

/**
 * The fields of the message between `start` and `end`; `message` null for one without a schema. Children of a span are
 * listed by `listChildren`. Never throws for what is in the bytes.
 */
export function listFields(
  bytes: Uint8Array,
  message: keyof MessageTypes | null,
  start: number,
  end: number,
  context: FieldContext = TOP,
): FieldList {
  const spans: FieldSpan[] = []
  const reader = new WireReader(bytes, start, end)
  try {
    for (const span of walkFields(reader, message, context)) {
      reader.spend(20)
      spans.push(span)
    }
    return { spans: withAddresses(spans), defect: undefined }
  } catch (error) {
    return { spans, defect: defectOf(error, { offset: start, length: end - start }) }
  }
}

/** Gives each word of an IP address the address that they make together. */
function withAddresses(spans: FieldSpan[]): FieldSpan[] {
  const words = new Map<number, number[]>()
  for (const span of spans)
    if (span.row?.[5]?.ipadd)
      words.set(span.number, [...(words.get(span.number) ?? []).slice(0, 4), Number(span.value)])
  if (words.size === 0) return spans
  const texts = new Map([...words].map(([number, items]) => [number, showAddress(items)] as const))
  return spans.map((span) => (span.row?.[5]?.ipadd ? { ...span, address: texts.get(span.number) } : span))
}

/** The fields inside a span that is a message; none for any other. */
export function listChildren(bytes: Uint8Array, span: FieldSpan): FieldList {
  if (span.message === undefined) return { spans: [], defect: undefined }
  const hex = span.hex || span.row?.[5]?.hex === true
  return listFields(bytes, span.message, span.valueOffset, span.valueOffset + span.valueLength, {
    path: span.path,
    hex,
  })
}

/**
 * The bytes of one value: `path` as in FieldSpan, from the record that `record` spans. Where a field that is not
 * repeated came more than once the last one counts, as in decoding.
 */
export function locateField(
  bytes: Uint8Array,
  message: keyof MessageTypes,
  record: ByteRange,
  path: string,
): ByteRange | undefined {
  let at: ByteRange = record
  let inside: keyof MessageTypes | null | undefined = message
  for (const segment of path.split('.')) {
    if (inside === undefined) return undefined
    const found: FieldSpan | undefined = findField(bytes, inside, at, segment)
    if (!found) return undefined
    at = { offset: found.valueOffset, length: found.valueLength }
    inside = found.message
  }
  return at
}

function findField(
  bytes: Uint8Array,
  message: keyof MessageTypes | null,
  at: ByteRange,
  segment: string,
): FieldSpan | undefined {
  const match = /^(#?\w+)(?:\[(\d{1,9})\])?$/.exec(segment)
  if (!match) return undefined
  const index = match[2] === undefined ? undefined : Number(match[2])
  const { spans } = listFields(bytes, message, at.offset, at.offset + at.length)
  return spans.findLast((span) => span.name === match[1] && (index === undefined || span.index === index))
}

function* walkFields(
  reader: WireReader,
  message: keyof MessageTypes | null,
  context: FieldContext,
): Generator<FieldSpan, void, undefined> {
  const rows = new Map((message === null ? [] : fieldTable[message]).map((row) => [row[0], row]))
  const counts = new Map<number, number>()
  while (reader.pos < reader.limit) {
    const offset = reader.pos
    const tag = reader.tag()
    const number = tag >>> 3
    const row = rows.get(number)
    const seen = counts.get(number) ?? 0
    const items =
      row && isPacked(row, tag & 7)
        ? packedItems(reader, row)
        : [row && wireTypeOf(row) === (tag & 7) ? knownItem(reader, row, offset) : unknownItem(reader, tag & 7, offset)]
    let index = seen
    for (const item of items) {
      const known = item.row
      const name = known?.[1] ?? `#${number}`
      const counted = known?.[2] === REPEATED || known === undefined
      const path = `${context.path === '' ? '' : `${context.path}.`}${name}${counted ? `[${index}]` : ''}`
      yield { ...item, number, name, index: counted ? index : undefined, path, hex: context.hex, address: undefined }
      index++
    }
    counts.set(number, index)
  }
}

type Item = Omit<FieldSpan, 'number' | 'name' | 'index' | 'path' | 'hex' | 'address'>

function wireTypeOf(row: FieldRow): number {
  if (row[3] === 'm' || row[4] === 'string' || row[4] === 'bytes') return 2
  if (row[4] === 'fixed32') return 5
  return row[4] === 'fixed64' ? 1 : 0
}

function isPacked(row: FieldRow, wireType: number): boolean {
  return wireType === 2 && row[2] === REPEATED && wireTypeOf(row) !== 2
}

function readScalar(reader: WireReader, row: FieldRow): FieldValue {
  if (row[3] === 'e') return reader.int32()
  switch (row[4]) {
    case 'uint32':
      return reader.uint32()
    case 'int32':
      return reader.int32()
    case 'sint32':
      return reader.sint32()
    case 'uint64':
      return reader.uint64()
    case 'int64':
      return reader.int64()
    case 'sint64':
      return reader.sint64()
    case 'fixed32':
      return reader.fixed32()
    case 'fixed64':
      return reader.fixed64()
    case 'bool':
      return reader.bool()
    case 'string':
      return reader.string()
    default:
      return reader.bytesValue()
  }
}

function* packedItems(reader: WireReader, row: FieldRow): Generator<Item, void, undefined> {
  const outer = reader.open()
  while (reader.pos < reader.limit) {
    const valueOffset = reader.pos
    const value = readScalar(reader, row)
    const length = reader.pos - valueOffset
    const at = { offset: valueOffset, length, valueOffset, valueLength: length }
    yield { type: row[4], row, ...at, value, message: undefined }
  }
  reader.close(outer)
}

function knownItem(reader: WireReader, row: FieldRow, offset: number): Item {
  const start = reader.pos
  const message = row[3] === 'm' ? (row[4] as keyof MessageTypes) : undefined
  const stop = wireTypeOf(row) === 2 ? reader.end() : undefined
  const valueOffset = stop === undefined ? start : reader.pos
  let value: FieldValue | undefined
  if (message === undefined) {
    reader.pos = start
    value = readScalar(reader, row)
  } else reader.pos = stop ?? start
  const at = { offset, length: reader.pos - offset, valueOffset, valueLength: reader.pos - valueOffset }
  return { type: row[4], row, ...at, value, message }
}

function unknownItem(reader: WireReader, wireType: number, offset: number): Item {
  const start = reader.pos
  if (wireType !== 2) {
    reader.skip(wireType, offset)
    const stop = reader.pos
    reader.pos = start
    const value = wireType === 0 ? reader.uint64() : wireType === 1 ? reader.fixed64() : reader.fixed32()
    const type = wireType === 0 ? 'varint' : wireType === 1 ? 'fixed64' : 'fixed32'
    const at = { offset, length: stop - offset, valueOffset: start, valueLength: stop - start }
    return { type, row: undefined, ...at, value, message: undefined }
  }
  const stop = reader.end()
  const valueOffset = reader.pos
  reader.pos = stop
  const bytes = reader.bytes.subarray(valueOffset, stop)
  const at = { offset, length: stop - offset, valueOffset, valueLength: bytes.length }
  const text = looksLikeText(bytes)
  if (text !== undefined) return { type: 'text', row: undefined, ...at, value: text, message: undefined }
  if (looksLikeMessage(bytes)) return { type: 'message', row: undefined, ...at, value: undefined, message: null }
  return { type: 'bytes', row: undefined, ...at, value: bytes, message: undefined }
}

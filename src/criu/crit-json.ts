/**
 * Images as JSON text in the shape of `crit decode` (lib/pycriu/images): `{"magic": …, "entries": [ … ]}`, fields in
 * the order of their numbers, content in base64 under "extra". What differs from crit, and why: docs/crit-json.md.
 * The text comes in pieces, so that neither an object nor a string of the whole image ever exists.
 */
import type { ByteRange } from '../base/errors.ts'
import { base64Lines } from './base64.ts'
import { openImage, readRecords, type DecodedRecord, type OpenedImage } from './decode-image.ts'
import { DefectList } from './defects.ts'
import { showAddress, showScalar } from './display.ts'
import type { Extra } from './extras.ts'
import { fieldTable } from './generated/schema.ts'
import type { MessageTypes } from './generated/types.ts'
import { typeByMagic } from './image-types.ts'
import { JsonWriter, writeDefects } from './json-text.ts'
import { quotedPrintable } from './quoted-printable.ts'
import { writeRaw } from './raw-json.ts'
import type { FieldRow } from './wire.ts'

type Pieces = Generator<string, void, undefined>

export interface CritOptions {
  /** As `crit decode --pretty`: indented, with hexadecimal, names of bits, addresses and devices. */
  readonly pretty: boolean
  /** Bytes of a page, for the number of pages in a pages image; 4096 when not known. */
  readonly pageSize?: number
}

const REPEATED = 2

/**
 * JSON text of an image, in pieces of some 64 KB that end with a newline when joined. Throws FormatError, before the
 * first piece, when the bytes are no known image.
 */
export function critJson(bytes: Uint8Array, fileName: string, options: CritOptions): Pieces {
  const image = openImage(bytes, fileName)
  return image.version === 'raw'
    ? writeRaw(new JsonWriter(options.pretty), image, options.pageSize ?? 4096)
    : writeImage(image, options.pretty)
}

function* writeImage(image: OpenedImage, pretty: boolean): Pieces {
  const out = new JsonWriter(pretty)
  const defects = new DefectList()
  out.begin('{')
  out.key('magic')
  // Types that share a magic have one name in crit: that of the first.
  out.string((typeByMagic(image.type.magic) ?? image.type).name.replace(/_OLD$/, ''))
  out.key('entries')
  out.begin('[')
  for (const record of readRecords(image, defects, true)) {
    yield* writeRecord(out, image, record, pretty)
    if (out.isFull) yield out.take()
  }
  out.end()
  writeDefects(out, defects)
  out.end()
  out.newline()
  yield out.take()
}

function* writeRecord(out: JsonWriter, image: OpenedImage, record: DecodedRecord, pretty: boolean): Pieces {
  out.begin('{')
  yield* writeFields(out, record.message, record.value, pretty, false)
  if (image.type.extra && record.message !== 'ghost_file_entry') {
    out.key('extra')
    yield* writeExtra(out, image.bytes, record.extra, record.message)
  } else if (image.type.extra && record.extra) {
    out.key('extra')
    yield* writeExtra(out, image.bytes, record.extra, record.message)
  }
  out.end()
}

/** The fields of a message, in the order of their numbers; those that did not come are left out. */
function* writeFields(
  out: JsonWriter,
  message: keyof MessageTypes,
  value: object,
  pretty: boolean,
  hex: boolean,
): Pieces {
  const values = value as Readonly<Record<string, unknown>>
  for (const row of fieldTable[message]) {
    const item = values[row[1]]
    if (item === undefined || (row[2] === REPEATED && (item as unknown[]).length === 0)) continue
    out.key(row[1])
    if (row[2] === REPEATED) yield* writeList(out, row, item as unknown[], pretty, hex)
    else yield* writeValue(out, row, item, pretty, hex)
  }
}

function* writeList(out: JsonWriter, row: FieldRow, items: readonly unknown[], pretty: boolean, hex: boolean): Pieces {
  out.begin('[')
  const address = pretty && row[5]?.ipadd ? showAddress(items as number[]) : undefined
  if (address !== undefined) out.string(address)
  else
    for (const item of items) {
      yield* writeValue(out, row, item, pretty, hex)
      if (out.isFull) yield out.take()
    }
  out.end()
}

function* writeValue(out: JsonWriter, row: FieldRow, value: unknown, pretty: boolean, hex: boolean): Pieces {
  if (row[3] === 'm') {
    out.begin('{')
    yield* writeFields(out, row[4] as keyof MessageTypes, value as object, pretty, hex || row[5]?.hex === true)
    out.end()
  } else if (value instanceof Uint8Array) {
    if (row[5]?.conv === 'unix_name') out.string(quotedPrintable(value))
    else yield* writeBase64(out, [value])
  } else {
    const shown = showScalar(row, value, pretty, hex)
    if (shown.quoted) out.string(shown.text)
    else out.literal(shown.text)
  }
}

function* writeBase64(out: JsonWriter, parts: readonly Uint8Array[]): Pieces {
  out.beginString()
  for (const part of parts)
    for (const text of base64Lines(part)) {
      out.base64Part(text)
      if (out.isFull) yield out.take()
    }
  out.endString()
}

/** Content is written plainly even with `pretty`, as crit does. Absent content (shared memory kept as pages) is "". */
function* writeExtra(
  out: JsonWriter,
  bytes: Uint8Array,
  extra: Extra | undefined,
  message: keyof MessageTypes,
): Pieces {
  const at = (range: ByteRange): Uint8Array => bytes.subarray(range.offset, range.offset + range.length)
  switch (extra?.kind) {
    case undefined:
      if (message === 'ipc_shm_entry') out.string('')
      else out.literal('null')
      break
    case 'bytes':
      yield* writeBase64(out, [at(extra.data)])
      break
    case 'tcp':
      out.begin('{')
      out.key('inq')
      yield* writeBase64(out, [at(extra.inq)])
      out.key('outq')
      yield* writeBase64(out, [at(extra.outq)])
      out.end()
      break
    case 'messages':
      out.begin('[')
      for (const { value, data } of extra.messages) {
        out.begin('{')
        yield* writeFields(out, 'ipc_msg', value, false, false)
        out.end()
        yield* writeBase64(out, [at(data)])
      }
      out.end()
      break
    case 'semaphores':
      out.begin('[')
      for (const value of extra.values) out.literal(String(value))
      out.end()
      break
    case 'bpfmap':
      // Keys and values follow each other, so that they are one run of bytes.
      yield* writeBase64(out, [at({ offset: extra.keys.offset, length: extra.keys.length + extra.values.length })])
      break
  }
}

/**
 * Decodes CRIU image files: header, records, and the bytes between them (criu/image.c, criu/protobuf.c).
 *
 *   version 1.1   u32 0x54564319 · u32 magic · records      (service images: first word 0x55105940)
 *   version 1.0   u32 magic · records                       (the inventory has this form in every version)
 *   record        u32 length · protobuf message · extra bytes, for some types
 *
 * All integers little-endian. End of file at the border of a record is the normal end.
 */
import { FormatError } from '../base/errors.ts'
import { DefectList, defect, defectOf, type Defect } from './defects.ts'
import { readExtra, uint32At, type Extra } from './extras.ts'
import { decoders } from './generated/decoders.ts'
import type { MessageTypes } from './generated/types.ts'
import {
  IMG_COMMON_MAGIC,
  IMG_SERVICE_MAGIC,
  imageType,
  matchName,
  typeByMagic,
  type ImageType,
} from './image-types.ts'
import { missingFields } from './missing-fields.ts'
import { WireReader, type Decoder } from './wire.ts'

export type { Defect } from './defects.ts'
export type { Extra } from './extras.ts'

/** One record of an image. */
export interface DecodedRecord<M extends keyof MessageTypes = keyof MessageTypes> {
  readonly message: M
  /** What could be decoded; fields that did not come are undefined. */
  readonly value: MessageTypes[M]
  /** Number of the record in the image, from 0. */
  readonly index: number
  /** Byte offset and length of the protobuf payload in the image file. */
  readonly offset: number
  readonly length: number
  readonly extra: Extra | undefined
  /** What is wrong with this record; also in the image's defects. */
  readonly defect: Defect | undefined
}

export type ImageVersion = '1.0' | '1.1' | 'service' | 'raw'

/** A decoded image. Raw images have no records. */
export interface DecodedImage {
  readonly type: ImageType
  readonly version: ImageVersion
  /** The number in the file name. */
  readonly id: number | undefined
  readonly records: readonly DecodedRecord[]
  readonly defects: readonly Defect[]
}

/** What the first bytes say. */
export interface SniffedImage {
  readonly type: ImageType
  readonly version: ImageVersion
  /** Bytes before the first record. */
  readonly start: number
}

/** First words of `ip address save`, `ip route save` and `ip rule save` (iproute2). */
const IP_DUMPS: Readonly<Record<number, string>> = { 0x47361222: 'IFADDR', 0x45311224: 'ROUTE', 0x71706986: 'RULE' }

/** The image type by its first eight bytes; `fileName` only tells types with the same magic apart. */
export function sniffImage(head: Uint8Array, fileName = ''): SniffedImage | undefined {
  if (head.length < 4) return undefined
  const first = uint32At(head, 0)
  if (first === IMG_COMMON_MAGIC || first === IMG_SERVICE_MAGIC) {
    const type = head.length < 8 ? undefined : typeByMagic(uint32At(head, 4), fileName)
    return type && { type, version: first === IMG_COMMON_MAGIC ? '1.1' : 'service', start: 8 }
  }
  const dump = IP_DUMPS[first]
  if (dump !== undefined) return { type: imageType(dump), version: 'raw', start: 4 }
  const type = typeByMagic(first, fileName)
  return type && { type, version: type.name === 'INVENTORY' ? '1.1' : '1.0', start: 4 }
}

/** Content that whoever ran in the container chose: its first bytes say nothing about the image. */
const NAMED_ONLY: ReadonlySet<string> = new Set(['PAGES', 'TMPFS_IMG', 'TMPFS_DEV'])

/** An image whose header was read. */
export interface OpenedImage extends SniffedImage {
  readonly id: number | undefined
  readonly bytes: Uint8Array
}

/** Reads the header. Throws FormatError when the bytes are no known image. */
export function openImage(bytes: Uint8Array, fileName: string): OpenedImage {
  const named = matchName(fileName)
  const id = named?.id
  const sniffed = sniffImage(bytes.subarray(0, 8), fileName)
  // Page images of version 1.0 have a magic and units of 8 + 4096 bytes; today's have neither.
  const oldPages = sniffed !== undefined && sniffed.type.message === undefined && (bytes.length - 4) % 4104 === 0
  if (named && NAMED_ONLY.has(named.type.name) && !(oldPages && bytes.length % 4096 !== 0))
    return { type: named.type, version: 'raw', start: 0, id, bytes }
  if (sniffed?.version === 'raw') {
    const type = named?.type.framing === 'raw' ? named.type : sniffed.type
    return { ...sniffed, type, id, bytes }
  }
  if (sniffed) return { ...sniffed, version: sniffed.type.message ? sniffed.version : 'raw', id, bytes }
  if (named?.type.framing === 'raw') return { type: named.type, version: 'raw', start: 0, id, bytes }
  throw headerError(bytes, fileName)
}

function headerError(bytes: Uint8Array, fileName: string): FormatError {
  const at = { offset: 0, length: Math.min(8, bytes.length) }
  if (bytes.length === 0) return new FormatError('truncated', 'the image is empty', at)
  if (bytes.length < 4) return new FormatError('truncated', `an image of ${bytes.length} bytes has no magic`, at)
  if (/(^|\/)cipher\.img$/.test(fileName))
    return new FormatError('encrypted', 'the images are encrypted; this is the encrypted key', at)
  const first = uint32At(bytes, 0)
  const common = first === IMG_COMMON_MAGIC || first === IMG_SERVICE_MAGIC
  if (common && bytes.length < 8) return new FormatError('truncated', 'the image ends within its magic', at)
  const magic = common ? uint32At(bytes, 4) : first
  const offset = common ? 4 : 0
  return new FormatError('bad-magic', `unknown magic 0x${magic.toString(16).padStart(8, '0')}`, { offset, length: 4 })
}

/** Images that hold one record; bytes after it are reported. */
const SINGLE: ReadonlySet<string> = new Set(
  (
    'INVENTORY CORE IDS MM FS CREDS UTSNS TIMENS PIDNS USERNS NETNS IPC_VAR TCP_STREAM CGROUP CPUINFO SECCOMP ' +
    'APPARMOR AUTOFS STATS'
  ).split(' '),
)

function messageOf(type: ImageType, index: number): keyof MessageTypes | undefined {
  if (index === 0) return type.message
  if (type.message === 'pagemap_head') return 'pagemap_entry'
  if (type.message === 'ghost_file_entry') return 'ghost_chunk_entry'
  return type.message
}

/**
 * Reads the records of an image one after the other. What is wrong goes to `defects`. The memory limit counts per
 * record with `streaming`, when the caller keeps none of them, else for all records together.
 */
export function* readRecords(
  image: OpenedImage,
  defects: DefectList,
  streaming = false,
): Generator<DecodedRecord, void, undefined> {
  const reader = new WireReader(image.bytes)
  let pos = image.start
  for (let index = 0; pos < image.bytes.length; index++) {
    const message = messageOf(image.type, index)
    if (message === undefined) break
    if (streaming) reader.slots = 0
    const { record, next } = readRecord(reader, image.type, message, index, pos)
    if (index === 1 && SINGLE.has(image.type.name)) defects.add(trailing(pos, image.bytes.length))
    if (record) yield record
    defects.add(next.defect)
    if (record?.defect) defects.add(atRecord(record.defect, index))
    if (next.pos === undefined || record?.defect?.code === 'limit') break
    pos = next.pos
  }
  for (const item of unknownDefects(reader)) defects.add(item)
}

/**
 * Records `from` … `from + count - 1` of an image, and how many there are. The others are hopped over by their lengths,
 * so the type must be one without bytes between records.
 */
export function sliceRecords(
  image: OpenedImage,
  from: number,
  count: number,
): { readonly total: number; readonly records: readonly DecodedRecord[] } {
  const reader = new WireReader(image.bytes)
  const records: DecodedRecord[] = []
  let total = 0
  for (let pos = image.start; image.bytes.length - pos >= 4; total++) {
    const message = messageOf(image.type, total)
    if (message === undefined) break
    if (total >= from && total < from + count) {
      const { record } = readRecord(reader, image.type, message, total, pos)
      if (record) records.push(record)
    }
    pos += 4 + uint32At(image.bytes, pos)
  }
  return { total, records }
}

function trailing(offset: number, end: number): Defect {
  const message = 'bytes follow the only record that such an image has'
  return defect('warning', 'trailing-bytes', message, { offset, length: end - offset })
}

function atRecord(item: Defect, index: number): Defect {
  return { ...item, message: `record ${index}: ${item.message}` }
}

interface ReadStep {
  readonly record: DecodedRecord | undefined
  readonly next: { readonly pos: number | undefined; readonly defect: Defect | undefined }
}

function readRecord(
  reader: WireReader,
  type: ImageType,
  message: keyof MessageTypes,
  index: number,
  pos: number,
): ReadStep {
  const end = reader.bytes.length
  if (end - pos < 4) {
    const at = { offset: pos, length: end - pos }
    return stop(undefined, defect('error', 'truncated', `record ${index}: its length breaks off`, at))
  }
  const declared = uint32At(reader.bytes, pos)
  const offset = pos + 4
  const length = Math.min(declared, end - offset)
  const decoder: Decoder<MessageTypes[keyof MessageTypes]> = decoders[message] as never
  const value = decoder.create()
  let wrong: Defect | undefined
  try {
    reader.spend(16)
    reader.window(offset, offset + length)
    decoder.read(reader, 0, value)
    wrong = missingFields(reader.incomplete)
  } catch (error) {
    wrong = defectOf(error, { offset, length })
  }
  if (length < declared) {
    const text = `a record of ${declared} bytes where ${length} are left`
    wrong = defect('error', 'truncated', text, { offset: pos, length: 4 + length })
    return stop({ message, value, index, offset, length, extra: undefined, defect: wrong }, undefined)
  }
  if (!type.extra)
    return {
      record: { message, value, index, offset, length, extra: undefined, defect: wrong },
      next: { pos: offset + length, defect: undefined },
    }
  const found = readExtra(type.extra, message, value, reader, offset + length)
  const record = { message, value, index, offset, length, extra: found.extra, defect: wrong ?? found.defect }
  return { record, next: { pos: found.next, defect: wrong && found.defect } }
}

function stop(record: DecodedRecord | undefined, wrong: Defect | undefined): ReadStep {
  return { record, next: { pos: undefined, defect: wrong } }
}

/** Fields that the schema does not know, and the one that betrays an encrypted image. */
function unknownDefects(reader: WireReader): Defect[] {
  return [...reader.unknownCounts.values()].map(({ message, number, wireType, offset, count }) => {
    const at = { offset, length: 0 }
    // The encryption proposal puts the nonce of a page range, as bytes, where newer CRIU has nr_pages.
    if (message === 'pagemap_entry' && number === 5 && wireType === 2)
      return defect('error', 'encrypted', 'the memory pages are encrypted', at)
    const times = count === 1 ? 'once' : `${count} times`
    return defect('info', 'unknown-field', `${message} has an unknown field ${number} (${times})`, at)
  })
}

/**
 * Decodes a whole image. Throws FormatError only when nothing can be decoded; everything else that is wrong is in
 * `defects`, and in the `defect` of its record.
 */
export function decodeImage(bytes: Uint8Array, fileName: string): DecodedImage {
  const opened = openImage(bytes, fileName)
  const defects = new DefectList()
  const records: DecodedRecord[] = []
  if (opened.version !== 'raw') for (const record of readRecords(opened, defects)) records.push(record)
  return { type: opened.type, version: versionOf(opened, records), id: opened.id, records, defects: defects.all() }
}

/** The inventory looks the same in every version and says itself which one the other images have. */
function versionOf(image: OpenedImage, records: readonly DecodedRecord[]): ImageVersion {
  if (image.type.name !== 'INVENTORY') return image.version
  const [first] = records
  return first && isOf(first, 'inventory_entry') && first.value.img_version === 1 ? '1.0' : '1.1'
}

/** True when a record is of this message; narrows its value. */
export function isOf<M extends keyof MessageTypes>(record: DecodedRecord, message: M): record is DecodedRecord<M> {
  return record.message === message
}

/** The records of an image that are of this message. */
export function recordsOf<M extends keyof MessageTypes>(image: DecodedImage, message: M): DecodedRecord<M>[] {
  return image.records.filter((record) => isOf(record, message))
}

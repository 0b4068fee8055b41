/**
 * Raw images (no records) as JSON: `{"magic": <NAME>, "raw": …}`. crit cannot decode these; the shape is ours and
 * described in docs/crit-json.md. The same promise: text in pieces, never a whole image in memory twice.
 */
import { decodeText } from '../base/text.ts'
import { base64Lines } from './base64.ts'
import type { OpenedImage } from './decode-image.ts'
import { DefectList } from './defects.ts'
import { writeDefects, type JsonWriter } from './json-text.ts'
import { readNetlink, type NetlinkMessage, type NetlinkValue } from './netlink.ts'

type Pieces = Generator<string, void, undefined>

const NETLINK: ReadonlySet<string> = new Set(['IFADDR', 'ROUTE', 'ROUTE6', 'RULE', 'RULE6', 'NETNF_CT', 'NETNF_EXP'])
const TEXT: ReadonlySet<string> = new Set(['IPTABLES', 'IP6TABLES', 'NFTABLES'])
const SMALL: ReadonlySet<string> = new Set(['AMDGPU_KFD', 'AMDGPU_RENDER', 'AMDGPU_DMABUF'])

/** JSON text of a raw image, in pieces. `pageSize` in bytes, for the count of pages. */
export function* writeRaw(out: JsonWriter, image: OpenedImage, pageSize: number): Pieces {
  const defects = new DefectList()
  const { name } = image.type
  out.begin('{')
  out.key('magic')
  out.string(name)
  out.key('raw')
  if (NETLINK.has(name)) {
    out.begin('[')
    for (const message of readNetlink(image.bytes, image.start, defects)) {
      writeMessage(out, message)
      if (out.isFull) yield out.take()
    }
    out.end()
  } else if (TEXT.has(name)) yield* writeText(out, image.bytes)
  else writeSummary(out, image, pageSize)
  if (SMALL.has(name)) yield* writeContent(out, image.bytes)
  writeDefects(out, defects)
  out.end()
  out.newline()
  yield out.take()
}

function writeMessage(out: JsonWriter, message: NetlinkMessage): void {
  out.begin('{')
  out.key('type')
  out.string(message.type)
  for (const key of ['flags', 'sequence', 'port'] as const) {
    out.key(key)
    out.literal(String(message[key]))
  }
  for (const [key, value] of message.header) {
    out.key(`header.${key}`)
    out.literal(String(value))
  }
  out.key('attributes')
  writeValue(out, message.attributes)
  out.end()
}

function writeValue(out: JsonWriter, value: NetlinkValue): void {
  if (typeof value === 'string') out.string(value)
  else if (typeof value === 'number' || typeof value === 'bigint') out.literal(String(value))
  else {
    out.begin('{')
    for (const [key, inner] of value) {
      out.key(key)
      writeValue(out, inner)
    }
    out.end()
  }
}

const TEXT_PIECE = 32 * 1024

/** Pieces are cut before the first byte of a UTF-8 sequence. */
function* writeText(out: JsonWriter, bytes: Uint8Array): Pieces {
  out.beginString()
  for (let start = 0; start < bytes.length;) {
    let stop = Math.min(bytes.length, start + TEXT_PIECE)
    for (let back = 0; back < 3 && stop < bytes.length && ((bytes[stop] ?? 0) & 0xc0) === 0x80; back++) stop--
    out.stringPart(decodeText(bytes.subarray(start, stop)))
    start = stop
    if (out.isFull) yield out.take()
  }
  out.endString()
}

function writeSummary(out: JsonWriter, image: OpenedImage, pageSize: number): void {
  const size = image.bytes.length
  const content = image.type.name.includes('PAGES') ? 'pages' : contentType(image.bytes)
  out.begin('{')
  out.key('size')
  out.literal(String(size))
  out.key('content')
  out.string(content)
  if (image.type.name === 'PAGES') {
    out.key('page_size')
    out.literal(String(pageSize))
    out.key('pages')
    out.literal(String(Math.floor(size / pageSize)))
  }
  out.end()
}

function contentType(bytes: Uint8Array): 'gzip' | 'zstd' | 'tar' | 'empty' | 'unknown' {
  if (bytes.length === 0) return 'empty'
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return 'gzip'
  if (bytes[0] === 0x28 && bytes[1] === 0xb5 && bytes[2] === 0x2f && bytes[3] === 0xfd) return 'zstd'
  return decodeText(bytes.subarray(257, 262)) === 'ustar' ? 'tar' : 'unknown'
}

function* writeContent(out: JsonWriter, bytes: Uint8Array): Pieces {
  out.key('data')
  out.beginString()
  for (const text of base64Lines(bytes)) {
    out.base64Part(text)
    if (out.isFull) yield out.take()
  }
  out.endString()
}

/**
 * Netlink dumps that CRIU stores as they come from the kernel: `ip address|route|rule save` (after a magic of iproute2)
 * and conntrack dumps. A stream of messages (netlink(7), rtnetlink(7); uapi linux/netlink.h, rtnetlink.h,
 * fib_rules.h, nfnetlink_conntrack.h):
 *
 *   u32 length · u16 type · u16 flags · u32 sequence · u32 port · fixed header · attributes        (padded to 4)
 *   attribute: u16 length · u16 type (top bits: nested, network byte order) · value                (padded to 4)
 */
import { defect, type DefectList } from './defects.ts'
import { addressText } from './ip-address.ts'
import {
  headers,
  messageTypes,
  type AttributeKind,
  type AttributeTable,
  type HeaderField,
  type MessageKind,
} from './netlink-tables.ts'

/** A decoded value: numbers, text (addresses, names, hexadecimal) or attributes inside. */
export type NetlinkValue = number | bigint | string | NetlinkAttributes

/** By name, in the order of the message; a name that came before gets `[1]`, … ; unknown ones are `#<type>`. */
export type NetlinkAttributes = Map<string, NetlinkValue>

/** One message of a dump. */
export interface NetlinkMessage {
  /** `RTM_NEWADDR`, …; `#<number>` for others. */
  readonly type: string
  readonly flags: number
  readonly sequence: number
  readonly port: number
  /** Fixed fields of the type, in order; empty for unknown types. */
  readonly header: ReadonlyMap<string, number>
  readonly attributes: NetlinkAttributes
  /** Byte offset and length of the message in the image. */
  readonly offset: number
  readonly length: number
}

const HEADER = 16
const DEPTH = 8
/** Attributes kept of one message or nest; the kernel never writes as many. */
const ATTRIBUTES = 4096
/** Bytes shown of a value without a known form. */
const SHOWN = 0x10000
const NLA_TYPE = 0x3fff

/** The messages from `start` on; what is wrong goes to `defects`. */
export function* readNetlink(
  bytes: Uint8Array,
  start: number,
  defects: DefectList,
): Generator<NetlinkMessage, void, undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let pos = start
  while (pos < bytes.length) {
    const left = bytes.length - pos
    const length = left < HEADER ? 0 : view.getUint32(pos, true)
    if (length < HEADER || length > left) {
      const message =
        left < HEADER ? 'a netlink message breaks off' : `a netlink message of ${length} bytes, ${left} left`
      defects.add(defect('error', 'length-out-of-bounds', message, { offset: pos, length: left }))
      return
    }
    yield readMessage(view, pos, length, defects)
    pos += (length + 3) & ~3
  }
}

function readMessage(view: DataView, offset: number, length: number, defects: DefectList): NetlinkMessage {
  const number = view.getUint16(offset + 4, true)
  const kind: MessageKind | undefined = messageTypes[number]
  const { header, size } = readHeader(view, offset + HEADER, offset + length, kind ? headers[kind.header] : [])
  const end = offset + length
  const attributes: NetlinkAttributes =
    kind && size >= 0
      ? readAttributes(view, offset + HEADER + size, end, kind.attributes, defects, 0)
      : new Map(length > HEADER ? [['data', hexBytes(view, offset + HEADER, end)]] : [])
  return {
    type: kind?.name ?? `#${number}`,
    flags: view.getUint16(offset + 6, true),
    sequence: view.getUint32(offset + 8, true),
    port: view.getUint32(offset + 12, true),
    header,
    attributes,
    offset,
    length,
  }
}

/** Size -1 when the message is too short for its header. */
function readHeader(
  view: DataView,
  start: number,
  end: number,
  fields: readonly HeaderField[],
): { header: ReadonlyMap<string, number>; size: number } {
  const header = new Map<string, number>()
  const size = fields.reduce((total, [, bytes]) => total + bytes, 0)
  if (start + size > end) return { header, size: -1 }
  let pos = start
  for (const [name, bytes] of fields) {
    const value = bytes === 1 ? view.getUint8(pos) : bytes === 2 ? view.getUint16(pos) : view.getUint32(pos, true)
    if (name !== '') header.set(name, value)
    pos += bytes
  }
  return { header, size }
}

function readAttributes(
  view: DataView,
  start: number,
  end: number,
  table: AttributeTable,
  defects: DefectList,
  depth: number,
): NetlinkAttributes {
  const found: NetlinkAttributes = new Map()
  const counts = new Map<string, number>()
  let pos = start
  while (pos + 4 <= end) {
    if (found.size >= ATTRIBUTES) {
      const message = `more than ${ATTRIBUTES} attributes in a netlink message`
      defects.add(defect('warning', 'limit', message, { offset: pos, length: end - pos }))
      break
    }
    const length = view.getUint16(pos, true)
    if (length < 4 || pos + length > end) {
      const message = `a netlink attribute of ${length} bytes where ${end - pos} are left`
      defects.add(defect('warning', 'length-out-of-bounds', message, { offset: pos, length: end - pos }))
      break
    }
    const type = view.getUint16(pos + 2, true) & NLA_TYPE
    const row = table.get(type)
    const name = row?.[0] ?? `#${type}`
    const seen = counts.get(name) ?? 0
    counts.set(name, seen + 1)
    found.set(
      seen === 0 ? name : `${name}[${seen}]`,
      readValue(view, pos + 4, pos + length, row?.[1] ?? 'hex', defects, depth),
    )
    pos += (length + 3) & ~3
  }
  return found
}

function readValue(
  view: DataView,
  start: number,
  end: number,
  kind: AttributeKind,
  defects: DefectList,
  depth: number,
): NetlinkValue {
  if (typeof kind === 'object')
    return depth < DEPTH ? readAttributes(view, start, end, kind, defects, depth + 1) : hexBytes(view, start, end)
  const size = end - start
  if (kind === 'u8' && size === 1) return view.getUint8(start)
  if (kind === 'be16' && size === 2) return view.getUint16(start)
  if (kind === 'u32' && size === 4) return view.getUint32(start, true)
  if (kind === 's32' && size === 4) return view.getInt32(start, true)
  if (kind === 'be32' && size === 4) return view.getUint32(start)
  if (kind === 'be64' && size === 8) return view.getBigUint64(start)
  if (kind === 'ip') return addressText(part(view, start, end)) ?? hexBytes(view, start, end)
  if (kind === 'text') return text(part(view, start, end)) ?? hexBytes(view, start, end)
  return hexBytes(view, start, end)
}

function part(view: DataView, start: number, end: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start)
}

/** Interface and helper names: ASCII, ended by a NUL; undefined for anything else. */
function text(bytes: Uint8Array): string | undefined {
  const nul = bytes.indexOf(0)
  const name = nul < 0 ? bytes : bytes.subarray(0, nul)
  return name.every((byte) => byte > 32 && byte < 127) ? String.fromCharCode(...name) : undefined
}

/** Hexadecimal; `…` at the end when there is more than an attribute can hold. */
function hexBytes(view: DataView, start: number, end: number): string {
  const shown = part(view, start, Math.min(end, start + SHOWN))
  const digits = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return end - start > SHOWN ? `${digits}…` : digits
}

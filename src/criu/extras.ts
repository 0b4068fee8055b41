/**
 * The bytes that follow some records outside their protobuf message (evidence of CRIU's own writers: criu/pipes.c,
 * sk-queue.c, sk-tcp.c, files-reg.c, ipc_ns.c, bpfmap.c). They are located as ranges in the image, never copied.
 */
import { FormatError, type ByteRange } from '../base/errors.ts'
import { defect, defectOf, type Defect } from './defects.ts'
import { decoders } from './generated/decoders.ts'
import type { ipc_msg, MessageTypes } from './generated/types.ts'
import type { ExtraKind } from './image-types.ts'
import type { WireReader } from './wire.ts'

/** One message of a System V queue. */
export interface QueuedMessage {
  readonly value: ipc_msg
  /** The protobuf payload of the ipc_msg. */
  readonly at: ByteRange
  /** The text of the message, without padding. */
  readonly data: ByteRange
}

/** Raw bytes of a record, located in the image. Ranges are clipped to the image. */
export type Extra =
  | { readonly kind: 'bytes'; readonly data: ByteRange }
  | { readonly kind: 'tcp'; readonly inq: ByteRange; readonly outq: ByteRange }
  | { readonly kind: 'messages'; readonly messages: readonly QueuedMessage[] }
  | { readonly kind: 'semaphores'; readonly data: ByteRange; readonly values: readonly number[] }
  | { readonly kind: 'bpfmap'; readonly keys: ByteRange; readonly values: ByteRange }

/** What was found after a record. */
export interface ExtraResult {
  readonly extra: Extra | undefined
  /** Where the next record begins; undefined when that cannot be known. */
  readonly next: number | undefined
  readonly defect: Defect | undefined
}

const S_IFMT = 0o170000
const S_IFREG = 0o100000

/** Hands out consecutive ranges, clipped to the image. */
class Cutter {
  pos: number
  missing = 0
  readonly #end: number

  constructor(pos: number, end: number) {
    this.pos = pos
    this.#end = end
  }

  cut(length: number, padded = length): ByteRange {
    const offset = this.pos
    const left = this.#end - offset
    this.pos = offset + Math.min(padded, left)
    // Padding that is cut off loses nothing.
    if (length > left) this.missing += length - left
    return { offset, length: Math.min(length, left) }
  }
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit
}

/** Finds the extra bytes of a record that ends at `pos`. `value` is its message, possibly damaged. */
export function readExtra<M extends keyof MessageTypes>(
  kind: ExtraKind,
  message: M,
  value: MessageTypes[M],
  reader: WireReader,
  pos: number,
): ExtraResult {
  const end = reader.bytes.length
  const cutter = new Cutter(pos, end)
  try {
    const extra = locate(kind, message, value as never, reader, cutter)
    const lost =
      cutter.missing > 0
        ? defect('error', 'truncated', `${cutter.missing} bytes of content are missing`, { offset: end, length: 0 })
        : sizeDefect(message, value as never, extra, pos)
    return { extra, next: cutter.pos, defect: lost }
  } catch (error) {
    return { extra: undefined, next: undefined, defect: defectOf(error, { offset: pos, length: end - pos }) }
  }
}

/** A plain ghost file is as long as it says, and only regular files have content (criu/files-reg.c). */
function sizeDefect(
  message: string,
  value: MessageTypes['ghost_file_entry'],
  extra: Extra | undefined,
  pos: number,
): Defect | undefined {
  if (message !== 'ghost_file_entry' || extra?.kind !== 'bytes') return undefined
  const { length } = extra.data
  const at = { offset: pos, length }
  if (!isRegular(value)) return defect('warning', 'trailing-bytes', 'content of a file that can have none', at)
  if (value.size === undefined || BigInt(length) === value.size) return undefined
  return defect('warning', 'bad-extra', `content of ${length} bytes where ${value.size} are declared`, at)
}

/** Without a mode it is taken for a regular file, so that content is not lost. */
function isRegular({ mode }: MessageTypes['ghost_file_entry']): boolean {
  return mode === undefined || (mode & S_IFMT) === S_IFREG
}

type AnyWithExtra = MessageTypes['pipe_data_entry'] &
  MessageTypes['sk_packet_entry'] &
  MessageTypes['tcp_stream_entry'] &
  MessageTypes['ghost_file_entry'] &
  MessageTypes['ghost_chunk_entry'] &
  MessageTypes['ipc_shm_entry'] &
  MessageTypes['ipc_msg_entry'] &
  MessageTypes['ipc_sem_entry'] &
  MessageTypes['bpfmap_data_entry']

function locate(
  kind: ExtraKind,
  message: keyof MessageTypes,
  value: AnyWithExtra,
  reader: WireReader,
  cutter: Cutter,
): Extra | undefined {
  switch (kind) {
    case 'bytes':
      return {
        kind: 'bytes',
        data: cutter.cut(known(message === 'pipe_data_entry' ? value.bytes : value.length, cutter.pos)),
      }
    case 'tcp':
      return {
        kind: 'tcp',
        inq: cutter.cut(known(value.inq_len, cutter.pos)),
        outq: cutter.cut(known(value.outq_len, cutter.pos)),
      }
    case 'ghost':
      return ghost(message, value, reader, cutter)
    case 'shm': {
      if (value.in_pagemaps === true) return undefined
      const size = known(value.size, cutter.pos)
      return { kind: 'bytes', data: cutter.cut(size, roundUp(size, 4)) }
    }
    case 'msg':
      return { kind: 'messages', messages: queue(known(value.qnum, cutter.pos), reader, cutter) }
    case 'sem':
      return semaphores(known(value.nsems, cutter.pos), reader, cutter)
    case 'bpfmap':
      return {
        kind: 'bpfmap',
        keys: cutter.cut(known(value.keys_bytes, cutter.pos)),
        values: cutter.cut(known(value.values_bytes, cutter.pos)),
      }
  }
}

/** A length that has to be there for the framing; 64-bit ones beyond 2^53 are clipped like any other. */
function known(length: number | bigint | undefined, at: number): number {
  if (length === undefined) throw new FormatError('bad-extra', 'the length of the content is missing', undefined)
  const value = Number(length)
  if (value < 0) throw new FormatError('bad-extra', `content of ${value} bytes`, { offset: at, length: 0 })
  return value
}

/** Chunked content comes as records of its own; plain content is the rest of the image, for regular files only. */
function ghost(
  message: keyof MessageTypes,
  value: AnyWithExtra,
  reader: WireReader,
  cutter: Cutter,
): Extra | undefined {
  if (message === 'ghost_chunk_entry') return { kind: 'bytes', data: cutter.cut(known(value.len, cutter.pos)) }
  if (value.chunks === true) return undefined
  const left = reader.bytes.length - cutter.pos
  return isRegular(value) || left > 0 ? { kind: 'bytes', data: cutter.cut(left) } : undefined
}

/** `count` times [u32 length · ipc_msg · text padded to 8 bytes] (criu/ipc_ns.c). */
function queue(count: number, reader: WireReader, cutter: Cutter): QueuedMessage[] {
  const messages: QueuedMessage[] = []
  for (let i = 0; i < count; i++) {
    const head = cutter.cut(4)
    if (head.length < 4) break
    const at = cutter.cut(uint32At(reader.bytes, head.offset))
    const value = decoders.ipc_msg.create()
    reader.window(at.offset, at.offset + at.length)
    decoders.ipc_msg.read(reader, 0, value)
    reader.spend(24)
    const size = known(value.msize, cutter.pos)
    messages.push({ value, at, data: cutter.cut(size, roundUp(size, 8)) })
  }
  return messages
}

function semaphores(count: number, reader: WireReader, cutter: Cutter): Extra {
  const data = cutter.cut(count * 2, roundUp(count * 2, 8))
  const held = Math.floor(data.length / 2)
  reader.spend(held)
  const view = new DataView(reader.bytes.buffer, reader.bytes.byteOffset + data.offset, data.length)
  return { kind: 'semaphores', data, values: Array.from({ length: held }, (_, i) => view.getUint16(i * 2, true)) }
}

/** Little-endian u32; the caller has checked that four bytes are there. */
export function uint32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
  return (low | ((bytes[at + 3] ?? 0) << 24)) >>> 0
}

/**
 * Builds tars byte by byte, defects included. Every builder returns whole blocks; `tar` puts them one behind the
 * other and adds the end mark.
 */
import { encodeText } from '../../src/base/text.ts'

export interface TarEntry {
  readonly name: string
  readonly body?: Uint8Array | string
  readonly type?: string
  readonly link?: string
  readonly prefix?: string
  /** Recorded size when it is not the body's. */
  readonly size?: number
  readonly mode?: number
  readonly uid?: number
  readonly mtime?: number
  readonly device?: readonly [number, number]
  readonly magic?: 'ustar' | 'gnu' | 'v7'
  /** Writes size in base-256. */
  readonly base256?: boolean
  /** Changes the header block before the checksum is made. */
  readonly patch?: (block: Uint8Array) => void
  /** Changes it afterwards. */
  readonly spoil?: (block: Uint8Array) => void
  readonly checksum?: 'unsigned' | 'signed'
}

const encoder = new TextEncoder()

export function toBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === 'string' ? encoder.encode(body) : body
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Body padded to whole blocks. */
export function padBlocks(body: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(body.length / 512) * 512)
  out.set(body)
  return out
}

function octal(block: Uint8Array, at: number, width: number, value: number): void {
  block.set(encoder.encode(value.toString(8).padStart(width - 1, '0')), at)
}

export function base256(block: Uint8Array, at: number, width: number, value: number): void {
  let rest = value
  for (let i = at + width - 1; i > at; i--) {
    block[i] = rest % 256
    rest = Math.floor(rest / 256)
  }
  block[at] = 0x80
}

/** Writes a checksum that fits the block. */
function sign(block: Uint8Array, kind: 'unsigned' | 'signed' = 'unsigned'): void {
  block.fill(0x20, 148, 156)
  let sum = 0
  for (const byte of block.subarray(0, 512)) sum += kind === 'signed' && byte > 127 ? byte - 256 : byte
  block.set(encoder.encode(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
}

/** One header block. */
export function tarHeader(entry: TarEntry): Uint8Array {
  const block = new Uint8Array(512)
  block.set(encodeText(entry.name).subarray(0, 100), 0)
  octal(block, 100, 8, entry.mode ?? 0o644)
  octal(block, 108, 8, entry.uid ?? 0)
  octal(block, 116, 8, 0)
  const size = entry.size ?? toBytes(entry.body ?? '').length
  if (entry.base256) base256(block, 124, 12, size)
  else octal(block, 124, 12, size)
  octal(block, 136, 12, entry.mtime ?? 1_700_000_000)
  block[156] = (entry.type ?? '0').charCodeAt(0)
  if (entry.link !== undefined) block.set(encodeText(entry.link).subarray(0, 100), 157)
  const magic = entry.magic ?? 'ustar'
  if (magic === 'ustar') block.set(encoder.encode('ustar\0' + '00'), 257)
  if (magic === 'gnu') block.set(encoder.encode('ustar  \0'), 257)
  if (entry.device) {
    octal(block, 329, 8, entry.device[0])
    octal(block, 337, 8, entry.device[1])
  }
  if (entry.prefix !== undefined) block.set(encodeText(entry.prefix).subarray(0, 155), 345)
  entry.patch?.(block)
  sign(block, entry.checksum)
  entry.spoil?.(block)
  return block
}

/** Header and padded body. */
export function tarMember(entry: TarEntry): Uint8Array {
  return concat(tarHeader(entry), padBlocks(toBytes(entry.body ?? '')))
}

/** One pax record; the length counts itself. */
export function paxRecord(key: string, value: Uint8Array | string): Uint8Array {
  const tail = concat(encoder.encode(` ${key}=`), toBytes(value), encoder.encode('\n'))
  let length = tail.length + 1
  while (String(length).length + tail.length !== length) length = String(length).length + tail.length
  return concat(encoder.encode(String(length)), tail)
}

/** A pax header (`x`, or `g` for all that follow). */
export function pax(records: readonly (readonly [string, Uint8Array | string])[], type: 'x' | 'g' = 'x'): Uint8Array {
  const body = concat(...records.map(([key, value]) => paxRecord(key, value)))
  return tarMember({ name: 'PaxHeaders/x', type, body })
}

/** GNU long name (`L`) or link (`K`). */
export function gnuLong(type: 'L' | 'K', text: string): Uint8Array {
  return tarMember({ name: '././@LongLink', type, magic: 'gnu', body: concat(encodeText(text), Uint8Array.of(0)) })
}

const END_MARK = new Uint8Array(1024)

/** Members and the end mark. */
export function tar(...members: readonly (TarEntry | Uint8Array)[]): Uint8Array {
  return concat(...members.map((member) => (member instanceof Uint8Array ? member : tarMember(member))), END_MARK)
}

/** The smallest thing that is a checkpoint: an inventory image with its magic and an empty record. */
export function inventoryImage(): Uint8Array {
  return Uint8Array.of(0x16, 0x31, 0x31, 0x58, 0, 0, 0, 0)
}

/** A tiny checkpoint archive as the engines lay it out. */
export function checkpointTar(prefix = ''): Uint8Array {
  return tar(
    { name: `${prefix}checkpoint/`, type: '5', mode: 0o700 },
    { name: `${prefix}checkpoint/inventory.img`, body: inventoryImage() },
    { name: `${prefix}checkpoint/pages-1.img`, body: new Uint8Array(4096).fill(7) },
    { name: `${prefix}config.dump`, body: '{"id":"abc"}' },
    { name: `${prefix}spec.dump`, body: '{}' },
  )
}

/**
 * Writes tar headers in the GNU dialect: names of any length and any bytes (`L`, `K`), sizes beyond 8 GiB (base-256).
 * Every reader of container images takes it.
 */
import { encodeText } from '../base/text.ts'

export const BLOCK = 512

/** What a header says. Text is lossless (`base/text.ts`). */
export interface TarEntry {
  readonly name: string
  /** Type byte: `0` file, `1` hard link, `2` symbolic link, `3` and `4` devices, `5` directory, `6` fifo. */
  readonly type: string
  /** Bytes of the body that follows. */
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since the epoch. */
  readonly mtime: number
  readonly link: string
  readonly device: { readonly major: number; readonly minor: number } | undefined
}

const NAME = 100
const MAGIC = 'ustar  \0'

/** The header of an entry, with the headers for a long name or link before it. */
export function tarHeader(entry: TarEntry): Uint8Array<ArrayBuffer> {
  const name = encodeText(entry.name)
  const link = encodeText(entry.link)
  const long = [name.length > NAME ? longText('L', name) : [], link.length > NAME ? longText('K', link) : []].flat()
  return joinBytes([...long, headerBlock(entry, name, link)])
}

/** Bytes that bring a body of that size to whole blocks. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

function longText(type: string, text: Uint8Array): Uint8Array[] {
  const size = text.length + 1
  const entry = { name: '', type, size, mode: 0, uid: 0, gid: 0, mtime: 0, link: '', device: undefined }
  return [headerBlock(entry, encodeText('././@LongLink'), new Uint8Array()), text, new Uint8Array(1 + padding(size))]
}

function headerBlock(entry: TarEntry, name: Uint8Array, link: Uint8Array): Uint8Array {
  const block = new Uint8Array(BLOCK)
  block.set(name.subarray(0, NAME), 0)
  number(block, 100, 8, entry.mode)
  number(block, 108, 8, entry.uid)
  number(block, 116, 8, entry.gid)
  number(block, 124, 12, entry.size)
  number(block, 136, 12, Math.max(0, Math.floor(entry.mtime)))
  block.fill(0x20, 148, 156)
  block.set(encodeText(entry.type), 156)
  block.set(link.subarray(0, NAME), 157)
  block.set(encodeText(MAGIC), 257)
  if (entry.device) {
    number(block, 329, 8, entry.device.major)
    number(block, 337, 8, entry.device.minor)
  }
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.set(encodeText(`${sum.toString(8).padStart(6, '0')}\0`), 148)
  return block
}

/** Octal digits and a NUL, or base-256 where they do not fit. */
function number(block: Uint8Array, at: number, width: number, value: number): void {
  const digits = value.toString(8)
  if (digits.length < width) {
    block.set(encodeText(digits.padStart(width - 1, '0')), at)
    return
  }
  block[at] = 0x80
  for (let i = at + width - 1, rest = value; i > at; i--, rest = Math.floor(rest / 256)) block[i] = rest % 256
}

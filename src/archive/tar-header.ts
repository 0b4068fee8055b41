/**
 * One 512-byte tar header (POSIX.1-1988 ustar, pax, GNU, v7).
 *
 *   0 name 100 | 100 mode 8 | 108 uid 8 | 116 gid 8 | 124 size 12 | 136 mtime 12 | 148 checksum 8
 *   156 type 1 | 157 link name 100 | 257 magic 6 | 263 version 2 | 265 user 32 | 297 group 32
 *   329 major 8 | 337 minor 8 | 345 prefix 155 (GNU keeps times and the sparse map there)
 *
 * Numbers are octal text, or base-256 when the first byte has its top bit set (GNU). Text is bytes.
 */

/** Size of a header and the unit bodies are padded to. */
export const TAR_BLOCK = 512

/** Dialect by the magic field. `v7` has none: only the checksum tells that it is a header. */
export type TarDialect = 'ustar' | 'gnu' | 'v7'

/** A header as recorded; undefined numbers are blank or not numbers. */
export interface TarHeader {
  readonly dialect: TarDialect
  /** Name with the ustar prefix joined, raw bytes. */
  readonly name: Uint8Array
  readonly link: Uint8Array
  /** Type byte as a character; '0' for the NUL of old archives. */
  readonly type: string
  readonly size: number | undefined
  readonly mode: number | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly mtime: number | undefined
  readonly major: number | undefined
  readonly minor: number | undefined
  /** What the checksum says about this block. */
  readonly checksum: 'good' | 'bad'
}

/** True when every byte is zero. */
export function isZeroBlock(block: Uint8Array): boolean {
  for (const byte of block) if (byte !== 0) return false
  return true
}

/** The sum matches, taken over unsigned bytes (the standard) or signed ones (some old writers). */
export function hasGoodChecksum(block: Uint8Array): boolean {
  const recorded = parseOctal(block.subarray(148, 156))
  if (recorded === undefined || block.length < TAR_BLOCK) return false
  let unsigned = 0
  let signed = 0
  for (let i = 0; i < TAR_BLOCK; i++) {
    const byte = i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0)
    unsigned += byte
    signed += byte < 128 ? byte : byte - 256
  }
  return recorded === unsigned || recorded === signed
}

/** True for a block with a tar magic or, lacking one (v7), a good checksum. */
export function looksLikeHeader(block: Uint8Array): boolean {
  if (block.length < TAR_BLOCK || block[0] === 0) return false
  return hasGoodChecksum(block)
}

/** Dialect by the magic at 257. */
function tarDialect(block: Uint8Array): TarDialect {
  const magic = latin1(block.subarray(257, 265))
  if (magic.startsWith('ustar\0')) return 'ustar'
  return magic.startsWith('ustar ') ? 'gnu' : 'v7'
}

/** Reads a header block; never throws. */
export function readHeader(block: Uint8Array): TarHeader {
  const dialect = tarDialect(block)
  const type = block[156] ?? 0
  return {
    dialect,
    name: joinPrefix(block, dialect),
    link: untilNul(block.subarray(157, 257)),
    type: type === 0 ? '0' : String.fromCharCode(type),
    size: parseNumber(block.subarray(124, 136)),
    mode: parseNumber(block.subarray(100, 108)),
    uid: parseNumber(block.subarray(108, 116)),
    gid: parseNumber(block.subarray(116, 124)),
    mtime: parseNumber(block.subarray(136, 148)),
    major: dialect === 'v7' ? undefined : parseNumber(block.subarray(329, 337)),
    minor: dialect === 'v7' ? undefined : parseNumber(block.subarray(337, 345)),
    checksum: hasGoodChecksum(block) ? 'good' : 'bad',
  }
}

function joinPrefix(block: Uint8Array, dialect: TarDialect): Uint8Array {
  const name = untilNul(block.subarray(0, 100))
  if (dialect !== 'ustar') return name
  // star (Schilling) marks its headers with "tar\0" at the end and keeps times in the last 24 bytes of the prefix.
  const isStar = latin1(block.subarray(508, 512)) === 'tar\0'
  const prefix = untilNul(block.subarray(345, isStar ? 476 : 500))
  if (prefix.length === 0) return name
  const joined = new Uint8Array(prefix.length + 1 + name.length)
  joined.set(prefix)
  joined[prefix.length] = 0x2f
  joined.set(name, prefix.length + 1)
  return joined
}

/** A numeric field: octal text or base-256. Negative, too large or malformed values are undefined. */
export function parseNumber(field: Uint8Array): number | undefined {
  const first = field[0] ?? 0
  return (first & 0x80) === 0 ? parseOctal(field) : parseBase256(field, first)
}

function parseBase256(field: Uint8Array, first: number): number | undefined {
  if ((first & 0x40) !== 0) return undefined // negative
  let value = first & 0x3f
  for (const byte of field.subarray(1)) {
    value = value * 256 + byte
    if (value > Number.MAX_SAFE_INTEGER) return undefined
  }
  return value
}

/** Octal digits between optional leading blanks and a trailing blank or NUL. */
function parseOctal(field: Uint8Array): number | undefined {
  const text = latin1(field)
  const match = /^[ \0]*([0-7]+)[ \0]*/.exec(text)
  if (!match) return undefined
  const after = text.charCodeAt(match[0].length)
  const last = match[0].charCodeAt(match[0].length - 1)
  // A digit that is not octal, or a sign, right behind the number makes the whole field void.
  if (!Number.isNaN(after) && last !== 0x20 && last !== 0) return undefined
  return Number.parseInt(match[1] ?? '', 8)
}

/** Bytes up to the first NUL. */
export function untilNul(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0)
  return end < 0 ? bytes : bytes.subarray(0, end)
}

/** Bytes as characters of the same number. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

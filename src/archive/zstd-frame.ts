/**
 * Frame and block headers of zstd (RFC 8878, section 3.1.1), and of what may stand between frames.
 *
 *   frame   magic 28 b5 2f fd | descriptor 1 | [window 1] | [dictionary 0-4] | [content size 0-8] | blocks | [checksum 4]
 *   block   3 bytes little-endian: bit 0 last, bits 1-2 type (raw, RLE, compressed, reserved), 21 bits size
 *   skippable frame   magic 184d2a50 to 184d2a5f (little-endian) | u32 length | bytes
 */

/** What starts at an offset. */
export type ZstdUnit =
  | {
      readonly kind: 'frame'
      readonly headerLength: number
      /** Bytes of history that matches may reach back. */
      readonly window: number
      /** Size of the content when declared. */
      readonly contentSize: number | undefined
      readonly hasChecksum: boolean
      /** 0 for none. */
      readonly dictionary: number
    }
  | { readonly kind: 'skippable'; readonly length: number }
  | { readonly kind: 'cut' }
  | { readonly kind: 'other' }

/** Longest frame header. */
export const ZSTD_HEADER = 18
/** Largest block, stored or decoded. */
export const ZSTD_BLOCK = 128 * 1024

/** Reads the unit at the start of `head`, which holds at least `ZSTD_HEADER` bytes unless the input ends. */
export function readZstdUnit(head: Uint8Array): ZstdUnit {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  if (head.length < 4) return { kind: 'other' }
  const magic = view.getUint32(0, true)
  if (magic >>> 4 === 0x184d2a5)
    return head.length < 8 ? { kind: 'cut' } : { kind: 'skippable', length: 8 + view.getUint32(4, true) }
  if (magic !== 0xfd2fb528) return { kind: 'other' }
  const descriptor = head[4]
  if (descriptor === undefined) return { kind: 'cut' }
  const isSingle = (descriptor & 0x20) !== 0
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] ?? 0
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0
  const dictionaryAt = 5 + (isSingle ? 0 : 1)
  const sizeAt = dictionaryAt + dictionaryBytes
  const headerLength = sizeAt + sizeBytes
  if (head.length < headerLength) return { kind: 'cut' }
  const contentSize = sizeBytes === 0 ? undefined : littleEndian(head, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0)
  return {
    kind: 'frame',
    headerLength,
    window: isSingle ? (contentSize ?? 0) : windowSize(head[5] ?? 0),
    contentSize,
    hasChecksum: (descriptor & 4) !== 0,
    dictionary: littleEndian(head, dictionaryAt, dictionaryBytes),
  }
}

function windowSize(byte: number): number {
  const base = 2 ** (10 + (byte >> 3))
  return base + (base / 8) * (byte & 7)
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = count - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] ?? 0)
  return value
}

export interface ZstdBlock {
  readonly isLast: boolean
  readonly type: 'raw' | 'rle' | 'compressed' | 'reserved'
  /** Bytes that follow the header. */
  readonly stored: number
  /** Size field: the decoded size of raw and RLE blocks. */
  readonly size: number
}

/** Reads the block header of three bytes at `at`. */
export function readZstdBlock(bytes: Uint8Array, at: number): ZstdBlock {
  const value = littleEndian(bytes, at, 3)
  const type = (['raw', 'rle', 'compressed', 'reserved'] as const)[(value >> 1) & 3] ?? 'reserved'
  const size = value >> 3
  return { isLast: (value & 1) === 1, type, stored: type === 'rle' ? 1 : size, size }
}

/**
 * One pagemap_entry, straight from the wire, with what is known of compressed and encrypted pages (CRIU 2026 and its
 * development variants):
 *
 *   final form         blocks = 6: message { block_sizes = 1 (packed uint32), total_payload_size = 2,
 *                      pages_per_block = 3, payload_padded = 4 }
 *   development form   compressed_size = 6 (repeated uint32), total_compressed_size = 7, region_pages = 8
 *   encryption         field 5 (elsewhere nr_pages) as bytes
 */
import type { ByteRange } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { defect, type DefectList } from './defects.ts'
import { WireReader } from './wire.ts'

/** How the pages of an entry are compressed. */
export interface EntryCompression {
  readonly form: 'final' | 'development'
  /** Stored bytes of each block: 0 for a block of zeros, the full size for an uncompressed one, else LZ4. */
  readonly blockSizes: Uint32Array
  /** Bytes of all blocks together, as declared. */
  readonly totalSize: number | undefined
  /** Pages in a block; the last block may be shorter. */
  readonly pagesPerBlock: number | undefined
  /** Each block begins at the border of a page. */
  readonly padded: boolean
  /** The fields in the pagemap image. */
  readonly at: ByteRange
}

/** One decoded entry, normalised. */
export interface PagemapRow {
  readonly vaddr: bigint
  readonly pages: number
  readonly flags: number
  /** False when the address or both page counts did not come. */
  readonly complete: boolean
  readonly compression: RawCompression | undefined
  /** Field 5 holds a nonce: the content of the pages is encrypted. */
  readonly encrypted: boolean
}

/** The fields 6, 7 and 8 of an entry as they came. */
export interface RawCompression {
  readonly bytes: Uint8Array
  /** Field 6 with wire type 2: a message, or packed sizes. */
  block: ByteRange | undefined
  /** Field 6 as plain varints. */
  sizes: number[]
  total: number | undefined
  perBlock: number | undefined
}

const PARENT = 1
const PRESENT = 4

/** A function that reads the entry between two offsets; throws FormatError when it is damaged. */
export function entryDecoder(reader: WireReader): (offset: number, end: number) => PagemapRow {
  return (offset, end) => {
    let vaddr: bigint | undefined
    let compat: number | undefined
    let pages: number | undefined
    let flags: number | undefined
    let inParent = false
    let encrypted = false
    let compression: RawCompression | undefined
    reader.window(offset, end)
    reader.slots = 0
    while (reader.pos < reader.limit) {
      const at = reader.pos
      const tag = reader.tag()
      if (tag === 0x08) vaddr = reader.uint64()
      else if (tag === 0x10) compat = reader.uint32()
      else if (tag === 0x18) inParent = reader.bool()
      else if (tag === 0x20) flags = reader.uint32()
      else if (tag === 0x28) pages = Number(reader.uint64())
      else if (tag >>> 3 >= 6 && tag >>> 3 <= 8) compression = compressionField(reader, tag, at, compression)
      else {
        reader.skip(tag & 7, at)
        if (tag === 0x2a) encrypted = true
      }
    }
    const normal = (flags ?? (inParent ? 0 : PRESENT)) | (inParent ? PARENT : 0)
    const complete = vaddr !== undefined && (pages ?? compat) !== undefined
    return { vaddr: vaddr ?? 0n, pages: pages ?? compat ?? 0, flags: normal, complete, compression, encrypted }
  }
}

function compressionField(
  reader: WireReader,
  tag: number,
  at: number,
  found: RawCompression | undefined,
): RawCompression {
  const raw = found ?? { bytes: reader.bytes, block: undefined, sizes: [], total: undefined, perBlock: undefined }
  if (tag === 0x30) raw.sizes.push(reader.uint32())
  else if (tag === 0x32) {
    const outer = reader.open()
    raw.block = { offset: reader.pos, length: reader.limit - reader.pos }
    reader.pos = reader.limit
    reader.close(outer)
  } else if (tag === 0x38) raw.total = Number(reader.uint64())
  else if (tag === 0x40) raw.perBlock = reader.uint32()
  else reader.skip(tag & 7, at)
  return raw
}

/** Makes sense of the compression fields; undefined, with a defect, when they fit no known form. */
export function compressionOf(raw: RawCompression, pages: number, defects: DefectList): EntryCompression | undefined {
  const { block } = raw
  const at = block ?? { offset: 0, length: 0 }
  const development = raw.total !== undefined || raw.perBlock !== undefined || raw.sizes.length > 0
  try {
    const result = development ? developmentForm(raw, at) : block && finalForm(raw.bytes, block)
    if (result && isConsistent(result, pages)) return result
  } catch {
    // Not a message either: reported below.
  }
  defects.add(defect('error', 'unsupported', 'the pages are compressed in a way that is not known', at))
  return undefined
}

function isConsistent(found: EntryCompression, pages: number): boolean {
  const perBlock = found.pagesPerBlock
  if (perBlock === undefined || perBlock === 0 || Math.ceil(pages / perBlock) !== found.blockSizes.length) return false
  const sum = found.blockSizes.reduce((total, size) => total + size, 0)
  return found.padded || found.totalSize === undefined || found.totalSize === sum
}

function packed(reader: WireReader): number[] {
  const sizes: number[] = []
  while (reader.pos < reader.limit && sizes.length < limits.pagemapEntries) sizes.push(reader.uint32())
  return sizes
}

function developmentForm(raw: RawCompression, at: ByteRange): EntryCompression {
  const sizes = raw.block
    ? packed(new WireReader(raw.bytes, raw.block.offset, raw.block.offset + raw.block.length))
    : raw.sizes
  return {
    form: 'development',
    blockSizes: Uint32Array.from(sizes),
    totalSize: raw.total,
    pagesPerBlock: raw.perBlock ?? (sizes.length > 0 ? 1 : undefined),
    padded: false,
    at,
  }
}

function finalForm(bytes: Uint8Array, at: ByteRange): EntryCompression {
  const reader = new WireReader(bytes, at.offset, at.offset + at.length)
  let sizes: number[] = []
  let totalSize: number | undefined
  let pagesPerBlock: number | undefined
  let padded = false
  while (reader.pos < reader.limit) {
    const start = reader.pos
    const tag = reader.tag()
    if (tag === 0x0a) {
      const outer = reader.open()
      sizes = sizes.concat(packed(reader))
      reader.close(outer)
    } else if (tag === 0x08) sizes.push(reader.uint32())
    else if (tag === 0x10) totalSize = Number(reader.uint64())
    else if (tag === 0x18) pagesPerBlock = reader.uint32()
    else if (tag === 0x20) padded = reader.bool()
    else reader.skip(tag & 7, start)
  }
  return { form: 'final', blockSizes: Uint32Array.from(sizes), totalSize, pagesPerBlock, padded, at }
}

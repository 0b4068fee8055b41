/**
 * Pagemap images as columns: which pages of an address space (or of a shared memory object) are stored, and where in
 * the pages image (criu/pagemap.c, criu/include/pagemap.h). One row for each pagemap_entry, in file order, because
 * stored pages follow each other in that order; rows are not always sorted by address.
 *
 * Rows are normalised as CRIU does on restore (init_compat_pagemap_entry): `in_parent` becomes the PARENT flag, an
 * entry without flags is PRESENT, and a page count may stand in `compat_nr_pages` (up to CRIU 4.1) or `nr_pages`.
 */
import { LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { openImage } from './decode-image.ts'
import { DefectList, defect, defectOf, type Defect } from './defects.ts'
import { uint32At } from './extras.ts'
import { compressionOf, entryDecoder, type EntryCompression, type PagemapRow } from './pagemap-entry.ts'
import { WireReader } from './wire.ts'

export type { EntryCompression } from './pagemap-entry.ts'

/** The pages are in the pages image; PRESENT and LAZY together are stored too. */
const PE_PRESENT = 4

/** A pagemap image as columns of equal length, one item per entry. */
export interface Pagemap {
  /** The number in the name of the pages image; undefined when the head is missing or damaged. */
  readonly pagesId: number | undefined
  /** First address; for shared memory the offset in the object. 32-bit tasks may have it sign-extended. */
  readonly vaddr: BigUint64Array
  /** Number of pages (exact below 2^53). */
  readonly pages: Float64Array
  /** PE_* bits. */
  readonly flags: Uint32Array
  /** Pages stored before those of this entry: × page size is the offset in the pages image, when uncompressed. */
  readonly firstPage: Float64Array
  /** Byte offset of the entry's protobuf payload in the pagemap image. */
  readonly recordOffset: Uint32Array
  /** Byte length of that payload. */
  readonly recordLength: Uint32Array
  /** Compressed entries by row; empty for all images before 2026. */
  readonly compression: ReadonlyMap<number, EntryCompression>
  /** The page content is encrypted and cannot be read. */
  readonly encrypted: boolean
  readonly defects: readonly Defect[]
}

/** No 64-bit address space has more pages of 4 KiB. */
const MAX_PAGES = 2 ** 52

interface Columns {
  readonly vaddr: BigUint64Array
  readonly pages: Float64Array
  readonly flags: Uint32Array
  readonly firstPage: Float64Array
  readonly recordOffset: Uint32Array
  readonly recordLength: Uint32Array
}

function columns(count: number): Columns {
  return {
    vaddr: new BigUint64Array(count),
    pages: new Float64Array(count),
    flags: new Uint32Array(count),
    firstPage: new Float64Array(count),
    recordOffset: new Uint32Array(count),
    recordLength: new Uint32Array(count),
  }
}

/** Number of whole records, at most `most`; hops over the lengths only. */
function countRecords(bytes: Uint8Array, start: number, most: number): number {
  let count = 0
  for (let pos = start; pos + 4 <= bytes.length && count < most; count++) {
    pos += 4 + uint32At(bytes, pos)
    if (pos > bytes.length) break
  }
  return count
}

/** Decodes a pagemap image. Throws FormatError when it is none; other defects are listed. */
export function decodePagemap(bytes: Uint8Array, fileName: string): Pagemap {
  const image = openImage(bytes, fileName)
  if (image.type.message !== 'pagemap_head') throw new TypeError(`${image.type.name} is no pagemap image`)
  const defects = new DefectList()
  const records = countRecords(bytes, image.start, limits.pagemapEntries + 2)
  if (records > limits.pagemapEntries + 1)
    defects.add(
      defectOf(new LimitError('pagemapEntries', `more than ${limits.pagemapEntries} pagemap entries`), undefined),
    )
  const reader = new WireReader(bytes)
  const pagesId = readHead(reader, image.start, defects)
  const rows = columns(Math.min(Math.max(0, records - 1), limits.pagemapEntries))
  const compression = new Map<number, EntryCompression>()
  const { tail, encrypted } = readRows(reader, image.start, rows, compression, defects)
  if (tail < bytes.length && records <= limits.pagemapEntries + 1) defects.add(truncated(tail, bytes.length))
  if (encrypted) defects.add(defect('error', 'encrypted', 'the memory pages are encrypted', undefined))
  return { pagesId, ...rows, compression, encrypted, defects: defects.all() }
}

function truncated(offset: number, end: number): Defect {
  return defect('error', 'truncated', 'the last record breaks off', { offset, length: end - offset })
}

function readHead(reader: WireReader, start: number, defects: DefectList): number | undefined {
  const { bytes } = reader
  if (start + 4 > bytes.length) {
    defects.add(defect('error', 'truncated', 'the pagemap has no head', { offset: start, length: 0 }))
    return undefined
  }
  try {
    let id: number | undefined
    reader.window(start + 4, start + 4 + uint32At(bytes, start))
    while (reader.pos < reader.limit) {
      const at = reader.pos
      const tag = reader.tag()
      if (tag === 8) id = reader.uint32()
      else reader.skip(tag & 7, at)
    }
    if (id === undefined)
      defects.add(defect('warning', 'missing-field', 'pagemap_head.pages_id is missing', { offset: start, length: 4 }))
    return id
  } catch (error) {
    defects.add(defectOf(error, { offset: start, length: 4 }))
    return undefined
  }
}

/** Fills the columns; `tail` is the position after the last row. */
function readRows(
  reader: WireReader,
  start: number,
  rows: Columns,
  compression: Map<number, EntryCompression>,
  defects: DefectList,
): { tail: number; encrypted: boolean } {
  const { bytes } = reader
  let encrypted = false
  if (start + 4 > bytes.length) return { tail: bytes.length, encrypted }
  const decode = entryDecoder(reader)
  let pos = Math.min(bytes.length, start + 4 + uint32At(bytes, start))
  let stored = 0
  let blocks = 0
  for (let i = 0; i < rows.vaddr.length; i++) {
    const offset = pos + 4
    const length = uint32At(bytes, pos)
    pos = offset + length
    let row: PagemapRow
    try {
      row = decode(offset, pos)
    } catch (error) {
      defects.add(defectOf(error, { offset, length }))
      row = { vaddr: 0n, pages: 0, flags: 0, complete: true, compression: undefined, encrypted: false }
    }
    encrypted ||= row.encrypted
    if (!row.complete) defects.add(incomplete(offset, length))
    if (row.pages > MAX_PAGES) defects.add(oversized(row.pages, offset, length))
    // Such an entry is damaged: nothing is counted of it.
    const pages = row.pages > MAX_PAGES ? 0 : row.pages
    rows.vaddr[i] = row.vaddr
    rows.pages[i] = pages
    rows.flags[i] = row.flags
    rows.firstPage[i] = stored
    rows.recordOffset[i] = offset
    rows.recordLength[i] = length
    if ((row.flags & PE_PRESENT) !== 0) stored += pages
    const packed = row.compression && compressionOf(row.compression, pages, defects)
    blocks += packed?.blockSizes.length ?? 0
    if (blocks > limits.pageBlocks)
      throw new LimitError('pageBlocks', `more than ${limits.pageBlocks} compressed blocks`)
    if (packed) compression.set(i, packed)
  }
  return { tail: pos, encrypted }
}

function incomplete(offset: number, length: number): Defect {
  return defect('warning', 'missing-field', 'a pagemap entry without address or page count', { offset, length })
}

function oversized(pages: number, offset: number, length: number): Defect {
  const message = `an entry of ${BigInt(pages)} pages is larger than any address space`
  return defect('error', 'length-out-of-bounds', message, { offset, length })
}

/** Pages that the pages image must hold: × page size is its size, when uncompressed. */
export function presentPages(pagemap: Pick<Pagemap, 'pages' | 'flags'>): number {
  let total = 0
  for (const [i, pages] of pagemap.pages.entries()) if (((pagemap.flags[i] ?? 0) & PE_PRESENT) !== 0) total += pages
  return total
}

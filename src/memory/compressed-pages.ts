/**
 * Pages that CRIU compressed in blocks (CRIU 2026): each block is a few pages as one LZ4 block, or stored as it is, or
 * all zeros and not stored at all. Blocks are found by a table made of the pagemap and decoded when they are wanted.
 */
import type { ByteSource } from '../archive/source.ts'
import { FormatError } from '../base/errors.ts'
import { gap } from './gap.ts'
import { decodeLz4 } from './lz4.ts'
import { nextImageId, type PagesImage, type StoredPiece } from './pages-image.ts'
import { PE } from './runs.ts'

/** How the pages of one run are stored. */
export interface BlockSizes {
  /** Stored bytes of each block: 0 for zeros, the full size for one stored as it is, else LZ4. */
  readonly blockSizes: Uint32Array
  readonly pagesPerBlock: number
  /** Each stored block takes whole pages. */
  readonly padded: boolean
}

/** Runs in file order; `blocks` by row, for those that are compressed. */
export interface CompressedRuns {
  readonly pages: Float64Array
  readonly flags: ArrayLike<number>
  readonly blocks: ReadonlyMap<number, BlockSizes>
}

/** Blocks in the order of their pages, as columns; a run that is not compressed is one block. */
export interface BlockTable {
  readonly count: number
  /** Where each begins in the decoded image, and the end of the last. */
  readonly start: Float64Array
  /** Where its bytes begin in the member, and how many they are. */
  readonly offset: Float64Array
  readonly stored: Float64Array
  /** Bytes of the member that the blocks take. */
  readonly size: number
}

/** Largest block (CRIU's own limit). */
const BLOCK = 4 * 1024 * 1024

/** Lays the blocks out. Throws FormatError when the pagemap describes what cannot be. */
export function blockTable({ pages, flags, blocks }: CompressedRuns, pageSize: number): BlockTable {
  let count = 0
  for (let i = 0; i < pages.length; i++) if (isStored(flags, i)) count += blocks.get(i)?.blockSizes.length ?? 1
  const start = new Float64Array(count + 1)
  const offset = new Float64Array(count)
  const stored = new Float64Array(count)
  const roundUp = (size: number): number => Math.ceil(size / pageSize) * pageSize
  let used = 0
  let at = 0
  let place = 0
  const add = (length: number, size: number, taken: number): void => {
    start[used] = at
    offset[used] = place
    stored[used] = size
    used += 1
    at += length
    place += taken
  }
  for (let i = 0; i < pages.length; i++) {
    if (!isStored(flags, i)) continue
    if ((flags[i] ?? 0) & PE.aligned) place = roundUp(place)
    let left = (pages[i] ?? 0) * pageSize
    const packed = blocks.get(i)
    if (!packed) {
      add(left, left, left)
      continue
    }
    const whole = packed.pagesPerBlock * pageSize
    for (const size of packed.blockSizes) {
      const length = Math.min(whole, left)
      if (size > length || length > BLOCK) throw new FormatError('unsupported', 'A block is larger than blocks can be.')
      add(length, size, packed.padded ? roundUp(size) : size)
      left -= length
    }
    if (left > 0) throw new FormatError('unsupported', 'The blocks of a run do not hold all of its pages.')
  }
  start[count] = at
  if (at > Number.MAX_SAFE_INTEGER || place > Number.MAX_SAFE_INTEGER)
    throw new FormatError('length-out-of-bounds', 'The pages are more than any image can hold.')
  return { count, start, offset, stored, size: place }
}

function isStored(flags: ArrayLike<number>, i: number): boolean {
  return ((flags[i] ?? 0) & PE.present) !== 0
}

/** Decoded blocks that were read in part, the least recently used go first. */
export class BlockCache {
  readonly #bytes: number
  readonly #items = new Map<string, Uint8Array>()
  #used = 0

  constructor(bytes: number) {
    this.#bytes = bytes
  }

  get(key: string): Uint8Array | undefined {
    const item = this.#items.get(key)
    if (item) {
      this.#items.delete(key)
      this.#items.set(key, item)
    }
    return item
  }

  put(key: string, block: Uint8Array): void {
    if (this.#items.has(key)) return
    this.#items.set(key, block)
    this.#used += block.length
    for (const [old, item] of this.#items) {
      if (this.#used <= this.#bytes) break
      this.#items.delete(old)
      this.#used -= item.length
    }
  }
}

/** The decoded image over a member. What the member does not hold any more is no part of it. */
export function compressedPages(
  source: ByteSource,
  member: number,
  table: BlockTable,
  cache: BlockCache,
  checkpoint: string | undefined,
): PagesImage {
  const id = nextImageId()
  const size = readableSize(table, source.size)
  return {
    ...{ id, size, checkpoint, compressed: true, end: gap('truncated'), own: () => undefined },
    *pieces(offset, length) {
      for (const part of blocksOf(table, offset, length))
        yield { offset: part.from, length: part.to - part.from, origin: originOf(table, member, part) }
    },
    async read(offset, length, signal) {
      const output = new Uint8Array(length)
      const wanted = [...blocksOf(table, offset, length)].filter(({ block }) => (table.stored[block] ?? 0) > 0)
      const known = wanted.map(({ block }) => cache.get(`${id}.${block}`))
      const missing = wanted.filter((_, i) => !known[i]).map((part) => originOf(table, member, part))
      const first = missing[0]?.offset ?? 0
      const last = missing.at(-1)
      // Blocks take no more room than their pages, so that one read of all is never much larger than what is asked for.
      const bytes = last ? await source.read(first, last.offset + last.length - first, signal) : new Uint8Array()
      for (const [i, part] of wanted.entries()) {
        const { block, from, to } = part
        const target = output.subarray(from - offset, to - offset)
        const begin = table.start[block] ?? 0
        const whole = (table.start[block + 1] ?? 0) - begin
        let decoded = known[i]
        if (!decoded) {
          const place = originOf(table, member, part)
          const stored = bytes.subarray(place.offset - first, place.offset - first + place.length)
          if (isPlain(table, block)) {
            target.set(stored)
            continue
          }
          decoded = target.length === whole ? target : new Uint8Array(whole)
          decodeLz4(stored, decoded)
          if (decoded === target) continue
          cache.put(`${id}.${block}`, decoded)
        }
        target.set(decoded.subarray(from - begin, to - begin))
      }
      return output
    },
  }
}

/** Part of a block. */
interface Part {
  readonly block: number
  readonly from: number
  readonly to: number
}

/** Blocks that a range touches, each with the part of the range in it. */
function* blocksOf({ start, count }: BlockTable, offset: number, length: number): Generator<Part, void, undefined> {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((start[middle + 1] ?? 0) > offset) high = middle
    else low = middle + 1
  }
  const end = offset + length
  for (let block = low; block < count && (start[block] ?? 0) < end; block++) {
    const from = Math.max(offset, start[block] ?? 0)
    const to = Math.min(end, start[block + 1] ?? 0)
    if (from < to) yield { block, from, to }
  }
}

/** Where a part is stored; of a compressed block the whole block. */
function originOf(table: BlockTable, member: number, { block, from, to }: Part): StoredPiece['origin'] {
  const offset = table.offset[block] ?? 0
  if (!isPlain(table, block)) return { member, offset, length: table.stored[block] ?? 0 }
  return { member, offset: offset + from - (table.start[block] ?? 0), length: to - from }
}

/** Stored as it is. */
function isPlain({ start, stored }: BlockTable, block: number): boolean {
  return stored[block] === (start[block + 1] ?? 0) - (start[block] ?? 0)
}

/** Decoded bytes up to the first block whose bytes are not all there. */
function readableSize(table: BlockTable, bytes: number): number {
  const { count, start, offset, stored, size } = table
  if (size <= bytes) return start[count] ?? 0
  for (let block = 0; block < count; block++) {
    const left = bytes - (offset[block] ?? 0)
    const wanted = stored[block] ?? 0
    if (wanted <= left) continue
    const begin = start[block] ?? 0
    return isPlain(table, block) ? begin + Math.max(0, left) : begin
  }
  return start[count] ?? 0
}

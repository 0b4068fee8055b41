/**
 * Pages images of CRIU's first format (version 1.0): the type's magic, then for each page its address in 8 bytes and its
 * content. There is no pagemap beside them. An address of 0 ends the list.
 */
import type { ByteSource } from '../archive/source.ts'
import { limits } from '../base/limits.ts'
import { gap } from './gap.ts'
import { nextImageId, type PagesImage } from './pages-image.ts'
import { PE, type RunColumns } from './runs.ts'

/** Bytes before the first page, and before each page. */
const HEAD = 4
const ADDRESS = 8
/** Bytes read at a time while the addresses are gathered. */
const CHUNK = 4 * 1024 * 1024

/** Page size of the image, by its length; undefined when none fits. */
export function oldPageSize(size: number): number | undefined {
  return [4096, 16384, 65536].find((page) => size > HEAD && (size - HEAD) % (page + ADDRESS) === 0)
}

/** Runs of the image in file order: pages that follow one another are one. */
export async function readOldRuns(source: ByteSource, pageSize: number, signal?: AbortSignal): Promise<RunColumns> {
  const unit = pageSize + ADDRESS
  const address: bigint[] = []
  const pages: number[] = []
  let expected: bigint | undefined
  const step = Math.max(1, Math.floor(CHUNK / unit)) * unit
  reading: for (let at = HEAD; at + unit <= source.size; at += step) {
    const bytes = await source.read(at, Math.min(step, source.size - at), signal)
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    for (let i = 0; i + unit <= bytes.length; i += unit) {
      const start = view.getBigUint64(i, true)
      if (start === 0n || pages.length >= limits.pagemapEntries) break reading
      if (start === expected) pages[pages.length - 1] = (pages.at(-1) ?? 0) + 1
      else {
        address.push(start)
        pages.push(1)
      }
      expected = start + BigInt(pageSize)
    }
  }
  return {
    address: BigUint64Array.from(address),
    pages: Float64Array.from(pages),
    flags: new Uint8Array(pages.length).fill(PE.present),
  }
}

/** The pages without what stands between them. */
export function oldPages(
  source: ByteSource,
  member: number,
  pageSize: number,
  checkpoint: string | undefined,
): PagesImage {
  const unit = pageSize + ADDRESS
  const placeOf = (offset: number): number =>
    HEAD + Math.floor(offset / pageSize) * unit + ADDRESS + (offset % pageSize)
  return {
    id: nextImageId(),
    size: Math.floor(Math.max(0, source.size - HEAD) / unit) * pageSize,
    ...{ checkpoint, compressed: false, end: gap('truncated'), own: () => undefined },
    *pieces(offset, length) {
      for (let at = offset; at < offset + length;) {
        const taken = Math.min(pageSize - (at % pageSize), offset + length - at)
        yield { offset: at, length: taken, origin: { member, offset: placeOf(at), length: taken } }
        at += taken
      }
    },
    async read(offset, length, signal) {
      const output = new Uint8Array(length)
      if (length === 0) return output
      const first = placeOf(offset)
      const bytes = await source.read(first, placeOf(offset + length - 1) + 1 - first, signal)
      for (let at = offset; at < offset + length;) {
        const taken = Math.min(pageSize - (at % pageSize), offset + length - at)
        const place = placeOf(at) - first
        output.set(bytes.subarray(place, place + taken), at - offset)
        at += taken
      }
      return output
    },
  }
}

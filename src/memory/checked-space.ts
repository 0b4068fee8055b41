/** An address space for files: blocks of compressed pages that are damaged are gaps before anything is written. */
import { FormatError, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { AddressSpace, Extent, StoredExtent } from './address-space.ts'
import { gap } from './gap.ts'
import type { PagesImage, StoredPiece } from './pages-image.ts'

/** Bytes decoded at a time. */
const PIECE = 1024 * 1024

/** Addresses [from, to). */
export interface Span {
  readonly from: bigint
  readonly to: bigint
}

export type CheckedSpace = Pick<AddressSpace, 'extents' | 'batches' | 'bounds' | 'read'>

/**
 * The space with what cannot be decoded in [from, to) as gaps. Where pages are stored as they were nothing is read;
 * compressed ones are decoded once for it.
 */
export async function checkedSpace(
  space: AddressSpace,
  { from, to }: Span,
  signal?: AbortSignal,
): Promise<CheckedSpace> {
  if (![...space.images()].some(({ compressed }) => compressed)) return space
  const damaged: Span[] = []
  for (const extent of space.extents(from, to - from)) {
    if (extent.gap || !extent.image.compressed) continue
    for (const piece of extent.image.pieces(extent.offset, Number(extent.length))) {
      if (await canDecode(extent.image, piece, signal)) continue
      const start = extent.address + BigInt(piece.offset - extent.offset)
      const end = start + BigInt(piece.length)
      const last = damaged.at(-1)
      if (last?.to === start) damaged[damaged.length - 1] = { from: last.from, to: end }
      else damaged.push({ from: start, to: end })
      if (damaged.length > limits.layoutRanges)
        throw new LimitError('layoutRanges', `More than ${limits.layoutRanges} ranges of the memory are damaged.`)
    }
  }
  return {
    bounds: () => space.bounds(),
    batches: (address, length) => space.batches(address, length),
    read: (address, length, readSignal) => space.read(address, length, readSignal),
    extents: (address, length) => withGaps(space.extents(address, length), damaged),
  }
}

async function canDecode(image: PagesImage, { offset, length }: StoredPiece, signal?: AbortSignal): Promise<boolean> {
  try {
    for (let at = 0; at < length; at += PIECE) await image.read(offset + at, Math.min(PIECE, length - at), signal)
    return true
  } catch (error) {
    if (error instanceof FormatError) return false
    throw error
  }
}

/** Ascending extents, cut where ascending spans are damaged. */
function* withGaps(extents: Iterable<Extent>, damaged: readonly Span[]): Generator<Extent, void, undefined> {
  let next = 0
  for (const extent of extents) {
    const end = extent.address + extent.length
    let at = extent.address
    while (next < damaged.length && (damaged[next]?.to ?? 0n) <= at) next += 1
    for (let i = next; !extent.gap && i < damaged.length; i++) {
      const span = damaged[i]
      if (!span || span.from >= end) break
      const from = span.from > at ? span.from : at
      const to = span.to < end ? span.to : end
      if (from > at) yield part(extent, at, from)
      yield { address: from, length: to - from, gap: gap('damaged') }
      at = to
    }
    if (at === extent.address) yield extent
    else if (at < end && !extent.gap) yield part(extent, at, end)
  }
}

function part(extent: StoredExtent, from: bigint, to: bigint): StoredExtent {
  const offset = extent.offset + Number(from - extent.address)
  return { ...extent, address: from, length: to - from, offset }
}

/**
 * Sparse members: files stored without their holes. Four encodings are in use (GNU tar manual, "Sparse Formats"):
 *
 *   old GNU  type 'S'; four (offset 12, length 12) pairs at 386, "more follows" at 482, real size 12 at 483;
 *            each further block holds 21 pairs and "more follows" at 504
 *   pax 0.0  one GNU.sparse.offset and GNU.sparse.numbytes record per run, GNU.sparse.size
 *   pax 0.1  GNU.sparse.map = "offset,length,offset,length…", GNU.sparse.size
 *   pax 1.0  GNU.sparse.major=1: the map stands in front of the body as decimal lines, padded to a block
 */
import { decodeText } from '../base/text.ts'
import type { SparsePiece } from './byte-sources.ts'
import { paxInteger } from './pax.ts'
import type { PaxRecord } from './pax.ts'
import type { ByteSource } from './source.ts'
import { TAR_BLOCK, parseNumber } from './tar-header.ts'

/** Most runs of one sparse member. */
const MAX_PIECES = 1_000_000
/** Longest pax 1.0 map in bytes. */
const MAX_MAP = 32 * 1024 * 1024

/** A sparse member's map; `skip` is what stands between header and packed body (old GNU map blocks, 1.0 map). */
export interface SparseMap {
  readonly pieces: readonly SparsePiece[]
  readonly realSize: number
  readonly skip: number
}

/** Pairs of logical offset and length → pieces, or undefined when they overlap, go back or leave either size. */
function toPieces(pairs: readonly number[], realSize: number, packedSize: number): SparsePiece[] | undefined {
  if (pairs.length % 2 !== 0) return undefined
  const pieces: SparsePiece[] = []
  let end = 0
  let packedOffset = 0
  for (let i = 0; i < pairs.length; i += 2) {
    const offset = pairs[i] ?? 0
    const length = pairs[i + 1] ?? 0
    if (offset < end || offset + length > realSize) return undefined
    if (length > 0) pieces.push({ offset, length, packedOffset })
    end = offset + length
    packedOffset += length
  }
  return packedOffset > packedSize ? undefined : pieces
}

/** Old GNU map: `block` is the header, further map blocks are read from `after`. Undefined when it is malformed. */
export async function readOldGnuMap(
  block: Uint8Array,
  source: ByteSource,
  after: number,
  packedSize: number,
): Promise<SparseMap | undefined> {
  const pairs: number[] = []
  if (!takePairs(block.subarray(386, 482), pairs)) return undefined
  let more = block[482] !== 0
  let skip = 0
  while (more) {
    if (after + skip + TAR_BLOCK > source.size || pairs.length > 2 * MAX_PIECES) return undefined
    const next = await source.read(after + skip, TAR_BLOCK)
    skip += TAR_BLOCK
    if (!takePairs(next.subarray(0, 504), pairs)) return undefined
    more = next[504] !== 0
  }
  const realSize = parseNumber(block.subarray(483, 495))
  if (realSize === undefined) return undefined
  const pieces = toPieces(pairs, realSize, packedSize)
  return pieces && { pieces, realSize, skip }
}

function takePairs(area: Uint8Array, pairs: number[]): boolean {
  for (let at = 0; at + 24 <= area.length; at += 24) {
    if (area[at] === 0) break
    const offset = parseNumber(area.subarray(at, at + 12))
    const length = parseNumber(area.subarray(at + 12, at + 24))
    if (offset === undefined || length === undefined) return false
    pairs.push(offset, length)
  }
  return true
}

/** True when pax records describe a sparse member. */
export function isPaxSparse(records: ReadonlyMap<string, Uint8Array>): boolean {
  return records.has('GNU.sparse.major') || records.has('GNU.sparse.size') || records.has('GNU.sparse.map')
}

/** pax map of any version; `list` holds the records in order (0.0 repeats keys). Undefined when it is malformed. */
export async function readPaxMap(
  records: ReadonlyMap<string, Uint8Array>,
  list: readonly PaxRecord[],
  source: ByteSource,
  bodyOffset: number,
  bodySize: number,
): Promise<SparseMap | undefined> {
  const realSize = paxInteger(records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size'))
  if (realSize === undefined) return undefined
  if (paxInteger(records.get('GNU.sparse.major')) === 1) return readMapInBody(source, bodyOffset, bodySize, realSize)
  const map = records.get('GNU.sparse.map')
  const pairs = map
    ? decodeText(map)
        .split(',', 2 * MAX_PIECES)
        .map(toInteger)
    : repeatedPairs(list)
  if (pairs.some((value) => value < 0)) return undefined
  const pieces = toPieces(pairs, realSize, bodySize)
  return pieces && { pieces, realSize, skip: 0 }
}

function repeatedPairs(list: readonly PaxRecord[]): number[] {
  return list
    .filter(({ key }) => key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes')
    .map(({ value }) => paxInteger(value) ?? -1)
}

function toInteger(text: string): number {
  return /^\d{1,16}$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : -1
}

async function readMapInBody(
  source: ByteSource,
  start: number,
  size: number,
  realSize: number,
): Promise<SparseMap | undefined> {
  const numbers: number[] = []
  let wanted = 1
  let rest = ''
  for (let at = 0; at < Math.min(size, MAX_MAP) && start + at + TAR_BLOCK <= source.size; at += TAR_BLOCK) {
    const lines = (rest + decodeText(await source.read(start + at, TAR_BLOCK))).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (numbers.length === wanted) break
      const value = toInteger(line)
      if (value < 0 || (numbers.length === 0 && value > MAX_PIECES)) return undefined
      if (numbers.length === 0) wanted = 1 + 2 * value
      numbers.push(value)
    }
    if (numbers.length < wanted) continue
    const skip = at + TAR_BLOCK
    const pieces = toPieces(numbers.slice(1), realSize, size - skip)
    return pieces && { pieces, realSize, skip }
  }
  return undefined
}

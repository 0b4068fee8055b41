/** The stored bytes around a place in memory, and where in the archive they stand. */
import type { OpenCheckpoint } from '../ingest/checkpoint.ts'
import type { MemoryPlace, PlaceBytes } from '../model/search.ts'

/** Bytes shown before and behind, and most of the place itself. */
const BEFORE = 128
const BEHIND = 512
const LENGTH = 4096

/** Reads around a place; only bytes that follow one another without a gap. */
export async function readPlace(
  { memory }: OpenCheckpoint,
  { pid, shmid, address }: Pick<MemoryPlace, 'pid' | 'shmid' | 'address'>,
  length: number,
): Promise<PlaceBytes> {
  const space = pid === undefined ? await memory?.shared(shmid ?? -1) : await memory?.process(pid)
  if (!space) throw new Error('there is no such memory in the checkpoint')
  const row = address & ~15n
  const start = row > BigInt(BEFORE) ? row - BigInt(BEFORE) : 0n
  const wanted = Number(address - start) + Math.min(length, LENGTH) + BEHIND
  const segments = await space.read(start, wanted)
  const middle = segments.findIndex((segment) => segment.address + BigInt(sizeOf(segment)) > address)
  let first = middle
  while (first > 0 && !segments[first - 1]?.gap) first -= 1
  const bytes: number[] = []
  for (const segment of segments.slice(Math.max(0, first))) {
    if (segment.gap) break
    for (const byte of segment.bytes) bytes.push(byte)
  }
  const found = segments[middle]
  if (!found) throw new Error('nothing is stored there')
  if (found.gap) throw new Error(found.gap.why)
  const skip = Number(address - found.address)
  const { member, offset } = found.origin
  return {
    address: segments[first]?.address ?? address,
    bytes: Uint8Array.from(bytes),
    origin: { member, offset: offset + skip, length: Math.min(length, found.bytes.length - skip) },
  }
}

function sizeOf(segment: { readonly bytes?: Uint8Array; readonly length?: number }): number {
  return segment.bytes?.length ?? segment.length ?? 0
}

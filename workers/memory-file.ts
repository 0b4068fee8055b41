/** Memory as it crosses to the page: segments, and files with their names. */
import type { AddressSpace } from '../src/memory/address-space.ts'
import type { MemoryFileQuery, MemorySegment } from '../src/model/memory.ts'

/** Bytes with their origin, and gaps with their reason. */
export async function memorySegments(
  space: AddressSpace,
  address: bigint,
  length: number,
): Promise<readonly MemorySegment[]> {
  const segments = await space.read(address, length)
  return segments.map((segment): MemorySegment => {
    if (segment.gap) return { address: segment.address, length: segment.length, ...segment.gap }
    const { bytes, origin, image, level } = segment
    const { checkpoint, compressed } = image
    return { address: segment.address, bytes: bytes.slice(), origin, level, checkpoint, compressed }
  })
}

const ENDINGS = { hexdump: 'txt', sparse: 'raw', packed: 'packed.raw', mappings: 'tar' } as const

/** File name: whose memory, and of a part where it begins and ends. Numbers only, nothing of the evidence. */
export function memoryFileName({ space, range, format }: MemoryFileQuery): string {
  const whose = space.kind === 'process' ? `memory-${space.pid}` : `shared-${space.shmid}`
  const part = range ? `-${range.address.toString(16)}-${(range.address + range.length).toString(16)}` : ''
  return `${whose}${part}.${ENDINGS[format]}`
}

/** Characters gathered before they are handed on. */
const CHUNK = 256 * 1024

/** Small texts as fewer large ones. */
export function* inChunks(parts: Iterable<string>): Generator<string, void, undefined> {
  let text = ''
  for (const part of parts) {
    text += part
    if (text.length < CHUNK) continue
    yield text
    text = ''
  }
  yield text
}

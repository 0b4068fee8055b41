/** Memory as it crosses to the page: segments. */
import type { AddressSpace } from '../src/memory/address-space.ts'
import type { MemorySegment } from '../src/model/memory.ts'

/** Bytes with their origin, and gaps with their reason. */
export async function memorySegments(
  space: AddressSpace,
  address: bigint,
  length: number,
): Promise<readonly MemorySegment[]> {
  const segments = await space.read(address, length)
  return segments.map((segment): MemorySegment => {
    if (segment.gap) return { address: segment.address, length: segment.length, ...segment.gap }
    const { bytes, origin, level } = segment
    return { address: segment.address, bytes: bytes.slice(), origin, level }
  })
}

/**
 * The bytes in view of a hex view: chunks of 16 KiB, read when they are wanted, the least recently used ones forgotten. Only what
 * was wanted last is read: a thumb that is dragged past a gigabyte leaves no reads behind it.
 */
import type { MemorySegment } from '../../model/memory.ts'
import type { Origin } from '../../model/origin.ts'
import { foldedRuns } from '../../query/hex-folds.ts'
import { errorText } from '../parts/format.ts'
import { ChunkStore, chunkWith, type Chunk, type Hole, type Place, type Source } from './chunk.ts'

/** Bytes of a chunk, and the shift from address to chunk number. */
export const CHUNK = 16_384
const SHIFT = 14n
/** Chunks kept: 16 MiB. */
const KEPT = 1024
/** Chunks in one read, and reads under way at once. */
const PER_READ = 8
const READS = 2

export type ReadMemory = (address: bigint, length: number) => Promise<readonly MemorySegment[]>

export function chunkOf(address: bigint): number {
  return Number(address >> SHIFT)
}

export class MemoryPages {
  readonly #read: ReadMemory
  /** Address behind the last byte. */
  readonly #end: bigint
  readonly #store = new ChunkStore()
  #wanted: readonly number[] = []
  #reads = 0
  /** Grows when chunks arrive. */
  version = $state(0)

  constructor(read: ReadMemory, end: bigint) {
    this.#read = read
    this.#end = end
  }

  /** The chunk when it has been read; who asks is told when that changes. */
  get(chunk: number): Chunk | undefined {
    return this.version < 0 ? undefined : this.#store.chunks.get(chunk)
  }

  /** Says which chunks are in view, most urgent first; forgets what was wanted before. */
  want(chunks: readonly number[]): void {
    for (const key of chunks) {
      const chunk = this.#store.chunks.get(key)
      if (!chunk) continue
      this.#store.chunks.delete(key)
      this.#store.chunks.set(key, chunk)
    }
    this.#wanted = chunks
    this.#next()
  }

  /** Stored bytes from an address on, as far as they are in view without a hole. */
  peek(address: bigint, length: number): Uint8Array {
    const taken = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const at = address + BigInt(filled)
      const chunk = this.get(chunkOf(at))
      if (!chunk || at >= this.#end) break
      const from = Number(at & (BigInt(CHUNK) - 1n))
      const hole = chunk.holes.find(({ to }) => to > from)
      const end = Math.min(CHUNK, from + length - filled, Math.max(from, hole?.from ?? CHUNK))
      taken.set(chunk.bytes.subarray(from, end), filled)
      filled += end - from
      if (end < CHUNK) break
    }
    return taken.subarray(0, filled)
  }

  /** Where a byte in view stands in an archive; of compressed memory the whole block. */
  sourceOf(address: bigint): Place | undefined {
    const at = Number(address & (BigInt(CHUNK) - 1n))
    const source = this.get(chunkOf(address))?.sources.find(({ from, to }) => at >= from && at < to)
    return source && { ...source, origin: source.compressed ? source.origin : within(source.origin, at - source.from) }
  }

  /** Repeated lines of a chunk among the lines `from` … `to - 1`, which belong to a range. */
  static folds(chunk: Chunk, range: number, from: number, to: number): Uint16Array {
    const known = chunk.folds.get(range)
    if (known) return known
    const hasHole = chunk.holes.some((hole) => hole.to > from * 16 && hole.from < to * 16)
    const pairs = hasHole ? new Uint16Array() : foldedRuns(chunk.bytes, from, to)
    chunk.folds.set(range, pairs)
    return pairs
  }

  #next(): void {
    while (this.#reads < READS) {
      const first = this.#wanted.find((key) => !this.#store.chunks.has(key) && !this.#store.pending.has(key))
      if (first === undefined) return
      let count = 1
      while (count < PER_READ && this.#isMissing(first + count)) count += 1
      void this.#load(first, count)
    }
  }

  #isMissing(key: number): boolean {
    return this.#wanted.includes(key) && !this.#store.chunks.has(key) && !this.#store.pending.has(key)
  }

  async #load(first: number, count: number): Promise<void> {
    const keys = Array.from({ length: count }, (_, i) => first + i)
    for (const key of keys) this.#store.pending.add(key)
    this.#reads += 1
    const address = BigInt(first) << SHIFT
    const left = this.#end - address
    const length = left < BigInt(count * CHUNK) ? Number(left) : count * CHUNK
    let segments: readonly MemorySegment[]
    try {
      segments = await this.#read(address, length)
    } catch (error) {
      segments = [{ address, length, kind: 'pages-missing', why: errorText(error) }]
    }
    this.#reads -= 1
    for (const key of keys) {
      this.#store.pending.delete(key)
      this.#store.chunks.set(key, chunkFrom(BigInt(key) << SHIFT, segments))
    }
    for (const key of this.#store.chunks.keys()) {
      if (this.#store.chunks.size <= KEPT) break
      if (!this.#wanted.includes(key)) this.#store.chunks.delete(key)
    }
    this.version += 1
    this.#next()
  }
}

/** What is left of a place behind so many bytes. */
function within(origin: Origin, skipped: number): Origin {
  return { ...origin, offset: origin.offset + skipped, length: origin.length - skipped }
}

/** The part of segments that a chunk holds. */
function chunkFrom(start: bigint, segments: readonly MemorySegment[]): Chunk {
  const bytes = new Uint8Array(CHUNK)
  const holes: Hole[] = []
  const sources: Source[] = []
  for (const segment of segments) {
    const length = 'bytes' in segment ? segment.bytes.length : segment.length
    const offset = Number(segment.address - start)
    const [from, to] = [Math.max(0, offset), Math.min(CHUNK, offset + length)]
    if (from >= to) continue
    if ('bytes' in segment) {
      bytes.set(segment.bytes.subarray(from - offset, to - offset), from)
      const { origin, compressed, level, checkpoint } = segment
      const own = compressed ? origin : within(origin, from - offset)
      sources.push({ from, to, origin: own, compressed, level, checkpoint })
    } else holes.push({ from, to, why: segment.why })
  }
  return chunkWith(bytes, holes, sources)
}

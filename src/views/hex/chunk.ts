/** What a hex view holds of memory: chunks by number, and those that are being read. Not reactive: `MemoryPages` tells of changes. */
import type { MemorySegment } from '../../model/memory.ts'

/** Where bytes stand in an archive, as memory segments say it. */
export type Place = Pick<
  Extract<MemorySegment, { bytes: Uint8Array }>,
  'origin' | 'compressed' | 'level' | 'checkpoint'
>

/** Bytes within a chunk with their place. */
export interface Source extends Place {
  readonly from: number
  readonly to: number
}

/** Bytes within a chunk that turned out not to be readable. */
export interface Hole {
  readonly from: number
  readonly to: number
  readonly why: string
}

export interface Chunk {
  readonly bytes: Uint8Array
  readonly sources: readonly Source[]
  readonly holes: readonly Hole[]
  /** Repeated lines by the range of the layout that they are in. */
  readonly folds: Map<number, Uint16Array>
}

export class ChunkStore {
  readonly chunks = new Map<number, Chunk>()
  readonly pending = new Set<number>()
}

export function chunkWith(bytes: Uint8Array, holes: readonly Hole[], sources: readonly Source[]): Chunk {
  return { bytes, holes, sources, folds: new Map() }
}

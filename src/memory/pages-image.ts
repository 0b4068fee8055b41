/**
 * The bytes of stored pages, whatever form they are stored in: offsets count as if all stored pages lay one after the
 * other as they were in memory.
 */
import { ownSource, type ByteSource, type OwnSource } from '../archive/source.ts'
import type { Origin } from '../model/origin.ts'
import { gap, type Gap } from './gap.ts'

/** Part of an image that is stored in one piece. */
export interface StoredPiece {
  /** Offset in the image, and bytes. */
  readonly offset: number
  readonly length: number
  /** Where it stands in the archive; of compressed pages the whole block. */
  readonly origin: Origin
}

export interface PagesImage {
  /** Tells images apart, of all checkpoints that are open. */
  readonly id: number
  /** Bytes. */
  readonly size: number
  /** Id of the opened checkpoint that it is part of, when that is another one: a parent. */
  readonly checkpoint: string | undefined
  readonly compressed: boolean
  /** Why there is nothing behind its end. */
  readonly end: Gap
  /** Exactly that many bytes. Throws FormatError when they cannot be decoded. */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>
  /** Pieces that cover the range. */
  pieces(offset: number, length: number): Iterable<StoredPiece>
  /** The image for another thread, where it is just now; undefined where pages are not stored as they were. */
  own(): OwnSource | undefined
}

let count = 0

/** A number for a new image. */
export function nextImageId(): number {
  return ++count
}

/** Pages stored as they were: `size` bytes of a member from `start` on. */
export function plainPages(
  source: ByteSource,
  member: number,
  {
    checkpoint,
    start = 0,
    size = source.size - start,
    end = gap('truncated'),
  }: {
    readonly checkpoint?: string | undefined
    readonly start?: number
    readonly size?: number
    readonly end?: Gap
  } = {},
): PagesImage {
  return {
    id: nextImageId(),
    size,
    checkpoint,
    compressed: false,
    end,
    read: (offset, length, signal) => source.read(start + offset, length, signal),
    *pieces(offset, length) {
      yield { offset, length, origin: { member, offset: start + offset, length } }
    },
    own: () => ownSource(source, start, size),
  }
}

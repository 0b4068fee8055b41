/**
 * Small `ByteSource`s: a buffer, a part of another source, a sparse file made of pieces, a Blob. Every read is
 * checked against the size first, so that no length taken from evidence reaches an allocation unchecked.
 */
import { FormatError, OpenError } from '../base/errors.ts'
import type { ReadableBlob } from './member.ts'
import type { ByteSource } from './source.ts'

/** Throws FormatError `truncated` unless `[offset, offset + length)` lies inside `size` bytes. */
export function checkRange(size: number, offset: number, length: number): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length)
  if (whole && offset >= 0 && length >= 0 && offset + length <= size) return
  const at = { offset, length }
  throw new FormatError(
    'truncated',
    `bytes ${offset} to ${offset + length} are asked for, but only ${size} are there`,
    at,
  )
}

/** A buffer in memory as a source. Reads are views, not copies: callers do not write to them. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, length, signal) {
      return settle(() => {
        signal?.throwIfAborted()
        checkRange(bytes.length, offset, length)
        return bytes.subarray(offset, offset + length)
      })
    },
  }
}

/** Bytes `[start, start + size)` of another source. The range must lie inside it. */
export function partSource(source: ByteSource, start: number, size: number): ByteSource {
  checkRange(source.size, start, size)
  const wholeBlob = source.blob
  return {
    size,
    blob: wholeBlob && (() => wholeBlob().slice(start, start + size)),
    file: source.file && { handle: source.file.handle, offset: source.file.offset + start },
    async read(offset, length, signal) {
      checkRange(size, offset, length)
      return length === 0 ? new Uint8Array(0) : source.read(start + offset, length, signal)
    },
  }
}

/** A source whose reads all fail with the same error: a member that cannot be read as what it claims to be. */
export function brokenSource(size: number, error: Error): ByteSource {
  return { size, read: () => Promise.reject(error) }
}

/** One stored run of a sparse file. */
export interface SparsePiece {
  /** Where the run stands in the logical file. */
  readonly offset: number
  readonly length: number
  /** Where its bytes are in the packed body. */
  readonly packedOffset: number
}

/** A sparse file: `pieces` ascend and do not overlap; what lies between them reads as zeros. */
export function sparseSource(packed: ByteSource, pieces: readonly SparsePiece[], size: number): ByteSource {
  return {
    size,
    async read(offset, length, signal) {
      checkRange(size, offset, length)
      const out = new Uint8Array(length)
      const end = offset + length
      for (let i = firstPieceEndingAfter(pieces, offset); i < pieces.length; i++) {
        const piece = pieces[i]
        if (!piece || piece.offset >= end) break
        const from = Math.max(offset, piece.offset)
        const to = Math.min(end, piece.offset + piece.length)
        if (to <= from) continue
        const bytes = await packed.read(piece.packedOffset + (from - piece.offset), to - from, signal)
        out.set(bytes, from - offset)
      }
      return out
    },
  }
}

function firstPieceEndingAfter(pieces: readonly SparsePiece[], offset: number): number {
  let low = 0
  let high = pieces.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const piece = pieces[middle]
    if (piece && piece.offset + piece.length <= offset) low = middle + 1
    else high = middle
  }
  return low
}

/** Largest single Blob read; Chromium refuses 2^31-1 bytes and more. */
const BLOB_READ = 1024 * 1024 * 1024

/** A dropped file (or any Blob) as a source. A file that changed or went away since gives OpenError `unreadable`. */
export function blobSource(blob: ReadableBlob): ByteSource {
  return {
    size: blob.size,
    blob: () => blob.slice(),
    async read(offset, length, signal) {
      signal?.throwIfAborted()
      checkRange(blob.size, offset, length)
      if (length > BLOB_READ) throw new FormatError('length-out-of-bounds', `${length} bytes are too many for one read`)
      let bytes: Uint8Array
      try {
        bytes = new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer())
      } catch (cause) {
        throw unreadable(cause)
      }
      signal?.throwIfAborted()
      if (bytes.length !== length) throw unreadable(undefined)
      return bytes
    },
  }
}

/** A file that cannot be read (any more): OpenError `unreadable`, with the name of an unusual cause. */
export function unreadable(cause: unknown): OpenError {
  const detail = cause instanceof Error && cause.name !== 'NotReadableError' ? ` (${cause.name})` : ''
  return new OpenError(
    'unreadable',
    `The file could not be read${detail}: it may have been changed, moved or removed since it was opened.`,
    'Drop the file again.',
  )
}

function settle<T>(work: () => T): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error(String(error)))
  }
}

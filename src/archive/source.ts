/**
 * Random access to bytes, whatever they live in: a dropped file, an inflated spill in the origin's private
 * file system, a member of a tar, a test buffer. Nothing above this interface knows which.
 */
export interface ByteSource {
  /** Total number of bytes. */
  readonly size: number
  /**
   * Reads exactly `length` bytes at `offset`. Throws FormatError `truncated` when the range leaves the source;
   * the caller bounds `length` (a single read stays below 2^31-1 bytes: browsers refuse larger ones).
   */
  read(offset: number, length: number, signal?: AbortSignal): Promise<Uint8Array>
  /** The source as a Blob, which another thread can read for itself; there only where the bytes are one. */
  readonly blob?: (() => Blob) | undefined
  /** The file of the private file system that holds the bytes; there only where other threads may open it to read. */
  readonly file?: FilePart | undefined
}

/** Bytes of a file from an offset on. */
export interface FilePart {
  readonly handle: FileSystemFileHandle
  readonly offset: number
}

/** Bytes that another thread can read for itself: a Blob, or a part of a file in the private file system. */
export type OwnSource = Blob | (FilePart & { readonly size: number })

/** That many bytes of a source, for another thread; undefined where it cannot read them by itself. */
export function ownSource({ file, blob }: ByteSource, start: number, size: number): OwnSource | undefined {
  if (file) return { handle: file.handle, offset: file.offset + start, size }
  return blob?.().slice(start, start + size)
}

/** Bytes read at a time when a source is streamed. */
const STREAM_CHUNK = 1024 * 1024

/** The whole source as a stream that is read as it is consumed. */
export function streamOf(source: ByteSource): ReadableStream<Uint8Array<ArrayBuffer>> {
  let offset = 0
  return new ReadableStream({
    async pull(controller) {
      const length = Math.min(STREAM_CHUNK, source.size - offset)
      if (length > 0) controller.enqueue((await source.read(offset, length)).slice())
      offset += length
      if (offset >= source.size) controller.close()
    },
  })
}

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
}

/** What string finders report to. */

/** Codes of encodings, small so that they fit a typed array. */
export const encodings = ['ascii', 'utf-8', 'utf-16le', 'utf-16be'] as const
export type Encoding = (typeof encodings)[number]

/** A string: bytes [from, to) of a buffer that is only valid during the call; where it stands, as for `feed`. */
export type StringSink = (bytes: Uint8Array, from: number, to: number, at: number, encoding: Encoding) => void

/** True for printable ASCII and tab, as GNU `strings` has it. */
export function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 9
}

/** Bytes of a run that has reached the end of a chunk and may go on in the next. */
export class Pending {
  readonly bytes: Uint8Array
  length = 0
  /** Where the first byte stands. */
  at = 0

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity)
  }

  /** Holds bytes [from, to) as far as there is room; the index of the first one left out. */
  append(bytes: Uint8Array, from: number, to: number): number {
    const end = Math.min(to, from + this.bytes.length - this.length)
    this.bytes.set(bytes.subarray(from, end), this.length)
    this.length += end - from
    return end
  }

  /** Drops the first `count` bytes. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.length)
    this.length -= count
    this.at += count
  }
}

/** ASCII and UTF-8 strings. */
import { Pending, isPrintable, type StringSink } from './sink.ts'

/** Bytes that a UTF-8 string can hold (RFC 3629 rules out 0xc0, 0xc1 and what lies above 0xf4). */
function inUtf8(byte: number): boolean {
  return isPrintable(byte) || (byte >= 0x80 && byte <= 0xf4 && byte !== 0xc0 && byte !== 0xc1)
}

/** Longest UTF-8 sequence. */
const SEQUENCE = 4

export class ByteStrings {
  readonly #least: number
  readonly #most: number
  readonly #utf8: boolean
  readonly #sink: StringSink
  readonly #members: Uint8Array
  readonly #pending: Pending

  constructor(least: number, most: number, utf8: boolean, sink: StringSink) {
    this.#least = least
    this.#most = most
    this.#utf8 = utf8
    this.#sink = sink
    this.#members = Uint8Array.from({ length: 256 }, (_, byte) => ((utf8 ? inUtf8 : isPrintable)(byte) ? 1 : 0))
    this.#pending = new Pending(2 * most + SEQUENCE)
  }

  feed(address: bigint, bytes: Uint8Array): void {
    const members = this.#members
    const least = this.#least
    let done = 0
    if (this.#pending.length > 0) {
      while (done < bytes.length && members[bytes[done] ?? 0] === 1) done += 1
      this.#hold(bytes, 0, done)
      if (done === bytes.length) return
      this.end()
    }
    for (let i = done + least - 1; i < bytes.length;) {
      if (members[bytes[i] ?? 0] === 0) {
        i += least
        continue
      }
      let from = i
      while (from > done && members[bytes[from - 1] ?? 0] === 1) from -= 1
      let to = i + 1
      while (to < bytes.length && members[bytes[to] ?? 0] === 1) to += 1
      done = to
      if (to === bytes.length) {
        done = from
        break
      }
      if (to - from >= least) this.#split(bytes, from, to, address + BigInt(from), true)
      i = to + least
    }
    let tail = bytes.length
    while (tail > done && members[bytes[tail - 1] ?? 0] === 1) tail -= 1
    if (tail === bytes.length) return
    this.#pending.address = address + BigInt(tail)
    this.#hold(bytes, tail, bytes.length)
  }

  end(): void {
    const { bytes, length, address } = this.#pending
    this.#pending.length = 0
    this.#split(bytes, 0, length, address, true)
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const pending = this.#pending
    for (let at = pending.append(bytes, from, to); at < to; at = pending.append(bytes, at, to))
      pending.drop(this.#split(pending.bytes, 0, pending.length, pending.address, false))
  }

  /**
   * Reports the strings in the run [from, to), in pieces of at most the longest length. When the run is not `final`,
   * the string that it ends with is left: its start is returned.
   */
  #split(bytes: Uint8Array, from: number, to: number, address: bigint, final: boolean): number {
    if (!this.#utf8 && final && to - from <= this.#most) {
      if (to - from >= this.#least) this.#sink(bytes, from, to, address, 'ascii')
      return to - from
    }
    let start = from
    let count = 0
    let beyondAscii = false
    for (let i = from; i < to;) {
      const lead = bytes[i] ?? 0
      const length = lead < 0x80 ? 1 : sequenceLength(bytes, i, to)
      if (length === 0 && !final && i + SEQUENCE > to) return start - from
      if (length === 0 || i + length - start > this.#most) {
        if (count >= this.#least) this.#report(bytes, start, i, address + BigInt(start - from), beyondAscii)
        if (length === 0) i += 1
        start = i
        count = 0
        beyondAscii = false
      } else {
        beyondAscii ||= lead >= 0x80
        count += 1
        i += length
      }
    }
    if (!final) return start - from
    if (count >= this.#least) this.#report(bytes, start, to, address + BigInt(start - from), beyondAscii)
    return to - from
  }

  #report(bytes: Uint8Array, from: number, to: number, address: bigint, beyondAscii: boolean): void {
    this.#sink(bytes, from, to, address, beyondAscii ? 'utf-8' : 'ascii')
  }
}

/** Length of the printable UTF-8 sequence at `i`; 0 when there is none (RFC 3629, table 3-7 of Unicode). */
function sequenceLength(bytes: Uint8Array, i: number, to: number): number {
  const lead = bytes[i] ?? 0
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0
  if (length === 0 || i + length > to) return 0
  let code = lead & (0xff >> (length + 1))
  for (let k = 1; k < length; k++) {
    const byte = bytes[i + k] ?? 0
    if ((byte & 0xc0) !== 0x80) return 0
    code = (code << 6) | (byte & 0x3f)
  }
  const shortest = length === 2 ? 0xa0 : length === 3 ? 0x800 : 0x10000
  const odd = (code >= 0xd800 && code <= 0xf8ff) || (code & 0xfffe) === 0xfffe || code >= 0xf0000
  return code < shortest || odd ? 0 : length
}

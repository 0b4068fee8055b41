/** ASCII and UTF-8 strings. */
import { Pending, isPrintable, type StringSink } from './sink.ts'

const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80
/** RFC 3629 rules out 0xc0, 0xc1 and what lies above 0xf4. */
const isLead = (byte: number): boolean => byte >= 0xc2 && byte <= 0xf4

/** For two bytes, as `first << 8 | second`, 1 when the second can follow the first in a string. */
function joinsOf(utf8: boolean): Uint8Array {
  const joins = new Uint8Array(65536)
  for (let first = 0; first < 256; first++)
    for (let second = 0; second < 256; second++) {
      const begins = isPrintable(second) || (utf8 && isLead(second))
      const continues = utf8 && isContinuation(second)
      const fits = isPrintable(first)
        ? begins
        : utf8 && ((isLead(first) && continues) || (isContinuation(first) && (begins || continues)))
      if (fits) joins[(first << 8) | second] = 1
    }
  return joins
}

/** The highest bit of each of four bytes. */
const HIGHEST = 0x80808080 | 0

/**
 * The first place from `at` on, in steps of four bytes, where four bytes are not all of 0x20 to 0x7e: most strings go on
 * for longer than that, and four bytes are compared at the cost of one.
 */
function pastPrintable(view: DataView, at: number, end: number): number {
  for (; at + 4 <= end; at += 4) {
    const word = view.getInt32(at, true)
    // A byte below 0x20 borrows into its highest bit, 0x7f and those above have it or get it.
    if (((word | ((word - 0x20202020) | 0) | ((word + 0x01010101) | 0)) & HIGHEST) !== 0) break
  }
  return at
}

/** Longest UTF-8 sequence. */
const SEQUENCE = 4

export class ByteStrings {
  readonly #least: number
  readonly #most: number
  readonly #sink: StringSink
  /** Bytes that a string can hold. */
  readonly #members: Uint8Array
  readonly #joins: Uint8Array
  readonly #pending: Pending

  constructor(least: number, most: number, utf8: boolean, sink: StringSink) {
    this.#least = least
    this.#most = most
    this.#sink = sink
    this.#joins = joinsOf(utf8)
    const isMember = (byte: number): boolean => isPrintable(byte) || (utf8 && (isLead(byte) || isContinuation(byte)))
    this.#members = Uint8Array.from({ length: 256 }, (_, byte) => (isMember(byte) ? 1 : 0))
    this.#pending = new Pending(2 * most + SEQUENCE)
  }

  feed(at: number, bytes: Uint8Array): void {
    const members = this.#members
    const joins = this.#joins
    const least = this.#least
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    /** No string goes on over this place. */
    let start = this.#continue(bytes)
    if (start === bytes.length) return
    for (let i = start + least - 1; i < bytes.length; i = start + least - 1) {
      let byte = bytes[i] ?? 0
      if (members[byte] === 0) {
        start = i + 1
        continue
      }
      let all = byte
      let from = i
      for (; from > start; from--) {
        const before = bytes[from - 1] ?? 0
        if (joins[(before << 8) | byte] === 0) break
        all |= before
        byte = before
      }
      if (from > start) {
        start = from
        continue
      }
      let to = i + 1
      byte = bytes[i] ?? 0
      for (; to < bytes.length; to++) {
        if (byte < 0x80) to = pastPrintable(view, to, bytes.length)
        byte = bytes[to - 1] ?? 0
        if (to === bytes.length) break
        const next = bytes[to] ?? 0
        if (joins[(byte << 8) | next] === 0) break
        all |= next
        byte = next
      }
      if (to === bytes.length) break
      if (all < 0x80 && to - start <= this.#most) this.#sink(bytes, start, to, at + start, 'ascii')
      else this.#split(bytes, start, to, at + start, true)
      start = to
    }
    this.#holdTail(at, bytes, start)
  }

  end(): void {
    const { bytes, length, at } = this.#pending
    this.#pending.length = 0
    this.#split(bytes, 0, length, at, true)
  }

  /** Goes on with the run that the last chunk ended with; where it ends in this one. */
  #continue(bytes: Uint8Array): number {
    const pending = this.#pending
    if (pending.length === 0) return 0
    let done = 0
    let last = pending.bytes[pending.length - 1] ?? 0
    for (; done < bytes.length; done++) {
      const byte = bytes[done] ?? 0
      if (this.#joins[(last << 8) | byte] === 0) break
      last = byte
    }
    this.#hold(bytes, 0, done)
    if (done < bytes.length) this.end()
    return done
  }

  #holdTail(at: number, bytes: Uint8Array, start: number): void {
    let tail = bytes.length - 1
    if (tail < start || this.#members[bytes[tail] ?? 0] === 0) return
    while (tail > start && this.#joins[((bytes[tail - 1] ?? 0) << 8) | (bytes[tail] ?? 0)] === 1) tail -= 1
    this.#pending.at = at + tail
    this.#hold(bytes, tail, bytes.length)
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const pending = this.#pending
    for (let held = pending.append(bytes, from, to); held < to; held = pending.append(bytes, held, to))
      pending.drop(this.#split(pending.bytes, 0, pending.length, pending.at, false))
  }

  /**
   * Reports the strings in the run [from, to), in pieces of at most the longest length. When the run is not `final`,
   * the string that it ends with is left: its start is returned.
   */
  #split(bytes: Uint8Array, from: number, to: number, at: number, final: boolean): number {
    let start = from
    let count = 0
    let beyondAscii = false
    for (let i = from; i < to;) {
      const lead = bytes[i] ?? 0
      const length = lead < 0x80 ? 1 : sequenceLength(bytes, i, to)
      if (length === 0 && !final && i + SEQUENCE > to) return start - from
      if (length === 0 || i + length - start > this.#most) {
        if (count >= this.#least) this.#report(bytes, start, i, at + start - from, beyondAscii)
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
    if (count >= this.#least) this.#report(bytes, start, to, at + start - from, beyondAscii)
    return to - from
  }

  #report(bytes: Uint8Array, from: number, to: number, at: number, beyondAscii: boolean): void {
    this.#sink(bytes, from, to, at, beyondAscii ? 'utf-8' : 'ascii')
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

/**
 * UTF-16 strings of ASCII characters: runs in which zero bytes and printable bytes alternate. Such a run is read as
 * little endian from its first printable byte on, as big endian from its first zero byte on.
 */
import { Pending, isPrintable, type StringSink } from './sink.ts'

/** Two neighbours alternate when their kinds add up to 3. */
const kinds = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0 ? 2 : isPrintable(byte) ? 1 : 8))

function alternate(bytes: Uint8Array, i: number): boolean {
  return (kinds[bytes[i] ?? 0] ?? 0) + (kinds[bytes[i + 1] ?? 0] ?? 0) === 3
}

export class WideStrings {
  readonly #least: number
  readonly #most: number
  readonly #little: boolean
  readonly #big: boolean
  readonly #sink: StringSink
  readonly #pending: Pending

  constructor(least: number, most: number, little: boolean, big: boolean, sink: StringSink) {
    this.#least = least
    this.#most = most
    this.#little = little
    this.#big = big
    this.#sink = sink
    this.#pending = new Pending(most)
  }

  feed(at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    let done = this.#continue(bytes)
    if (done === bytes.length) return
    const step = 2 * this.#least - 1
    for (let i = done + step - 1; i + 1 < bytes.length;) {
      if (!alternate(bytes, i)) {
        i += step
        continue
      }
      let from = i
      while (from > done && alternate(bytes, from - 1)) from -= 1
      let to = i + 2
      while (to < bytes.length && alternate(bytes, to - 1)) to += 1
      if (to === bytes.length) {
        done = from
        break
      }
      if (to - from > step) this.#pieces(bytes, this.#align(bytes, from, to), to, at)
      done = to
      i = to + step - 1
    }
    this.#holdTail(at, bytes, done)
  }

  end(): void {
    const { bytes, length, at } = this.#pending
    this.#pending.length = 0
    this.#report(bytes, 0, length, at)
  }

  /** Goes on with the run that the last chunk ended with; where it ends in this one. */
  #continue(bytes: Uint8Array): number {
    const pending = this.#pending
    if (pending.length === 0) return 0
    let done = 0
    let last = pending.bytes[pending.length - 1] ?? 0
    for (; done < bytes.length; done++) {
      const byte = bytes[done] ?? 0
      if ((kinds[last] ?? 0) + (kinds[byte] ?? 0) !== 3) break
      last = byte
    }
    this.#hold(bytes, 0, done)
    if (done < bytes.length) this.end()
    return done
  }

  #holdTail(at: number, bytes: Uint8Array, done: number): void {
    const last = bytes.length - 1
    if (kinds[bytes[last] ?? 0] === 8) return
    let from = last
    while (from > done && alternate(bytes, from - 1)) from -= 1
    from = this.#align(bytes, from, bytes.length)
    this.#pending.at = at + from
    this.#hold(bytes, from, bytes.length)
  }

  #hold(bytes: Uint8Array, from: number, to: number): void {
    const pending = this.#pending
    for (let held = pending.append(bytes, from, to); held < to; held = pending.append(bytes, held, to)) {
      this.#report(pending.bytes, 0, pending.length, pending.at)
      pending.drop(pending.length)
    }
  }

  /** Start of the run without the byte that the one wanted encoding cannot begin with. */
  #align(bytes: Uint8Array, from: number, to: number): number {
    if (this.#little && this.#big) return from
    return from < to && kinds[bytes[from] ?? 0] !== (this.#little ? 1 : 2) ? from + 1 : from
  }

  #pieces(bytes: Uint8Array, from: number, to: number, base: number): void {
    for (let i = from; i < to; i += this.#most) this.#report(bytes, i, Math.min(i + this.#most, to), base + i)
  }

  /** Reports the run [from, to) in the encoding that it is in. */
  #report(bytes: Uint8Array, from: number, to: number, at: number): void {
    const startsPrintable = kinds[bytes[from] ?? 0] === 1
    const full = (to - from) >> 1
    const less = (to - from - 1) >> 1
    const little = this.#little ? (startsPrintable ? full : less) : 0
    const big = this.#big ? (startsPrintable ? less : full) : 0
    if (Math.max(little, big) < this.#least) return
    const even = at % 2 === 0
    const isLittle = little > big || (little === big && startsPrintable === even)
    const start = isLittle === startsPrintable ? 0 : 1
    const length = 2 * (isLittle ? little : big)
    const first = from + start
    this.#sink(bytes, first, first + length, at + start, isLittle ? 'utf-16le' : 'utf-16be')
  }
}

/**
 * The protobuf wire format (protobuf.dev, "Encoding") as CRIU's proto2 images use it, read from hostile bytes.
 * All positions are byte offsets in the image file, so that every value can be traced.
 *
 * Unlike protobufjs' own reader this one gives exact 64-bit values as bigint, keeps text lossless (names in an
 * image are bytes, not always UTF-8), records unknown fields by position, and never throws for a missing
 * required field: a damaged image still shows what it has.
 */
import { FormatError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { decodeText } from '../base/text.ts'

/** A field that the schema does not know, or that came with an unexpected wire type. */
export interface UnknownField {
  readonly number: number
  /** 0 varint, 1 64-bit, 2 length-delimited, 5 32-bit. */
  readonly wireType: number
  /** Byte offset in the image of the tag. */
  readonly offset: number
  /** Bytes from the tag to the end of the value. */
  readonly length: number
}

/** What every decoded message may carry beside its own fields. */
export interface Message {
  $unknown?: UnknownField[]
}

/** How a field is meant to be shown (proto/options.proto). */
export interface DisplayHints {
  readonly hex?: boolean
  readonly ipadd?: boolean
  readonly dev?: boolean
  readonly odev?: boolean
  readonly flags?: string
  readonly dict?: string
  readonly conv?: string
}

/** [field number, name, label (0 optional, 1 required, 2 repeated), kind, scalar/enum/message name, hints?] */
export type FieldRow = readonly [number, string, 0 | 1 | 2, 's' | 'e' | 'm', string, DisplayHints?]

/** Reads varints and length-delimited values within [pos, limit) of an image. */
export class WireReader {
  pos: number
  /** End of the innermost length-delimited value, or of the record. */
  limit: number
  readonly bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array, pos: number, limit: number) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.pos = pos
    this.limit = Math.min(limit, bytes.length)
  }

  #fail(code: 'truncated' | 'bad-varint' | 'bad-wire-type' | 'too-deep', message: string, at: number): never {
    throw new FormatError(code, message, { offset: at, length: Math.max(0, this.limit - at) })
  }

  /** Called on entry of a message: bounds the nesting. */
  enter(depth: number): void {
    if (depth > limits.messageDepth) this.#fail('too-deep', 'messages are nested too deeply', this.pos)
  }

  /** Called when a message is read: its last field must end where it ends. */
  leave(end: number): void {
    if (this.pos !== end) this.#fail('truncated', 'a field reaches beyond the end of its message', end)
  }

  /** Low 32 bits of a varint, unsigned. */
  uint32(): number {
    const start = this.pos
    let low = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte(start)
      if (shift < 32) low |= (byte & 0x7f) << shift
      if (byte < 0x80) return low >>> 0
    }
    return this.#fail('bad-varint', 'varint of more than ten bytes', start)
  }

  int32(): number {
    return this.uint32() | 0
  }

  sint32(): number {
    const value = this.uint32()
    return (value >>> 1) ^ -(value & 1)
  }

  bool(): boolean {
    return this.uint64() !== 0n
  }

  uint64(): bigint {
    const start = this.pos
    let low = 0
    let high = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#byte(start)
      const bits = byte & 0x7f
      if (shift < 28) low |= bits << shift
      else if (shift === 28) {
        low |= bits << 28
        high = bits >>> 4
      } else if (shift < 64) high |= bits << (shift - 32)
      if (byte < 0x80) return high === 0 ? BigInt(low >>> 0) : (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0)
    }
    return this.#fail('bad-varint', 'varint of more than ten bytes', start)
  }

  int64(): bigint {
    return BigInt.asIntN(64, this.uint64())
  }

  sint64(): bigint {
    const value = this.uint64()
    return (value >> 1n) ^ -(value & 1n)
  }

  fixed32(): number {
    const at = this.#take(4)
    return this.#view.getUint32(at, true)
  }

  fixed64(): bigint {
    const at = this.#take(8)
    return this.#view.getBigUint64(at, true)
  }

  /** Reads a length and gives the position after it; fails when the value would leave its message. */
  end(): number {
    const at = this.pos
    const length = this.uint32()
    const stop = this.pos + length
    if (stop > this.limit)
      this.#fail('truncated', `a value of ${length} bytes where ${this.limit - this.pos} are left`, at)
    return stop
  }

  /** A view of the bytes, not a copy. */
  bytesValue(): Uint8Array {
    const stop = this.end()
    const value = this.bytes.subarray(this.pos, stop)
    this.pos = stop
    return value
  }

  string(): string {
    return decodeText(this.bytesValue())
  }

  /** Skips the value of an unknown field and records where it is. */
  unknown(message: Message, tag: number, at: number): void {
    const wireType = tag & 7
    if (wireType === 0) this.uint64()
    else if (wireType === 1) this.#take(8)
    else if (wireType === 2) this.pos = this.end()
    else if (wireType === 5) this.#take(4)
    else this.#fail('bad-wire-type', `wire type ${wireType} is not used by any CRIU image`, at)
    const field = { number: tag >>> 3, wireType, offset: at, length: this.pos - at }
    ;(message.$unknown ??= []).push(field)
  }

  #byte(start: number): number {
    if (this.pos >= this.limit) this.#fail('truncated', 'a varint breaks off', start)
    return this.bytes[this.pos++] ?? 0
  }

  #take(count: number): number {
    const at = this.pos
    if (at + count > this.limit) this.#fail('truncated', `${count} bytes needed, ${this.limit - at} left`, at)
    this.pos = at + count
    return at
  }
}

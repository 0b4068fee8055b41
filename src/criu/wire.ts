/**
 * The protobuf wire format (protobuf.dev, "Encoding") as CRIU's proto2 images use it, read from hostile bytes.
 * All positions are byte offsets in the image file, so that every value can be traced.
 *
 * Unlike protobufjs' own reader this one gives exact 64-bit values as bigint, keeps text lossless (names in an
 * image are bytes, not always UTF-8), records unknown fields by position, and never throws for a missing
 * required field: a damaged image still shows what it has.
 */
import { FormatError, LimitError } from '../base/errors.ts'
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

/** How one message is made and read; the generated module has one for each. */
export interface Decoder<T> {
  readonly create: () => T
  /** Reads fields up to the reader's limit into `m`; on an error `m` holds what came before it. */
  readonly read: (r: WireReader, depth: number, m: T) => void
}

/** A field that no schema of ours has: how often, and where it was first seen. */
export interface UnknownCount {
  readonly message: string
  readonly number: number
  readonly wireType: number
  readonly offset: number
  count: number
}

/** A message that came without a required field. */
export interface IncompleteMessage {
  readonly message: string
  readonly value: object
  /** Byte offset of the end of the message. */
  readonly end: number
}

/** Different unknown fields told apart in one image; further ones are kept in `$unknown` only. */
const UNKNOWN_KINDS = 64

/**
 * Reads varints and length-delimited values within the window [pos, limit) of an image. The window shrinks to
 * each nested message, so that no value reaches beyond the message that it is in.
 */
export class WireReader {
  pos: number
  /** End of the innermost length-delimited value, or of the record. */
  limit: number
  readonly bytes: Uint8Array
  /** Memory spent on decoded values, in slots of about eight bytes (limits.imageSlots). */
  slots = 0
  /** Unknown fields of the whole image, by message and number. */
  readonly unknownCounts = new Map<string, UnknownCount>()
  /** Messages without a required field, since the last `window`. */
  incomplete: IncompleteMessage[] = []
  readonly #view: DataView

  constructor(bytes: Uint8Array, pos = 0, limit = bytes.length) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.pos = pos
    this.limit = Math.min(limit, bytes.length)
  }

  /** Goes to another record. */
  window(pos: number, limit: number): void {
    this.pos = pos
    this.limit = Math.min(limit, this.bytes.length)
    this.incomplete = []
  }

  #fail(code: 'truncated' | 'bad-varint' | 'bad-wire-type' | 'too-deep', message: string, at: number): never {
    throw new FormatError(code, message, { offset: at, length: Math.max(0, this.limit - at) })
  }

  /** Counts memory that decoding is about to take. */
  spend(slots: number): void {
    this.slots += slots
    if (this.slots > limits.imageSlots)
      throw new LimitError('imageSlots', `more decoded values than ${limits.imageSlots} slots of memory`)
  }

  /** Called on entry of a message: bounds the nesting and the memory. */
  enter(depth: number, fields: number): void {
    if (depth > limits.messageDepth) this.#fail('too-deep', 'messages are nested too deeply', this.pos)
    this.spend(fields + 4)
  }

  /** Narrows the window to the length-delimited value at the position; gives the limit to restore. */
  open(): number {
    const outer = this.limit
    this.limit = this.end()
    return outer
  }

  /** The same for packed scalars, each at least one byte long. */
  openPacked(): number {
    const outer = this.open()
    this.spend(this.limit - this.pos)
    return outer
  }

  close(outer: number): void {
    this.limit = outer
  }

  /** Notes that a required field did not come (proto2 "required"); the message is kept as it is. */
  missing(message: string, value: object): void {
    this.spend(4)
    this.incomplete.push({ message, value, end: this.pos })
  }

  /** A field's tag: number << 3 | wire type. */
  tag(): number {
    const at = this.pos
    const tag = this.uint32()
    if (tag < 8) this.#fail('bad-wire-type', 'field number 0', at)
    if (this.pos - at > 5) this.#fail('bad-varint', 'a tag of more than five bytes', at)
    this.spend(1)
    return tag
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
  unknown(messageName: string, message: Message, tag: number, at: number): void {
    const wireType = tag & 7
    this.skip(wireType, at)
    this.spend(8)
    const number = tag >>> 3
    ;(message.$unknown ??= []).push({ number, wireType, offset: at, length: this.pos - at })
    const key = `${messageName}.${number}.${wireType}`
    const seen = this.unknownCounts.get(key)
    if (seen) seen.count += 1
    else if (this.unknownCounts.size < UNKNOWN_KINDS)
      this.unknownCounts.set(key, { message: messageName, number, wireType, offset: at, count: 1 })
  }

  /** Skips a value; `at` is where its tag is, for the error. */
  skip(wireType: number, at: number): void {
    if (wireType === 0) this.uint64()
    else if (wireType === 1) this.#take(8)
    else if (wireType === 2) this.pos = this.end()
    else if (wireType === 5) this.#take(4)
    else this.#fail('bad-wire-type', `wire type ${wireType} is not used by any CRIU image`, at)
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

/** Writes C structures of the dumped machine: its word size, its byte order, its padding. */

/** How a machine lays out its structures. */
export interface Layout {
  /** `unsigned long` has 8 bytes; 4 otherwise. */
  readonly wide: boolean
  readonly bigEndian: boolean
}

/** A field's value; undefined when the image does not hold it. */
type Value = number | bigint | undefined

export class StructWriter {
  readonly layout: Layout
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  #complete = true

  constructor(layout: Layout) {
    this.layout = layout
  }

  /** False once a value was undefined: a core file has no way to mark a field as not known. */
  get complete(): boolean {
    return this.#complete
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#at
  }

  u8(value: Value): this {
    const at = this.#room(1)
    this.#view.setUint8(at, this.#low(value, 8))
    return this
  }

  u16(value: Value): this {
    const at = this.#room(2)
    this.#view.setUint16(at, this.#low(value, 16), !this.layout.bigEndian)
    return this
  }

  u32(value: Value): this {
    const at = this.#room(4)
    this.#view.setUint32(at, this.#low(value, 32), !this.layout.bigEndian)
    return this
  }

  u64(value: Value): this {
    if (value === undefined) this.#complete = false
    const at = this.#room(8)
    this.#view.setBigUint64(at, BigInt.asUintN(64, BigInt(value ?? 0)), !this.layout.bigEndian)
    return this
  }

  /** `unsigned long`. */
  word(value: Value): this {
    return this.layout.wide ? this.u64(value) : this.u32(value)
  }

  /** The first `count` values of `bits` each. */
  list(values: readonly Value[], count: number, bits: 32 | 64): this {
    for (let i = 0; i < count; i++)
      if (bits === 32) this.u32(values[i])
      else this.u64(values[i])
    return this
  }

  bytes(bytes: Uint8Array): this {
    const at = this.#room(bytes.length)
    this.#bytes.set(bytes, at)
    return this
  }

  /** `char[size]`: at most `size - 1` bytes and NUL up to the end. */
  chars(bytes: Uint8Array, size: number): this {
    const text = bytes.subarray(0, size - 1)
    return this.bytes(text).zeros(size - text.length)
  }

  zeros(count: number): this {
    this.#room(count)
    return this
  }

  /** Zeros up to a multiple of `unit`. */
  align(unit: number): this {
    return this.zeros((unit - (this.#at % unit)) % unit)
  }

  done(): Uint8Array {
    return this.#bytes.slice(0, this.#at)
  }

  #low(value: Value, bits: 8 | 16 | 32): number {
    if (value === undefined) this.#complete = false
    return Number(BigInt.asUintN(bits, BigInt(value ?? 0)))
  }

  /** Makes room and gives its place. */
  #room(count: number): number {
    const at = this.#at
    this.#at += count
    if (this.#at > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#at, this.#bytes.length * 2))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return at
  }
}

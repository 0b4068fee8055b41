/**
 * Distinct strings with counts, within a stated amount of memory: an open hash table over columns. When the memory is
 * used up, strings already known are counted on and new ones are left out, which `full` and `leftOut` tell.
 */
import { scanLimits } from './limits.ts'
import { encodings, type Encoding } from './strings/sink.ts'

export interface StringEntry {
  /** The bytes of the string; a view into the table. */
  readonly bytes: Uint8Array
  readonly encoding: Encoding
  /** Address of the first occurrence that was added. */
  readonly address: bigint
  readonly count: number
}

/** Slots looked at for one string: evidence made to collide costs strings, never time. */
const PROBES = 64
const FIRST_ENTRIES = 1024
const FIRST_BYTES = 32 * 1024
/** Memory of one entry without its bytes: columns and two slots. */
const ENTRY_BYTES = 8 + 8 + 4 + 4 + 1 + 2 * 4

export class StringTable {
  readonly #limit: number
  readonly #seed: number
  #size = 0
  #used = 0
  #bytes = new Uint8Array(FIRST_BYTES)
  #slots = new Int32Array(2 * FIRST_ENTRIES)
  #starts = new Uint32Array(FIRST_ENTRIES + 1)
  #hashes = new Int32Array(FIRST_ENTRIES)
  #addresses = new BigUint64Array(FIRST_ENTRIES)
  #counts = new Float64Array(FIRST_ENTRIES)
  #encodings = new Uint8Array(FIRST_ENTRIES)
  #leftOut = 0

  /** `limit`: memory in bytes; growing may take half as much again for a moment. */
  constructor(limit: number = scanLimits.stringTable) {
    this.#limit = limit
    this.#seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0
  }

  /** Number of distinct strings. */
  get size(): number {
    return this.#size
  }

  /** Occurrences of strings that found no room. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** True when strings were left out. */
  get full(): boolean {
    return this.#leftOut > 0
  }

  /** Counts the string in bytes [from, to); its index, -1 when there is no room for it. */
  add(bytes: Uint8Array, from: number, to: number, address: bigint, encoding: Encoding): number {
    const code = encodings.indexOf(encoding)
    const hash = this.#hash(bytes, from, to, code)
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & mask
      const entry = (this.#slots[slot] ?? 0) - 1
      if (entry < 0) return this.#insert(bytes, from, to, address, code, hash, slot)
      if (this.#hashes[entry] === hash && this.#encodings[entry] === code && this.#equals(entry, bytes, from, to)) {
        this.#counts[entry] = (this.#counts[entry] ?? 0) + 1
        return entry
      }
    }
    this.#leftOut += 1
    return -1
  }

  /** The string at an index, in the order of first occurrence. */
  at(index: number): StringEntry {
    const encoding = encodings[this.#encodings[index] ?? 0]
    if (!encoding || index < 0 || index >= this.#size) throw new RangeError(`no string ${index}`)
    const bytes = this.#bytes.subarray(this.#starts[index], this.#starts[index + 1])
    return { bytes, encoding, address: this.#addresses[index] ?? 0n, count: this.#counts[index] ?? 0 }
  }

  #insert(
    bytes: Uint8Array,
    from: number,
    to: number,
    address: bigint,
    code: number,
    hash: number,
    slot: number,
  ): number {
    const entry = this.#size
    if (this.#used + to - from > this.#bytes.length || entry === this.#hashes.length) {
      if (!this.#grow(to - from)) {
        this.#leftOut += 1
        return -1
      }
      slot = this.#freeSlot(hash)
      if (slot < 0) {
        this.#leftOut += 1
        return -1
      }
    }
    this.#bytes.set(bytes.subarray(from, to), this.#used)
    this.#used += to - from
    this.#slots[slot] = entry + 1
    this.#starts[entry + 1] = this.#used
    this.#hashes[entry] = hash
    this.#addresses[entry] = address
    this.#counts[entry] = 1
    this.#encodings[entry] = code
    this.#size += 1
    return entry
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & mask
      if (this.#slots[slot] === 0) return slot
    }
    return -1
  }

  /** Doubles what is too small; false when that would exceed the limit. */
  #grow(needed: number): boolean {
    let room = this.#bytes.length
    while (this.#used + needed > room) room *= 2
    const entries = this.#size === this.#hashes.length ? 2 * this.#size : this.#hashes.length
    if (room + entries * ENTRY_BYTES > this.#limit) return false
    if (room > this.#bytes.length) this.#bytes = enlarged(this.#bytes, new Uint8Array(room))
    if (entries > this.#hashes.length) {
      this.#starts = enlarged(this.#starts, new Uint32Array(entries + 1))
      this.#hashes = enlarged(this.#hashes, new Int32Array(entries))
      this.#addresses = enlarged(this.#addresses, new BigUint64Array(entries))
      this.#counts = enlarged(this.#counts, new Float64Array(entries))
      this.#encodings = enlarged(this.#encodings, new Uint8Array(entries))
      this.#slots = new Int32Array(2 * entries)
      for (let entry = 0; entry < this.#size; entry++) {
        const slot = this.#freeSlot(this.#hashes[entry] ?? 0)
        if (slot >= 0) this.#slots[slot] = entry + 1
      }
    }
    return true
  }

  #hash(bytes: Uint8Array, from: number, to: number, code: number): number {
    let hash = this.#seed ^ Math.imul(to - from + 1, 0x9e3779b1) ^ code
    for (let i = from; i < to; i++) {
      hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x85ebca6b)
      hash ^= hash >>> 13
    }
    hash = Math.imul(hash, 0xc2b2ae35)
    return hash ^ (hash >>> 16)
  }

  #equals(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[entry] ?? 0
    if ((this.#starts[entry + 1] ?? 0) - start !== to - from) return false
    for (let i = from; i < to; i++) if (this.#bytes[start + i - from] !== bytes[i]) return false
    return true
  }
}

function enlarged<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source)
  return target
}

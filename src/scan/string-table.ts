/**
 * Distinct strings with counts, within a stated amount of memory: an open hash table over columns. When the memory is
 * used up, strings already known are counted on and new ones are left out, which `leftOut` tells.
 */
import { scanLimits } from './limits.ts'
import { encodings, type Encoding } from './strings/sink.ts'

/** Distinct strings as columns: they cross between threads at the cost of a few buffers. */
export interface StringColumns {
  readonly count: number
  /** The bytes of all, one string after the other; where each begins, and the end of the last. */
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly starts: Uint32Array<ArrayBuffer>
  /** Indices into `encodings`. */
  readonly codes: Uint8Array<ArrayBuffer>
  readonly counts: Float64Array<ArrayBuffer>
  /** The least of the places at which each was found. */
  readonly places: Float64Array<ArrayBuffer>
  /** Occurrences of strings that found no room. */
  readonly leftOut: number
}

/** Slots looked at for one string: evidence made to collide costs strings, never time. */
const PROBES = 64
const FIRST_ENTRIES = 1024
const FIRST_BYTES = 32 * 1024
/** Memory of one entry without its bytes: columns and two slots. */
const ENTRY_BYTES = 8 + 8 + 4 + 4 + 1 + 2 * 4

export class StringTable {
  readonly #limit: number
  readonly #seed = crypto.getRandomValues(new Int32Array(1))[0] ?? 0
  #size = 0
  #bytes = new Uint8Array(FIRST_BYTES)
  #view = viewOf(this.#bytes)
  /** The chunk that strings came from last. */
  #source: Uint8Array | undefined
  #sourceView = this.#view
  #slots = new Int32Array(2 * FIRST_ENTRIES)
  #starts = new Uint32Array(FIRST_ENTRIES + 1)
  #hashes = new Int32Array(FIRST_ENTRIES)
  #places = new Float64Array(FIRST_ENTRIES)
  #counts = new Float64Array(FIRST_ENTRIES)
  #codes = new Uint8Array(FIRST_ENTRIES)
  #leftOut = 0

  /** `limit`: memory in bytes; growing may take half as much again for a moment. */
  constructor(limit: number = scanLimits.stringTable) {
    this.#limit = limit
  }

  /** Number of distinct strings. */
  get size(): number {
    return this.#size
  }

  /** Occurrences of strings that found no room. */
  get leftOut(): number {
    return this.#leftOut
  }

  /** Counts the string in bytes [from, to), found at a place: any number that orders what was found. */
  add(bytes: Uint8Array, from: number, to: number, place: number, encoding: Encoding): void {
    this.#add(bytes, from, to, place, encodings.indexOf(encoding), 1)
  }

  /** Adds what another table holds, its places moved on by `shift`. */
  merge({ count, bytes, starts, codes, counts, places, leftOut }: StringColumns, shift: number): void {
    for (let i = 0; i < count; i++)
      this.#add(bytes, starts[i] ?? 0, starts[i + 1] ?? 0, (places[i] ?? 0) + shift, codes[i] ?? 0, counts[i] ?? 0)
    this.#leftOut += leftOut
  }

  /** Everything it holds, in the order in which it came. */
  columns(): StringColumns {
    return {
      count: this.#size,
      bytes: this.#bytes.slice(0, this.#used),
      starts: this.#starts.slice(0, this.#size + 1),
      codes: this.#codes.slice(0, this.#size),
      counts: this.#counts.slice(0, this.#size),
      places: this.#places.slice(0, this.#size),
      leftOut: this.#leftOut,
    }
  }

  /** Forgets everything; the memory stays for what comes next. */
  clear(): void {
    this.#slots.fill(0)
    this.#size = 0
    this.#leftOut = 0
  }

  get #used(): number {
    return this.#starts[this.#size] ?? 0
  }

  #add(bytes: Uint8Array, from: number, to: number, place: number, code: number, count: number): void {
    const hash = this.#hash(bytes, from, to, code)
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & mask
      const entry = (this.#slots[slot] ?? 0) - 1
      if (entry < 0) {
        this.#insert(bytes, from, to, place, code, count, hash, slot)
        return
      }
      if (this.#hashes[entry] === hash && this.#codes[entry] === code && this.#equals(entry, bytes, from, to)) {
        this.#counts[entry] = (this.#counts[entry] ?? 0) + count
        if (place < (this.#places[entry] ?? 0)) this.#places[entry] = place
        return
      }
    }
    this.#leftOut += count
  }

  #insert(
    bytes: Uint8Array,
    from: number,
    to: number,
    place: number,
    code: number,
    count: number,
    hash: number,
    slot: number,
  ): void {
    const entry = this.#size
    const used = this.#used
    if (used + to - from > this.#bytes.length || entry === this.#hashes.length) {
      slot = this.#grow(to - from) ? this.#freeSlot(hash) : -1
      if (slot < 0) {
        this.#leftOut += count
        return
      }
    }
    this.#bytes.set(bytes.subarray(from, to), used)
    this.#slots[slot] = entry + 1
    this.#starts[entry + 1] = used + to - from
    this.#hashes[entry] = hash
    this.#places[entry] = place
    this.#counts[entry] = count
    this.#codes[entry] = code
    this.#size += 1
  }

  #freeSlot(hash: number): number {
    const mask = this.#slots.length - 1
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (hash + probe) & mask
      if (this.#slots[slot] === 0) return slot
    }
    return -1
  }

  /** Enlarges what is too small; false when that would exceed the limit. */
  #grow(needed: number): boolean {
    const size = this.#hashes.length
    const entries = this.#size === size ? 2 * size : size
    let room = this.#bytes.length
    while (this.#used + needed > room) room *= 2
    if (room + entries * ENTRY_BYTES > this.#limit) return false
    if (room > this.#bytes.length) {
      this.#bytes = enlarged(this.#bytes, new Uint8Array(room))
      this.#view = viewOf(this.#bytes)
    }
    if (entries > size) {
      this.#starts = enlarged(this.#starts, new Uint32Array(entries + 1))
      this.#hashes = enlarged(this.#hashes, new Int32Array(entries))
      this.#places = enlarged(this.#places, new Float64Array(entries))
      this.#counts = enlarged(this.#counts, new Float64Array(entries))
      this.#codes = enlarged(this.#codes, new Uint8Array(entries))
      this.#slots = new Int32Array(2 * entries)
      for (let entry = 0; entry < this.#size; entry++) {
        const slot = this.#freeSlot(this.#hashes[entry] ?? 0)
        if (slot >= 0) this.#slots[slot] = entry + 1
      }
    }
    return true
  }

  /** Sixteen bytes a step in two hashes: a step waits for the one before it. */
  #hash(bytes: Uint8Array, from: number, to: number, code: number): number {
    const view = this.#viewOf(bytes)
    let hash = this.#seed ^ Math.imul(to - from + 1, 0x9e3779b1) ^ code
    let i = from
    if (i + 16 <= to) {
      let other = hash ^ 0x27d4eb2f
      for (; i + 16 <= to; i += 16) {
        hash = Math.imul(hash ^ view.getInt32(i, true), 0x85ebca6b)
        other = Math.imul(other ^ view.getInt32(i + 4, true), 0xc2b2ae35)
        hash = Math.imul(hash ^ (hash >>> 15) ^ view.getInt32(i + 8, true), 0x85ebca6b)
        other = Math.imul(other ^ (other >>> 15) ^ view.getInt32(i + 12, true), 0xc2b2ae35)
        hash ^= hash >>> 15
        other ^= other >>> 15
      }
      hash ^= Math.imul(other, 0x9e3779b1)
    }
    for (; i + 4 <= to; i += 4) {
      hash = Math.imul(hash ^ view.getInt32(i, true), 0x85ebca6b)
      hash ^= hash >>> 15
    }
    for (; i < to; i++) hash = Math.imul(hash ^ view.getUint8(i), 0x85ebca6b) ^ (hash >>> 13)
    hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35)
    return hash ^ (hash >>> 16)
  }

  #equals(entry: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[entry] ?? 0
    if ((this.#starts[entry + 1] ?? 0) - start !== to - from) return false
    const [view, own] = [this.#viewOf(bytes), this.#view]
    const shift = start - from
    let i = from
    for (; i + 4 <= to; i += 4) if (own.getInt32(i + shift, true) !== view.getInt32(i, true)) return false
    for (; i < to; i++) if (own.getUint8(i + shift) !== view.getUint8(i)) return false
    return true
  }

  /** Strings come many from one chunk. */
  #viewOf(bytes: Uint8Array): DataView {
    if (bytes !== this.#source) {
      this.#source = bytes
      this.#sourceView = viewOf(bytes)
    }
    return this.#sourceView
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function enlarged<T extends { set(source: T): void }>(source: T, target: T): T {
  target.set(source)
  return target
}

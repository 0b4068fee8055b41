/**
 * An address space as rows of a hex view: stored ranges in rows of 16 bytes, every gap as one row, and a heading where a
 * mapping begins. Rows are numbered from 0 and nothing is made before it is asked for, so that a space of any size costs
 * three numbers per range. Numbers are exact up to 2^53 rows, which is 2^57 bytes of stored memory; no archive has so many.
 */
import type { MemoryLayout } from '../model/memory.ts'

/** Bytes of a row. */
export const ROW = 16n

export interface HexRow {
  readonly kind: 'bytes' | 'gap' | 'heading'
  /** Index into the layout's columns. */
  readonly range: number
  /** Of rows of bytes the multiple of 16, else where the range begins. */
  readonly address: bigint
  /** Columns that belong to the range: all 16 but at its ends. */
  readonly from: number
  readonly to: number
}

/** Last index whose value is not above; -1 when all are. `length` values, ascending. */
function lastNotAbove<T extends number | bigint>(length: number, value: (index: number) => T, wanted: T): number {
  let [low, high] = [0, length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value(middle) <= wanted) low = middle + 1
    else high = middle
  }
  return low - 1
}

export class HexRows {
  readonly layout: MemoryLayout
  /** Row at which each range begins, and behind the last the number of all rows. */
  readonly #first: Float64Array

  constructor(layout: MemoryLayout) {
    this.layout = layout
    const count = layout.start.length
    this.#first = new Float64Array(count + 1)
    for (let range = 0; range < count; range++) {
      const rows = this.isStored(range) ? Number((this.end(range) + ROW - 1n) / ROW - this.start(range) / ROW) : 1
      this.#first[range + 1] = (this.#first[range] ?? 0) + rows + (this.hasHeading(range) ? 1 : 0)
    }
  }

  get total(): number {
    return this.#first.at(-1) ?? 0
  }

  start(range: number): bigint {
    return this.layout.start[range] ?? 0n
  }

  /** Exclusive. */
  end(range: number): bigint {
    return this.start(range) + (this.layout.length[range] ?? 0n)
  }

  /** Whether the bytes of a range can be shown. */
  isStored(range: number): boolean {
    const kind = this.layout.reasons[this.layout.reason[range] ?? -1]?.kind
    return kind === 'stored' || kind === 'parent'
  }

  hasHeading(range: number): boolean {
    const { mapping } = this.layout
    return (mapping[range] ?? -1) >= 0 && mapping[range] !== mapping[range - 1]
  }

  /** Range that holds an address; the nearest one before it, or the first. -1 when there is none at all. */
  rangeAt(address: bigint): number {
    const { start } = this.layout
    return Math.max(start.length === 0 ? -1 : 0, this.#lastBegun(address))
  }

  #lastBegun(address: bigint): number {
    return lastNotAbove(this.layout.start.length, (index) => this.start(index), address)
  }

  /** Whether the bytes at an address can be shown. */
  isStoredAt(address: bigint): boolean {
    const range = this.#lastBegun(address)
    return range >= 0 && address < this.end(range) && this.isStored(range)
  }

  at(index: number): HexRow {
    const range = lastNotAbove(this.layout.start.length, (at) => this.#first[at] ?? 0, index)
    const start = this.start(range)
    const line = index - (this.#first[range] ?? 0) - (this.hasHeading(range) ? 1 : 0)
    if (line < 0) return { kind: 'heading', range, address: start, from: 0, to: 0 }
    if (!this.isStored(range)) return { kind: 'gap', range, address: start, from: 0, to: 0 }
    const address = (start / ROW + BigInt(line)) * ROW
    const left = this.end(range) - address
    return {
      kind: 'bytes',
      range,
      address,
      from: address < start ? Number(start - address) : 0,
      to: left < ROW ? Number(left) : Number(ROW),
    }
  }

  /** Row of an address: that of its bytes or of the gap that it lies in; the nearest one where nothing is. */
  indexOf(address: bigint): number {
    const range = this.rangeAt(address)
    if (range < 0) return 0
    const first = (this.#first[range] ?? 0) + (this.hasHeading(range) ? 1 : 0)
    if (!this.isStored(range) || address < this.start(range)) return first
    const last = this.end(range) - 1n
    return first + Number((address > last ? last : address) / ROW - this.start(range) / ROW)
  }

  /** Where the next stored page begins, or with `-1` the one before; undefined when there is none. */
  storedPage(address: bigint, step: 1 | -1, pageSize: number): bigint | undefined {
    const page = BigInt(pageSize)
    const begin = (address / page) * page
    const near = begin + page * BigInt(step)
    if (near >= 0n && this.isStoredAt(near)) return near
    const count = this.layout.start.length
    for (let range = this.#lastBegun(step > 0 ? address : begin - 1n); range < count; range += step) {
      if (range < 0 && step < 0) return undefined
      if (range < 0 || !this.isStored(range)) continue
      if (step > 0 && this.start(range) > address) return this.start(range)
      if (step < 0 && this.start(range) < begin) {
        const end = this.end(range) < begin ? this.end(range) : begin
        const last = ((end - 1n) / page) * page
        return last > this.start(range) ? last : this.start(range)
      }
    }
    return undefined
  }
}

/** Ranges of an address space as columns, in one object that is filled again and again. */
import type { Mapping } from './address-space.ts'
import type { Gap } from './gap.ts'
import type { Stored } from './page-store.ts'

/** Ranges handed over at once, as a rule. */
const ROOM = 4096

export class Batch {
  /** Address that positions count from. */
  base = 0n
  /** The mapping that all of the ranges lie in; undefined outside. */
  mapping: Mapping | undefined
  /** Ranges; they follow each other without holes. */
  count = 0
  /** First byte, and the byte behind the last. */
  from = new Float64Array(ROOM)
  to = new Float64Array(ROOM)
  /** Byte offset in the image, where bytes are stored. */
  offset = new Float64Array(ROOM)
  readonly answer: (Stored | Gap)[] = []
  #isHandedOver = false

  begin(base: bigint, mapping: Mapping | undefined): void {
    this.base = base
    this.mapping = mapping
    this.count = 0
    this.#isHandedOver = false
  }

  add(from: number, to: number, answer: Stored | Gap, offset: number): void {
    if (this.#isHandedOver) this.count = 0
    this.#isHandedOver = false
    const at = this.count++
    if (at === this.from.length) this.#grow()
    this.from[at] = from
    this.to[at] = to
    this.offset[at] = offset
    this.answer[at] = answer
  }

  /** There are ranges that were not handed over. */
  get isPending(): boolean {
    return this.count > 0 && !this.#isHandedOver
  }

  get isFull(): boolean {
    return this.isPending && this.count >= ROOM
  }

  /** The batch, for one use: the next range that is added begins a new one. */
  handOver(): this {
    this.#isHandedOver = true
    return this
  }

  #grow(): void {
    const [from, to, offset] = [this.from, this.to, this.offset]
    this.from = new Float64Array(2 * from.length)
    this.to = new Float64Array(2 * from.length)
    this.offset = new Float64Array(2 * from.length)
    this.from.set(from)
    this.to.set(to)
    this.offset.set(offset)
  }
}

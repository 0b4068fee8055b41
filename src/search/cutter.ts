/**
 * Cuts runs of contiguous memory into pieces. Cuts are made so that pieces have a size that suits a thread, and so that
 * the inside of memory that several processes map comes as the same piece from each of them, whatever lies beside it.
 */
import type { Piece, Segment } from './piece.ts'

/** Bytes that what is found may depend on, before and behind the place where it begins. */
export interface Reach {
  readonly before: number
  readonly after: number
}

/** Largest part of a run in one piece. The first pieces are smaller, so that what is found in them is told soon. */
const PIECE = 16 * 1024 * 1024
const FIRST_PIECE = 1024 * 1024
/** Distance from the ends of a shared segment at which its inside is cut off; at least the reach. */
const MARGIN = 64 * 1024
/** Cuts in shared segments are multiples of this in the member, so that they agree between processes. */
const GRAIN = 64 * 1024
/** Largest part of a shared segment in one piece: small, so that maps of different parts still have pieces in common. */
const SHARED_PIECE = 4 * 1024 * 1024
/** Most segments that begin in one piece: bounds what is held of hostile maps. */
const SEGMENTS = 2048

interface Placed extends Segment {
  /** Position in the run. */
  readonly at: number
}

/** Cuts one run at a time. Every piece is handed to `emit` with the address of its first byte. */
export class RunCutter {
  readonly #reach: Reach
  readonly #isShared: (member: number) => boolean
  readonly #emit: (piece: Omit<Piece, 'owners'>, base: bigint) => void
  readonly #segments: Placed[] = []
  /** Positions at which the run will be cut, ascending. */
  #cuts: number[] = []
  #base = 0n
  #end = 0
  #from = 0
  #begun = 0
  #largest = FIRST_PIECE

  constructor(
    reach: Reach,
    isShared: (member: number) => boolean,
    emit: (piece: Omit<Piece, 'owners'>, base: bigint) => void,
  ) {
    if (Math.max(reach.before, reach.after) > MARGIN) throw new RangeError('a reach beyond the margin')
    this.#reach = reach
    this.#isShared = isShared
    this.#emit = emit
  }

  /** The next stored bytes; a gap before them ends the run. */
  add(address: bigint, segment: Segment): void {
    if (this.#end > 0 && address !== this.#base + BigInt(this.#end)) this.finish()
    if (this.#end === 0) this.#base = address
    const placed = { ...segment, at: this.#end }
    this.#noteCuts(placed)
    this.#segments.push(placed)
    this.#end += segment.length
    while (this.#cuts.length > 0 && (this.#cuts[0] ?? 0) + this.#reach.after <= this.#end)
      this.#cut(this.#cuts.shift() ?? 0)
  }

  /** The run ends. */
  finish(): void {
    for (const cut of this.#cuts) if (cut < this.#end) this.#cut(cut)
    if (this.#end > this.#from) this.#cut(this.#end)
    this.#segments.length = 0
    this.#cuts = []
    this.#end = 0
    this.#from = 0
    this.#begun = 0
  }

  #noteCuts({ member, offset, length, at }: Placed): void {
    const last = (): number => this.#cuts.at(-1) ?? this.#from
    const cut = (position: number): void => {
      if (position > last()) {
        this.#cuts.push(position)
        this.#begun = 0
      }
    }
    if (++this.#begun > SEGMENTS) cut(at)
    if (!this.#isShared(member) || length < 4 * MARGIN) {
      while (at + length - last() > this.#largest) {
        cut(last() + this.#largest)
        this.#largest = Math.min(PIECE, 2 * this.#largest)
      }
      return
    }
    const first = Math.ceil((offset + MARGIN) / GRAIN) * GRAIN
    const final = Math.floor((offset + length - MARGIN) / GRAIN) * GRAIN
    cut(at + first - offset)
    for (let place = Math.ceil((first + 1) / SHARED_PIECE) * SHARED_PIECE; place < final; place += SHARED_PIECE)
      cut(at + place - offset)
    cut(at + final - offset)
  }

  /** Emits [from, below) of the run with its surroundings and forgets what no later piece needs. */
  #cut(below: number): void {
    const start = Math.max(0, this.#from - this.#reach.before)
    const end = Math.min(this.#end, below + this.#reach.after)
    const segments: Segment[] = []
    for (const { member, offset, length, at } of this.#segments) {
      const low = Math.max(at, start)
      const high = Math.min(at + length, end)
      if (low < high) segments.push({ member, offset: offset + low - at, length: high - low })
    }
    this.#emit(
      { segments, length: end - start, from: this.#from - start, below: below - start },
      this.#base + BigInt(start),
    )
    this.#from = below
    const needed = below - this.#reach.before
    const gone = this.#segments.findIndex(({ at, length }) => at + length > needed)
    this.#segments.splice(0, gone < 0 ? this.#segments.length : gone)
  }
}

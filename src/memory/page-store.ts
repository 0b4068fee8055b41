/**
 * The pages of one process or shared object: its pagemap, and those of the parent checkpoints that it leans on, laid
 * over one another once. Tells for any page where its bytes are, without reading them.
 */
import { gap, type Gap } from './gap.ts'
import type { PagesImage } from './pages-image.ts'
import { firstRunAfter, PE, type RunTable } from './runs.ts'

/** One checkpoint's share: its own pagemap and pages image, or why its stored pages cannot be located. */
export interface PageLevel {
  readonly table: RunTable
  readonly pages: PagesImage | Gap
}

/** Where the bytes of a run are. */
export interface Stored {
  readonly image: PagesImage
  /** 0: this checkpoint; 1: its parent; and so on. */
  readonly level: number
  readonly kind?: undefined
}

export class PageStore {
  readonly pageSize: number
  /** Runs in ascending order, apart from each other. */
  readonly length: number
  readonly start: Float64Array
  readonly pages: Float64Array
  /** Byte offset in the image, for stored runs. */
  readonly offset: Float64Array
  readonly images: readonly PagesImage[]
  /** What holds where no run tells anything; undefined where that means that there is no page. */
  readonly silence: Gap | undefined
  readonly #code: Uint8Array
  readonly #answers: readonly (Stored | Gap)[]

  /**
   * `levels`: this checkpoint first, then its parents; `beyond`: why there are no further ones; `silence`: of the first
   * level.
   */
  constructor(pageSize: number, levels: readonly PageLevel[], beyond: Gap = gap('parent-missing'), silence?: Gap) {
    this.pageSize = pageSize
    this.silence = silence
    this.images = levels.flatMap(({ pages }) => ('id' in pages ? [pages] : []))
    const answers: (Stored | Gap)[] = levels.map(({ pages }, level) =>
      'id' in pages ? { image: pages, level } : pages,
    )
    const lazy = answers.push(gap('lazy')) - 1
    const unknown = answers.push(gap('unknown-flags')) - 1
    const hole = answers.push(gap('parent-hole')) - 1
    const end = answers.push(beyond) - 1
    let below: Flat | undefined
    for (let level = levels.length - 1; level >= 0; level--) {
      const { table } = levels[level] ?? NO_LEVEL
      const code = Uint8Array.from({ length: table.length }, (_, i) => {
        const flags = table.flags[i] ?? 0
        if (flags & PE.present) return level
        if (flags & PE.parent) return end
        return flags & PE.lazy ? lazy : unknown
      })
      below = below ? overlay({ ...table, code }, below, pageSize, end, hole) : { ...table, code }
    }
    const flat = below ?? { ...NO_LEVEL.table, code: new Uint8Array() }
    this.length = flat.length
    this.start = flat.start
    this.pages = flat.pages
    this.offset = flat.offset
    this.#code = flat.code
    this.#answers = answers
  }

  /** What is known of a run. */
  answer(run: number): Stored | Gap {
    return this.#answers[this.#code[run] ?? 0] ?? gap('unknown-flags')
  }

  /** Pages of [from, to) whose bytes are in this checkpoint or an opened parent. */
  storedPages(from: number, to: number): number {
    let count = 0
    for (let i = firstRunAfter(this, from); i < this.length && (this.start[i] ?? 0) < to; i++) {
      if (this.answer(i).kind !== undefined) continue
      const start = this.start[i] ?? 0
      count += Math.min(start + (this.pages[i] ?? 0), to) - Math.max(start, from)
    }
    return count
  }
}

/** Runs with an index into the answers. */
type Flat = Pick<RunTable, 'length' | 'start' | 'pages' | 'offset'> & { readonly code: Uint8Array }

const NO_LEVEL: PageLevel = {
  table: {
    length: 0,
    start: new Float64Array(),
    pages: new Float64Array(),
    flags: new Uint8Array(),
    offset: new Float64Array(),
    presentPages: 0,
    oddities: { overlapping: 0, unaligned: 0, beyond: 0 },
  },
  pages: gap('pages-missing'),
}

/** The upper runs, those marked `through` replaced by what lies below them, or by `hole`. */
function overlay(upper: Flat, lower: Flat, pageSize: number, through: number, hole: number): Flat {
  const runs = new FlatRuns(upper.length + lower.length)
  for (let i = 0; i < upper.length; i++) {
    const start = upper.start[i] ?? 0
    const end = start + (upper.pages[i] ?? 0)
    if (upper.code[i] !== through) {
      runs.add(start, end, upper.offset[i] ?? -1, upper.code[i] ?? 0)
      continue
    }
    let at = start
    for (let k = firstRunAfter(lower, start); k < lower.length && (lower.start[k] ?? 0) < end; k++) {
      const low = lower.start[k] ?? 0
      const from = Math.max(at, low)
      const to = Math.min(end, low + (lower.pages[k] ?? 0))
      const offset = lower.offset[k] ?? -1
      if (from > at) runs.add(at, from, -1, hole)
      runs.add(from, to, offset < 0 ? -1 : offset + (from - low) * pageSize, lower.code[k] ?? 0)
      at = to
    }
    if (at < end) runs.add(at, end, -1, hole)
  }
  return runs.flat()
}

/** Columns that grow. */
class FlatRuns {
  #start: Float64Array
  #pages: Float64Array
  #offset: Float64Array
  #code: Uint8Array
  #used = 0

  constructor(room: number) {
    this.#start = new Float64Array(room)
    this.#pages = new Float64Array(room)
    this.#offset = new Float64Array(room)
    this.#code = new Uint8Array(room)
  }

  add(start: number, end: number, offset: number, code: number): void {
    if (this.#used === this.#start.length) this.#grow()
    this.#start[this.#used] = start
    this.#pages[this.#used] = end - start
    this.#offset[this.#used] = offset
    this.#code[this.#used] = code
    this.#used += 1
  }

  flat(): Flat {
    const length = this.#used
    return { length, start: this.#start, pages: this.#pages, offset: this.#offset, code: this.#code }
  }

  #grow(): void {
    const room = 2 * this.#used + 16
    const [start, pages, offset, code] = [this.#start, this.#pages, this.#offset, this.#code]
    this.#start = new Float64Array(room)
    this.#pages = new Float64Array(room)
    this.#offset = new Float64Array(room)
    this.#code = new Uint8Array(room)
    this.#start.set(start)
    this.#pages.set(pages)
    this.#offset.set(offset)
    this.#code.set(code)
  }
}

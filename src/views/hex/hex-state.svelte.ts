/** A hex view: what is in view, the cursor, the selection. Positions are addresses; rows are only how they are drawn. */
import type { MemoryLayout } from '../../model/memory.ts'
import { HexRows } from '../../query/hex-rows.ts'
import { present } from '../../model/absent.ts'
import { HexLines, type Line } from './hex-lines.ts'
import { chunkOf, MemoryPages, type ReadMemory } from './memory-pages.svelte.ts'

/** Pixels. */
export const LINE_HEIGHT = 20

/** A run of bytes; `end` is exclusive. */
export interface Span {
  readonly start: bigint
  readonly end: bigint
}

export class HexState {
  readonly layout: MemoryLayout
  readonly rows: HexRows
  readonly pages: MemoryPages
  readonly lines: HexLines
  readonly pageSize: number
  /** Row at the top. */
  top = $state(0)
  /** Pixels. */
  height = $state(0)
  folding = $state(true)
  cursor = $state.raw(0n)
  /** The other end of the selection. */
  anchor = $state.raw(0n)
  #pinned = $state.raw<bigint | undefined>()
  /** Direction of the last scroll: what lies there is read ahead. */
  #ahead = 1
  /** Column that ↑ and ↓ keep to. */
  #column = 0

  constructor(layout: MemoryLayout, read: ReadMemory) {
    this.layout = layout
    this.rows = new HexRows(layout)
    this.pageSize = present(layout.pageSize) ?? 4096
    const last = layout.start.length - 1
    this.pages = new MemoryPages(read, last < 0 ? 0n : this.rows.end(last))
    this.lines = new HexLines(this.rows, this.pages, () => ({ folding: this.folding, pinned: this.#pinned }))
  }

  /** Lines that fit whole. */
  readonly capacity: number = $derived.by(() => Math.max(1, Math.floor(this.height / LINE_HEIGHT)))

  /** What is drawn; the last line may stand out at the bottom. */
  readonly shown: readonly Line[] = $derived.by(() => {
    return this.rows.total === 0 ? [] : this.lines.take(this.top, this.capacity + 1)
  })

  readonly selection: Span = $derived.by(() => {
    const [low, high] = this.anchor < this.cursor ? [this.anchor, this.cursor] : [this.cursor, this.anchor]
    return { start: low, end: high + 1n }
  })

  /** Index of the line with the cursor among those shown; -1 when it is out of view. */
  readonly active: number = $derived.by(() => {
    const index = this.rows.total === 0 ? -1 : this.rows.indexOf(this.cursor)
    return this.shown.findIndex((line) => line.index <= index && index < line.end)
  })

  /** Has the chunks in view read, and what comes next. */
  read(shown: readonly Line[]): void {
    const wanted: number[] = []
    for (const line of shown) if (line.kind === 'bytes' || line.kind === 'fold') wanted.push(chunkOf(line.address))
    const edge = this.#ahead > 0 ? shown.at(-1) : shown[0]
    if (edge) {
      const next = this.lines.move(edge.index, this.#ahead * 2 * this.capacity)
      const row = this.rows.at(next)
      if (row.kind === 'bytes') wanted.push(chunkOf(row.address))
    }
    this.pages.want(wanted.filter((chunk, index) => wanted.indexOf(chunk) === index))
  }

  scrollBy(lines: number): void {
    if (this.rows.total > 0) this.#scrollTo(this.lines.move(this.top, lines), lines)
  }

  /** Puts a row at the top. */
  scrollTo(row: number): void {
    this.#scrollTo(row, row - this.top)
  }

  #scrollTo(row: number, direction: number): void {
    if (this.rows.total === 0) return
    this.#ahead = direction < 0 ? -1 : 1
    this.top = this.lines.settle(row, this.capacity)
  }

  /** Share of the way from the first to the last row, for the scroll bar. */
  get progress(): number {
    return Math.min(1, this.top / Math.max(1, this.rows.total - this.capacity))
  }

  set progress(share: number) {
    this.scrollTo(Math.round(share * (this.rows.total - 1)))
  }

  /** Goes to an address: the line is shown whole whatever it repeats, in the upper third when it was out of view. */
  goTo(address: bigint, length = 1): void {
    if (this.rows.total === 0) return
    this.#pinned = address
    this.anchor = address + BigInt(Math.max(1, length) - 1)
    this.cursor = address
    this.#column = Number(address & 15n)
    const index = this.rows.indexOf(address)
    const shown = this.shown.findIndex((line) => line.index <= index && index < line.end)
    if (shown < 0 || shown >= this.capacity) this.scrollTo(this.lines.move(index, -Math.floor(this.capacity / 3)))
  }

  /** Moves the cursor and keeps it in view; with `extend` the selection goes along. */
  moveTo(address: bigint, extend: boolean): void {
    this.#column = Number(address & 15n)
    this.#place(address, extend)
  }

  #place(address: bigint, extend: boolean): void {
    this.cursor = address
    if (!extend) this.anchor = address
    this.#reveal()
  }

  #reveal(): void {
    const at = this.active
    if (at >= 0 && at < this.capacity) return
    const index = this.rows.indexOf(this.cursor)
    this.scrollTo(index < this.top ? index : this.lines.move(index, 1 - this.capacity))
  }

  moveLines(by: number, extend: boolean): void {
    if (this.rows.total === 0) return
    let index = this.lines.move(this.rows.indexOf(this.cursor), by)
    if (this.rows.at(index).kind === 'heading') index = this.lines.move(index, by < 0 && index > 0 ? -1 : 1)
    const line = this.lines.at(index)
    const column = Math.max(line.from, Math.min(line.to - 1, this.#column))
    this.#place(line.address + BigInt(Math.max(0, column)), extend)
  }

  movePage(by: 1 | -1, extend: boolean): void {
    const lines = Math.max(1, this.capacity - 1)
    this.scrollBy(by * lines)
    this.moveLines(by * lines, extend)
  }

  moveByte(by: 1 | -1, extend: boolean): void {
    const { rows, cursor } = this
    const range = rows.rangeAt(cursor)
    if (range < 0) return
    const next = cursor + BigInt(by)
    if (rows.isStored(range) && next >= rows.start(range) && next < rows.end(range)) return this.moveTo(next, extend)
    const other = range + by
    if (other < 0 || other >= this.layout.start.length) return
    this.moveTo(by < 0 && rows.isStored(other) ? rows.end(other) - 1n : rows.start(other), extend)
  }

  /** To the first or last byte of the line. */
  moveInLine(end: boolean, extend: boolean): void {
    if (this.rows.total === 0) return
    const row = this.rows.at(this.rows.indexOf(this.cursor))
    if (row.kind === 'bytes') this.moveTo(row.address + BigInt(end ? row.to - 1 : row.from), extend)
  }

  /** To the first or last byte of the space. */
  moveToEnd(end: boolean, extend: boolean): void {
    const last = this.layout.start.length - 1
    if (last >= 0) this.moveTo(end ? this.rows.end(last) - 1n : this.rows.start(0), extend)
  }

  /** Address of the next stored page, or of the one before. */
  storedPage(step: 1 | -1): bigint | undefined {
    return this.rows.storedPage(this.cursor, step, this.pageSize)
  }
}

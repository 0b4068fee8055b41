/**
 * What is drawn of the rows: repeated lines folded where their bytes are known. The view hangs on its first row, not on a number of
 * rows from the top of everything, so folds that become known below it move nothing that is above them, and the scroll bar, which
 * counts unfolded rows, does not jump. A fold never goes beyond its chunk: what is folded does not depend on what was read before.
 */
import { runAt } from '../../query/hex-folds.ts'
import { ROW, type HexRow, type HexRows } from '../../query/hex-rows.ts'
import { CHUNK, chunkOf, MemoryPages } from './memory-pages.svelte.ts'

export interface Line extends Omit<HexRow, 'kind'> {
  readonly kind: HexRow['kind'] | 'fold'
  /** Rows that it stands for: `index` … `end - 1`. */
  readonly index: number
  readonly end: number
}

export interface FoldChoice {
  readonly folding: boolean
  /** A byte whose line is never folded away: where a link or a search led to. */
  readonly pinned: bigint | undefined
}

const LINES_PER_CHUNK = CHUNK / Number(ROW)

/** Number of a line within its chunk. */
function lineOf(address: bigint): number {
  return Number(address / ROW) % LINES_PER_CHUNK
}

export class HexLines {
  readonly rows: HexRows
  readonly #pages: MemoryPages
  readonly #choice: () => FoldChoice

  constructor(rows: HexRows, pages: MemoryPages, choice: () => FoldChoice) {
    this.rows = rows
    this.#pages = pages
    this.#choice = choice
  }

  /** The line that stands for a row. */
  at(index: number): Line {
    const row = this.rows.at(index)
    const run = row.kind === 'bytes' ? this.#run(row) : undefined
    if (!run) return { ...row, index, end: index + 1 }
    const line = lineOf(row.address)
    const first = index - (line - run.first)
    return {
      ...row,
      kind: 'fold',
      address: row.address - BigInt(line - run.first) * ROW,
      from: 0,
      to: Number(ROW),
      index: first,
      end: first + run.end - run.first,
    }
  }

  #run({ range, address }: HexRow): { readonly first: number; readonly end: number } | undefined {
    const { folding, pinned } = this.#choice()
    const number = chunkOf(address)
    const chunk = folding ? this.#pages.get(number) : undefined
    if (!chunk) return undefined
    const line = lineOf(address)
    const run = runAt(MemoryPages.folds(chunk, range, ...this.#wholeLines(range, number)), line)
    if (!run || pinned === undefined || chunkOf(pinned) !== number) return run
    const kept = lineOf(pinned)
    if (kept < run.first || kept >= run.end) return run
    if (kept === line) return undefined
    return line < kept ? { first: run.first, end: kept } : { first: kept + 1, end: run.end }
  }

  /** Lines of a chunk that lie wholly in a range: from, and to (exclusive). */
  #wholeLines(range: number, chunk: number): [from: number, to: number] {
    const begin = BigInt(chunk) * BigInt(CHUNK)
    const from = (this.rows.start(range) - begin + ROW - 1n) / ROW
    const to = (this.rows.end(range) - begin) / ROW
    return [from > 0n ? Number(from) : 0, to < BigInt(LINES_PER_CHUNK) ? Number(to) : LINES_PER_CHUNK]
  }

  /** Lines from a row on, as many as there are up to `count`. */
  take(top: number, count: number): Line[] {
    const lines: Line[] = []
    for (let index = top; lines.length < count && index < this.rows.total;) {
      const line = this.at(index)
      lines.push(line)
      index = line.end
    }
    return lines
  }

  /** The row at which the line begins that is `by` lines away, no further than the ends. */
  move(index: number, by: number): number {
    let at = this.at(Math.max(0, Math.min(this.rows.total - 1, index)))
    for (let left = by; left > 0 && at.end < this.rows.total; left--) at = this.at(at.end)
    for (let left = by; left < 0 && at.index > 0; left++) at = this.at(at.index - 1)
    return at.index
  }

  /** The nearest row that can stand at the top of so many lines without blank space below. */
  settle(top: number, count: number): number {
    const index = this.at(Math.max(0, Math.min(this.rows.total - 1, Math.round(top)))).index
    const shown = this.take(index, count)
    return shown.length < count ? this.move(this.rows.total - 1, 1 - count) : index
  }
}

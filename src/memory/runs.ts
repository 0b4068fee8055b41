/**
 * The runs of one pagemap, ready for lookups. A pagemap lists runs of pages in the order in which their bytes follow
 * each other in the pages image; only PRESENT runs take room there (criu/pagemap.c). Runs need not be sorted and may
 * overlap when images were appended to: the first one in file order counts, as in CRIU's own search.
 *
 * Everything is counted in pages: page numbers stay below 2^52 and are exact as numbers, columns stay small.
 */

/** Flags of a run after normalisation (criu/include/pagemap.h). */
export const PE = { parent: 1, lazy: 2, present: 4, aligned: 8 } as const

/** A pagemap as decoded, in file order. */
export interface RunColumns {
  /** Address of the first page; in a shared object the offset in it. */
  readonly address: BigUint64Array
  /** Number of pages. */
  readonly pages: Float64Array
  /** PE flags. */
  readonly flags: ArrayLike<number>
}

/** How many further pages of a run there may be at all. */
const PAGES_MAX = 2 ** 52

/** What became of odd runs. */
export interface RunOddities {
  /** Runs whose pages are also in an earlier run. */
  readonly overlapping: number
  /** Runs whose address is not at a page border. */
  readonly unaligned: number
  /** Runs that reach beyond the end of the address space. */
  readonly beyond: number
}

/** Sorted runs without overlaps. */
export interface RunTable {
  readonly length: number
  /** Page number of the first page, ascending. */
  readonly start: Float64Array
  readonly pages: Float64Array
  readonly flags: Uint8Array
  /** Byte offset in the pages image; -1 where no bytes are stored. */
  readonly offset: Float64Array
  /** Pages whose bytes are in the pages image, as the pagemap counts them. */
  readonly presentPages: number
  readonly oddities: RunOddities
}

/**
 * Sorts runs and gives each stored one its place in the pages image. `narrow` masks addresses that were
 * sign-extended from 32 bits.
 */
export function buildRunTable(columns: RunColumns, pageSize: number, narrow = false): RunTable {
  const count = columns.pages.length
  const start = new Float64Array(count)
  const pages = new Float64Array(count)
  const offset = new Float64Array(count)
  const size = BigInt(pageSize)
  const last = Number((1n << 64n) / size)
  let unaligned = 0
  let beyond = 0
  let at = 0
  let presentPages = 0
  for (let i = 0; i < count; i++) {
    const address = narrowed(columns.address[i] ?? 0n, narrow)
    if (address % size !== 0n) unaligned += 1
    const first = Number(address / size)
    const wanted = columns.pages[i] ?? 0
    const room = Math.min(wanted, last - first)
    if (room < wanted) beyond += 1
    start[i] = first
    pages[i] = room
    const stored = ((columns.flags[i] ?? 0) & PE.present) !== 0
    offset[i] = stored ? at : -1
    if (stored) {
      at = Math.min(at + wanted * pageSize, Number.MAX_SAFE_INTEGER)
      presentPages = Math.min(presentPages + wanted, PAGES_MAX)
    }
  }
  const order = sortedOrder(start, pages)
  const raw = { start, pages, offset, flags: columns.flags }
  const disjoint = isDisjoint(raw, order)
  const table = disjoint ? gather(raw, order) : paint(raw, order, pageSize)
  const overlapping = disjoint ? 0 : countOverlaps(raw, order)
  return { ...table, presentPages, oddities: { overlapping, unaligned, beyond } }
}

/** A 32-bit address that was sign-extended to 64 bits, as it was; others unchanged. */
function narrowed(address: bigint, narrow: boolean): bigint {
  return narrow && address >> 32n === 0xffffffffn ? address & 0xffffffffn : address
}

interface RawRuns {
  readonly start: Float64Array
  readonly pages: Float64Array
  readonly offset: Float64Array
  readonly flags: ArrayLike<number>
}

type Columns = Pick<RunTable, 'length' | 'start' | 'pages' | 'flags' | 'offset'>

function sortedOrder(start: Float64Array, pages: Float64Array): Uint32Array {
  let used = 0
  const order = new Uint32Array(start.length)
  for (let i = 0; i < start.length; i++) if ((pages[i] ?? 0) > 0) order[used++] = i
  return order.subarray(0, used).sort((a, b) => (start[a] ?? 0) - (start[b] ?? 0) || a - b)
}

function endOf(raw: RawRuns, i: number): number {
  return (raw.start[i] ?? 0) + (raw.pages[i] ?? 0)
}

function isDisjoint(raw: RawRuns, order: Uint32Array): boolean {
  return countOverlaps(raw, order) === 0
}

function countOverlaps(raw: RawRuns, order: Uint32Array): number {
  let end = -1
  let count = 0
  for (const i of order) {
    if ((raw.start[i] ?? 0) < end) count += 1
    end = Math.max(end, endOf(raw, i))
  }
  return count
}

function gather(raw: RawRuns, order: Uint32Array): Columns {
  return {
    length: order.length,
    start: Float64Array.from(order, (i) => raw.start[i] ?? 0),
    pages: Float64Array.from(order, (i) => raw.pages[i] ?? 0),
    offset: Float64Array.from(order, (i) => raw.offset[i] ?? -1),
    flags: Uint8Array.from(order, (i) => raw.flags[i] ?? 0),
  }
}

/**
 * Cuts overlapping runs so that each page belongs to the first run in file order. A sweep over the starts with a
 * heap of the runs that are open: at most two pieces per run.
 */
function paint(raw: RawRuns, order: Uint32Array, pageSize: number): Columns {
  const room = order.length * 2
  const start = new Float64Array(room)
  const pages = new Float64Array(room)
  const offset = new Float64Array(room)
  const flags = new Uint8Array(room)
  const open = new IndexHeap()
  let used = 0
  let next = 0
  let at = 0
  const emit = (run: number, to: number): void => {
    const from = raw.offset[run] ?? -1
    const skipped = at - (raw.start[run] ?? 0)
    start[used] = at
    pages[used] = to - at
    offset[used] = from < 0 ? -1 : from + skipped * pageSize
    flags[used] = raw.flags[run] ?? 0
    used += 1
  }
  while (next < order.length || open.top() !== undefined) {
    const run = open.top()
    if (run === undefined) {
      at = raw.start[order[next] ?? 0] ?? 0
    } else if (endOf(raw, run) <= at) {
      open.pop()
      continue
    }
    while (next < order.length && (raw.start[order[next] ?? 0] ?? 0) <= at) open.push(order[next++] ?? 0)
    const winner = open.top()
    if (winner === undefined || endOf(raw, winner) <= at) continue
    const to = pieceEnd(raw, order, next, winner)
    emit(winner, to.end)
    next = to.next
    at = to.end
    for (const i of to.opened) open.push(i)
  }
  return {
    length: used,
    start: start.slice(0, used),
    pages: pages.slice(0, used),
    offset: offset.slice(0, used),
    flags: flags.slice(0, used),
  }
}

/** Where the winning run's piece ends: at its own end, or where a run that comes earlier in the file begins. */
function pieceEnd(
  raw: RawRuns,
  order: Uint32Array,
  next: number,
  winner: number,
): { end: number; next: number; opened: number[] } {
  const end = endOf(raw, winner)
  const opened: number[] = []
  let i = next
  for (; i < order.length; i++) {
    const run = order[i] ?? 0
    const begin = raw.start[run] ?? 0
    if (begin >= end) break
    if (run < winner) return { end: begin, next: i, opened }
    opened.push(run)
  }
  return { end, next: i, opened }
}

/** Smallest number first. */
class IndexHeap {
  readonly #items: number[] = []

  top(): number | undefined {
    return this.#items[0]
  }

  push(value: number): void {
    const items = this.#items
    let i = items.push(value) - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      const above = items[up] ?? 0
      if (above <= value) break
      items[i] = above
      i = up
    }
    items[i] = value
  }

  pop(): void {
    const items = this.#items
    const value = items.pop()
    if (value === undefined || items.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= items.length) break
      if ((items[child + 1] ?? Infinity) < (items[child] ?? Infinity)) child += 1
      const below = items[child] ?? 0
      if (below >= value) break
      items[i] = below
      i = child
    }
    items[i] = value
  }
}

/** Index of the first run that ends after `page`; `table.length` when there is none. Runs are in order and apart. */
export function firstRunAfter(table: Pick<RunTable, 'length' | 'start' | 'pages'>, page: number): number {
  let low = 0
  let high = table.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((table.start[middle] ?? 0) + (table.pages[middle] ?? 0) > page) high = middle
    else low = middle + 1
  }
  return low
}

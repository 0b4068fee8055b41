/**
 * The pages of one process or shared object: its pagemap, and those of the parent checkpoints that it leans on.
 * Tells for any range of pages where the bytes are, without reading them.
 */
import { gap, type Gap } from './gap.ts'
import { firstRunAfter, PE, type RunTable } from './runs.ts'

/** One checkpoint's share: its own pagemap and pages image. */
export interface PageLevel {
  readonly table: RunTable
  /** Member index of the pages image; undefined when it is missing. */
  readonly member: number | undefined
  /** Set when stored pages cannot be located: compressed, encrypted. */
  readonly unreadable: Gap | undefined
}

/** A range of pages with one answer. */
export type PageExtent =
  | {
      readonly page: number
      readonly pages: number
      /** Where the bytes are. */
      readonly member: number
      readonly offset: number
      /** 0: this checkpoint; 1: its parent; and so on. */
      readonly level: number
      readonly gap?: undefined
    }
  /** `gap` undefined and no member: the pagemap says nothing about these pages. */
  | { readonly page: number; readonly pages: number; readonly gap: Gap | 'absent' }

export class PageStore {
  readonly pageSize: number
  /** This checkpoint first, then its parents. */
  readonly levels: readonly PageLevel[]
  /** Why there are no further levels, for pages said to be in the parent. */
  readonly #beyond: Gap

  constructor(pageSize: number, levels: readonly PageLevel[], beyond: Gap = gap('parent-missing')) {
    this.pageSize = pageSize
    this.levels = levels
    this.#beyond = beyond
  }

  /** Ranges in ascending order that cover [from, to) without holes. */
  *extents(from: number, to: number, level = 0): Generator<PageExtent, void, undefined> {
    const own = this.levels[level]
    if (!own) {
      if (from < to) yield { page: from, pages: to - from, gap: this.#beyond }
      return
    }
    const { table } = own
    let at = from
    for (let i = firstRunAfter(table, from); i < table.length && at < to; i++) {
      const start = table.start[i] ?? 0
      if (start >= to) break
      if (start > at) yield absent(at, start, level)
      at = Math.max(at, start)
      const end = Math.min(start + (table.pages[i] ?? 0), to)
      yield* this.#run(own, i, at, end, level)
      at = end
    }
    if (at < to) yield absent(at, to, level)
  }

  *#run(own: PageLevel, i: number, from: number, to: number, level: number): Generator<PageExtent, void, undefined> {
    const flags = own.table.flags[i] ?? 0
    const pages = to - from
    if (flags & PE.present) {
      if (own.unreadable) yield { page: from, pages, gap: own.unreadable }
      else if (own.member === undefined) yield { page: from, pages, gap: gap('pages-missing') }
      else {
        const offset = (own.table.offset[i] ?? 0) + (from - (own.table.start[i] ?? 0)) * this.pageSize
        yield { page: from, pages, member: own.member, offset, level }
      }
    } else if (flags & PE.parent) yield* this.extents(from, to, level + 1)
    else yield { page: from, pages, gap: gap(flags & PE.lazy ? 'lazy' : 'unknown-flags') }
  }

  /** Pages of [from, to) whose bytes are in this checkpoint or an opened parent. */
  storedPages(from: number, to: number): number {
    let count = 0
    for (const extent of this.extents(from, to)) if (extent.gap === undefined) count += extent.pages
    return count
  }
}

function absent(from: number, to: number, level: number): PageExtent {
  return { page: from, pages: to - from, gap: level === 0 ? 'absent' : gap('parent-hole') }
}

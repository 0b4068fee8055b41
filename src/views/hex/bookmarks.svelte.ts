/** Bookmarks in memory, kept while the checkpoint is open and nowhere else. */
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { SpaceRef } from '../../model/memory.ts'
import { sameSpace } from '../../query/memory-space.ts'
import type { Span } from './hex-state.svelte.ts'

export interface Bookmark extends Span {
  readonly id: number
  readonly space: SpaceRef
  readonly name: string
}

export class Bookmarks {
  list = $state.raw<readonly Bookmark[]>([])
  #count = 0

  /** Sets a bookmark; one that begins there already is taken away. */
  toggle(space: SpaceRef, { start, end }: Span): void {
    const there = this.list.find((mark) => mark.start === start && sameSpace(mark.space, space))
    if (there) return this.remove(there.id)
    const id = ++this.#count
    this.list = [...this.list, { id, space, start, end, name: `bookmark ${id}` }]
  }

  rename(id: number, name: string): void {
    this.list = this.list.map((mark) => (mark.id === id ? { ...mark, name } : mark))
  }

  remove(id: number): void {
    this.list = this.list.filter((mark) => mark.id !== id)
  }
}

const kept = new WeakMap<Checkpoint, Bookmarks>()

export function bookmarksOf(cp: Checkpoint): Bookmarks {
  const bookmarks = kept.get(cp) ?? new Bookmarks()
  kept.set(cp, bookmarks)
  return bookmarks
}

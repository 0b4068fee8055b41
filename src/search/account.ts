/** What a search has looked at and found so far, and what it could not look at. */
import type { SearchSummary } from '../model/search.ts'
import type { BatchResult } from './batch.ts'
import type { Piece } from './piece.ts'

/** Milliseconds between two reports of progress. */
const PAUSE = 80

export class Account {
  readonly limit: number
  readonly #notes: string[] = []
  #isComplete = true
  #told = 0
  #unread = 0
  #unreadWhy = ''
  done = 0
  found = 0
  kept = 0

  constructor(missing: ReadonlyMap<string, number>, limit: number) {
    this.limit = limit
    for (const [why, bytes] of missing)
      this.#incomplete(bytes > 0 ? `${bytes} bytes were not searched: ${why}` : `Not all was searched: ${why}`)
  }

  /** Counts the hits of a batch, in memory of several owners once for each. */
  add(pieces: readonly Piece[], { found, unread, unreadWhy }: BatchResult): void {
    for (const [index, piece] of pieces.entries()) {
      this.done += piece.below - piece.from
      this.found += (found[index] ?? 0) * piece.owners.length
    }
    this.#unread += unread
    this.#unreadWhy ||= unreadWhy ?? ''
  }

  /** A batch was given up. */
  fail(pieces: readonly Piece[], why: string): void {
    const bytes = pieces.reduce((sum, { from, below }) => sum + below - from, 0)
    this.done += bytes
    this.#incomplete(`${bytes} bytes were not searched: ${why}`)
  }

  /** A pattern was given up. */
  stop(note: string): void {
    this.#incomplete(note)
  }

  /** Room for one more hit. */
  takes(): boolean {
    if (this.kept >= this.limit) return false
    this.kept += 1
    return true
  }

  isTimeToTell(): boolean {
    const now = performance.now()
    if (now - this.#told < PAUSE) return false
    this.#told = now
    return true
  }

  summary(): SearchSummary {
    if (this.#unread > 0) this.#incomplete(`${this.#unread} bytes could not be read: ${this.#unreadWhy}`)
    const { found, kept, done } = this
    return { found, kept, bytes: done, complete: this.#isComplete, notes: this.#notes }
  }

  #incomplete(note: string): void {
    this.#isComplete = false
    this.#notes.push(note)
  }
}

/** What crosses between the owner of a search and a thread that scans. */
import type { Pattern } from '../scan/pattern.ts'
import type { Form } from '../scan/needle.ts'
import type { StringColumns } from '../scan/string-table.ts'
import type { Encoding } from '../scan/strings/sink.ts'
import type { Piece } from './piece.ts'

/** What a thread looks for. */
export type ScanTask =
  /** Patterns in `skip` are not looked for; the indices of the others stay. */
  | { readonly kind: 'patterns'; readonly patterns: readonly Pattern[]; readonly skip: readonly number[] }
  | { readonly kind: 'strings'; readonly minLength: number; readonly encodings: readonly Encoding[] }

export interface Batch {
  readonly pieces: readonly Piece[]
  /** Hits that are handed over; further ones are counted. */
  readonly keep: number
  /** Every step is announced before it is made, so that the one that hangs is known. Slower. */
  readonly verbose: boolean
}

export interface BatchHit {
  /** Index among the pieces of the batch, and the position in it. */
  readonly piece: number
  readonly at: number
  readonly pattern: number
  readonly length: number
  readonly form: Form
  readonly cut: boolean
  /** Bytes around the hit, within `BatchResult.bytes`; `before` of them come before it. */
  readonly contextAt: number
  readonly contextLength: number
  readonly before: number
}

export interface BatchResult {
  readonly hits: readonly BatchHit[]
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Hits of each piece, handed over or not. */
  readonly found: Float64Array
  /** Strings, when they were looked for; a place is the index of the piece times `PLACES`, and the position in it. */
  readonly strings?: StringColumns
  /** Bytes that could not be read, and why the first could not. */
  readonly unread: number
  readonly unreadWhy: string | undefined
}

/** A sign of life; with `verbose` the step that begins now. */
export interface Beat {
  readonly piece: number
  readonly at: number
  readonly pattern: number | undefined
}

/** A thread that scans, or something that does the same in this one. */
export interface ScanThread {
  scan(batch: Batch): Promise<BatchResult>
  /** Its task is done: it lets go of what it reads, and may serve another. */
  rest(): Promise<void>
  /** Ends it at once; a scan under way is never answered. */
  end(): void
}

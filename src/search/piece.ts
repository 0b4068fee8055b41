/** Units of work of a search: contiguous memory as ranges of pages images. */

/** A range of a pages image; `member` is the number of that image (`PagesImage.id`). */
export interface Segment {
  readonly member: number
  readonly offset: number
  readonly length: number
}

/** Whose memory a piece is: index of the space, and the address of the piece's first byte there. */
export interface Owner {
  readonly space: number
  readonly base: bigint
}

/**
 * A stretch of contiguous memory. All of it is looked at; what begins in [from, below) counts, the rest is there so
 * that matches and what they depend on are seen whole. Positions count from the piece's first byte.
 */
export interface Piece {
  readonly segments: readonly Segment[]
  readonly length: number
  readonly from: number
  readonly below: number
  /** Several when the same stored bytes stand in several places. */
  readonly owners: readonly Owner[]
}

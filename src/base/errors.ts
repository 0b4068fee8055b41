/**
 * The error model. Evidence defects are collected as diagnostics; these classes carry one defect up to the
 * place that turns it into a diagnostic (once per member) or shows it (when nothing can be opened).
 */

/** Where bytes of an archive member are. Offsets count from the first byte of the member's body. */
export interface ByteRange {
  /** First byte. */
  readonly offset: number
  /** Number of bytes. */
  readonly length: number
}

/** Codes of defects in a member: what is wrong, not how it is said. */
export type FormatCode =
  | 'truncated'
  | 'bad-magic'
  | 'bad-varint'
  | 'bad-wire-type'
  | 'length-out-of-bounds'
  | 'too-deep'
  | 'bad-json'
  | 'bad-tar-header'
  | 'bad-tar-checksum'
  | 'bad-gzip'
  | 'bad-zstd'
  | 'bad-lz4'
  | 'bad-extra'
  | 'encrypted'
  | 'unsupported'

/** An image or member cannot be decoded further. Caught once per member in ingest. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  readonly code: FormatCode
  /** Where in the member the defect is, when known. */
  readonly at: ByteRange | undefined
  constructor(code: FormatCode, message: string, at?: ByteRange) {
    super(message)
    this.code = code
    this.at = at
  }
}

/** A named limit was reached; the message names it. Same path as FormatError. */
export class LimitError extends Error {
  override readonly name = 'LimitError'
  /** Name of the limit in `src/base/limits.ts`. */
  readonly limit: string
  constructor(limit: string, message: string) {
    super(message)
    this.limit = limit
  }
}

/** Why an input could not be opened at all. */
export type OpenCode =
  'not-a-checkpoint' | 'empty' | 'unsupported-compression' | 'encrypted' | 'unreadable' | 'no-room' | 'too-large'

/** An input cannot be opened: shown where it was dropped, with what to do. */
export class OpenError extends Error {
  override readonly name = 'OpenError'
  readonly code: OpenCode
  /** What the person can do about it, one sentence. */
  readonly advice: string
  constructor(code: OpenCode, message: string, advice: string) {
    super(message)
    this.code = code
    this.advice = advice
  }
}

/** True for the error that an aborted AbortSignal throws; never shown to anyone. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

import type { Origin } from './origin.ts'
import type { Ref } from './ref.ts'

/** `error`: something could not be read. `warning`: doubt about a value. `info`: worth knowing. */
export type Severity = 'error' | 'warning' | 'info'

/** A defect or oddity of the evidence, collected while decoding goes on. */
export interface Diagnostic {
  readonly severity: Severity
  /** Stable kebab-case code, for scripts and tests. */
  readonly code: string
  /** What happened, where, and what it means; plain text that may contain evidence text (lossless). */
  readonly message: string
  readonly origin?: Origin
  /** Where in the (unpacked) archive, for a defect of the archive itself: that may be a header, which no member holds. */
  readonly archiveOffset?: number
  /** What it concerns, for a link. */
  readonly subject?: Ref
}

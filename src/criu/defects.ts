/** What is wrong with an image, collected while it is decoded. */
import { FormatError, LimitError, type ByteRange, type FormatCode } from '../base/errors.ts'
import { limits } from '../base/limits.ts'

/** Codes of defects in an image: those of FormatError and those that never stop decoding. */
export type DefectCode = FormatCode | 'limit' | 'missing-field' | 'unknown-field' | 'trailing-bytes' | 'empty'

/** One thing that is wrong or not understood. Decoding went on after it as far as it could. */
export interface Defect {
  readonly code: DefectCode
  /** `info`: not understood but harmless; `warning`: something is missing; `error`: bytes could not be read. */
  readonly severity: 'error' | 'warning' | 'info'
  readonly message: string
  /** Where in the image, when known. */
  readonly at: ByteRange | undefined
}

export function defect(
  severity: Defect['severity'],
  code: DefectCode,
  message: string,
  at: ByteRange | undefined,
): Defect {
  return { code, severity, message, at }
}

/** A caught error as a defect; anything but FormatError and LimitError is a bug and thrown on. */
export function defectOf(error: unknown, at: ByteRange | undefined): Defect {
  if (error instanceof FormatError) return defect('error', error.code, error.message, error.at ?? at)
  if (error instanceof LimitError) return defect('error', 'limit', `${error.message} (limit ${error.limit})`, at)
  throw error
}

/** A bounded list of defects. */
export class DefectList {
  readonly #items: Defect[] = []
  #dropped = 0

  add(item: Defect | undefined): void {
    if (!item) return
    if (this.#items.length < limits.imageDefects) this.#items.push(item)
    else this.#dropped += 1
  }

  /** What was collected; the last item counts what did not fit. */
  all(): Defect[] {
    if (this.#dropped === 0) return [...this.#items]
    return [...this.#items, defect('warning', 'limit', `${this.#dropped} further defects`, undefined)]
  }
}

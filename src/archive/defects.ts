/** Collects the defects of an archive, at most `limits.diagnostics` of them: hostile input makes many. */
import { limits } from '../base/limits.ts'
import type { ArchiveDefect } from './member.ts'

export class DefectList {
  readonly #items: ArchiveDefect[] = []
  #dropped = 0

  add(severity: ArchiveDefect['severity'], code: string, message: string, offset?: number): void {
    if (this.#items.length < limits.diagnostics) this.#items.push({ severity, code, message, offset })
    else this.#dropped += 1
  }

  addAll(defects: readonly ArchiveDefect[]): void {
    for (const defect of defects) this.add(defect.severity, defect.code, defect.message, defect.offset)
  }

  /** The defects in order, with a last one that counts those left out. */
  list(): ArchiveDefect[] {
    if (this.#dropped === 0) return [...this.#items]
    const message = `${this.#dropped} more defects of this archive are not listed (limit diagnostics)`
    return [...this.#items, { severity: 'warning', code: 'defects-left-out', message, offset: undefined }]
  }
}

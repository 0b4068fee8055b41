/** Evidence as a join sees it: the same, with a list of its own for what the join has to say, so that it can be made anew. */
import { limits } from '../base/limits.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Evidence } from './evidence.ts'

export class JoinNotes implements Evidence {
  readonly archive: Evidence['archive']
  readonly members: Evidence['members']
  readonly imageDir: string
  readonly signal: AbortSignal | undefined
  readonly image: Evidence['image']
  readonly imageOf: Evidence['imageOf']
  readonly imagesOf: Evidence['imagesOf']
  readonly isComplete: Evidence['isComplete']
  readonly member: Evidence['member']
  readonly body: Evidence['body']
  readonly diagnostics: Diagnostic[] = []
  /** Diagnostics beyond the limit. */
  dropped = 0

  constructor(evidence: Evidence) {
    this.archive = evidence.archive
    this.members = evidence.members
    this.imageDir = evidence.imageDir
    this.signal = evidence.signal
    this.image = (fileName) => evidence.image(fileName)
    this.imageOf = (member) => evidence.imageOf(member)
    this.imagesOf = (type) => evidence.imagesOf(type)
    this.isComplete = (type) => evidence.isComplete(type)
    this.member = (name) => evidence.member(name)
    this.body = (member, limit) => evidence.body(member, limit)
  }

  diagnose(diagnostic: Diagnostic): void {
    if (this.diagnostics.length < limits.diagnostics) this.diagnostics.push(diagnostic)
    else this.dropped += 1
  }
}

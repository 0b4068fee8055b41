/**
 * A value that is not there says why. No field of the model uses 0, '' or an empty list for "not known".
 */

export type AbsentReason =
  /** The format never records it, or this engine or CRIU version does not. */
  | 'not-recorded'
  /** It exists elsewhere (host, registry, parent checkpoint) but is not part of this archive. */
  | 'not-in-archive'
  /** It should be here and its bytes are missing or cut off. */
  | 'unreadable'
  /** Its bytes are here but do not make sense. */
  | 'unparsable'
  /** The question does not arise (a zombie has no memory). */
  | 'not-applicable'
  /** It is still being read. */
  | 'not-yet'

export interface Absent {
  readonly absent: AbsentReason
  /** One sentence for the person. */
  readonly why: string
}

export type Maybe<T> = T | Absent

export function absent(reason: AbsentReason, why: string): Absent {
  return { absent: reason, why }
}

export function isAbsent(value: unknown): value is Absent {
  return typeof value === 'object' && value !== null && 'absent' in value && 'why' in value
}

/** The value, or undefined when absent. */
export function present<T>(value: Maybe<T>): T | undefined {
  return isAbsent(value) ? undefined : value
}

/**
 * Where a value comes from: archive member, record, byte offset. Row objects carry the origin of the records they
 * were made of; a single value adds the path inside the record. The exact bytes of a path are found on demand
 * (`AnalysisApi.locate`), so that a table of a million rows stays small.
 */
import type { Maybe } from './absent.ts'

export interface Origin {
  /** `Member.index` in the checkpoint's member list. */
  readonly member: number
  /** Index of the record in a CRIU image; undefined for other members. */
  readonly record?: number
  /** First byte within the member's body. */
  readonly offset: number
  /** Number of bytes. */
  readonly length: number
}

export interface Trace {
  readonly origin: Origin
  /**
   * Inside a protobuf record: dotted field path in CRIU's spelling (`thread_core.creds.uid`, `vmas[3].start`).
   * Inside a JSON member: JSON pointer (RFC 6901). Undefined: the origin's bytes are the value.
   */
  readonly path?: string
}

/** One value with its trace; used for metadata, where every value may come from another place. */
export interface Fact<T> {
  readonly value: Maybe<T>
  readonly from?: Trace
  /** Other sources of the same value that are there and make no sense. */
  readonly passedOver?: readonly Fact<unknown>[]
}

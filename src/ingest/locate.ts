/** Finds the exact bytes of a value: archive member, record, byte offset; with some bytes around it to look at. */
import type { ByteRange } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { locateField } from '../criu/fields.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { Trace } from '../model/origin.ts'
import { locatePointer } from '../oci/json.ts'
import type { LoadedEvidence } from './load.ts'

/** Bytes shown with a value, and how many of them stand before it. */
const SHOWN = 4096
const BEFORE = 64
const ROW = 16

/** Bytes of a traced value. `base` is the member offset of the first byte shown. */
export interface Located {
  readonly memberPath: string
  readonly bytes: Uint8Array
  readonly base: number
  readonly offset: number
  readonly length: number
  readonly record: number | undefined
}

/** Throws RangeError for a trace that leaves its member: it was made for another checkpoint. */
export async function locateTrace(evidence: LoadedEvidence, trace: Trace): Promise<Located> {
  const member = evidence.members[trace.origin.member]
  if (!member) throw new RangeError('the trace points to a member that this checkpoint does not have')
  const source = evidence.archive.open(member)
  const { offset, length } = await exactRange(evidence, member, trace)
  if (offset + length > source.size) throw new RangeError('the trace points past the end of its member')
  const base = Math.max(0, offset - BEFORE - (offset % ROW))
  const bytes = await source.read(base, Math.min(SHOWN, source.size - base))
  return { memberPath: member.path, bytes: bytes.slice(), base, offset, length, record: trace.origin.record }
}

async function exactRange(evidence: LoadedEvidence, member: CheckpointMember, trace: Trace): Promise<ByteRange> {
  const { origin, path } = trace
  if (path === undefined) return origin
  if (origin.record === undefined) {
    const body = await evidence.body(member, limits.jsonMember)
    return (body && locatePointer(body, path)) ?? origin
  }
  const image = await evidence.imageOf(member)
  const record = image?.records[origin.record]
  if (!record) return origin
  const bytes = await evidence.archive.open(member).read(record.offset, record.length)
  const found = locateField(bytes, record.message, { offset: 0, length: bytes.length }, path)
  return found ? { offset: record.offset + found.offset, length: found.length } : origin
}

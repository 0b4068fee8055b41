/** The raw view of an image: its records, and the fields of a record piece by piece, each with its bytes. */
import { FormatError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { openImage, sliceRecords, type DecodedRecord, type Extra } from '../criu/decode-image.ts'
import { showScalar } from '../criu/display.ts'
import { fieldText } from '../criu/field-text.ts'
import { listChildren, listFields, type FieldSpan } from '../criu/fields.ts'
import { fieldTable } from '../criu/generated/schema.ts'
import { imageType } from '../criu/image-types.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { FieldNode, RecordNode } from '../../workers/contract.ts'
import type { LoadedEvidence } from './load.ts'

/** Fields named in a record's summary, and the longest value there. */
const SUMMARY_FIELDS = 4
const SUMMARY_VALUE = 60

/** Records `from` … `from + count - 1`. An image that cannot be decoded has none. */
export async function listRecords(
  evidence: LoadedEvidence,
  member: CheckpointMember,
  from: number,
  count: number,
): Promise<{ total: number; records: readonly RecordNode[] }> {
  const { total, records: found } = await recordsAt(evidence, member, from, count)
  const records = found.map((record) => ({
    index: record.index,
    message: record.message,
    offset: record.offset,
    length: record.length,
    summary: summaryOf(record),
    extra: extraRanges(record.extra),
    defect: record.defect?.message,
  }))
  return { total, records }
}

/** Images whose records follow one another are read in part: a pagemap may have millions. */
async function recordsAt(
  evidence: LoadedEvidence,
  member: CheckpointMember,
  from: number,
  count: number,
): Promise<{ readonly total: number; readonly records: readonly DecodedRecord[] }> {
  if (member.image === undefined || imageType(member.image).extra) {
    const records = (await evidence.imageOf(member))?.records ?? []
    return { total: records.length, records: records.slice(from, from + count) }
  }
  const bytes = await evidence.body(member, limits.decodableMember)
  try {
    if (bytes) return sliceRecords(openImage(bytes, member.name), from, count)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
  }
  return { total: 0, records: [] }
}

/** Fields of a record (path '') or of the message at `path` inside it. Throws RangeError for a record that is not there. */
export async function listRecordFields(
  evidence: LoadedEvidence,
  member: CheckpointMember,
  record: number,
  path: string,
  from: number,
  count: number,
): Promise<{ total: number; fields: readonly FieldNode[] }> {
  const [found] = (await recordsAt(evidence, member, record, 1)).records
  if (!found) throw new RangeError(`the image has no record ${record}`)
  const bytes = await evidence.archive.open(member).read(found.offset, found.length)
  const spans = spansAt(bytes, found, path)
  return { total: spans.length, fields: spans.slice(from, from + count).map((span) => nodeOf(span, found.offset)) }
}

function spansAt(bytes: Uint8Array, record: DecodedRecord, path: string): readonly FieldSpan[] {
  let { spans } = listFields(bytes, record.message, 0, bytes.length)
  while (path !== '') {
    const inside = spans.findLast((span) => path === span.path || path.startsWith(`${span.path}.`))
    if (!inside) return []
    spans = listChildren(bytes, inside).spans
    if (inside.path === path) return spans
  }
  return spans
}

function nodeOf(span: FieldSpan, base: number): FieldNode {
  return {
    name: span.index === undefined ? span.name : `${span.name}[${span.index}]`,
    number: span.number,
    type: span.type,
    text: fieldText(span),
    offset: base + span.offset,
    length: span.length,
    known: span.row !== undefined,
    path: span.path,
    isMessage: span.message !== undefined,
  }
}

function summaryOf(record: DecodedRecord): string {
  const value = record.value as unknown as Readonly<Record<string, unknown>>
  const parts: string[] = []
  for (const row of fieldTable[record.message]) {
    const item = value[row[1]]
    if (row[3] === 'm' || item === undefined || typeof item === 'object') continue
    const text = typeof item === 'string' ? item : showScalar(row, item, true, false).text
    parts.push(`${row[1]} ${text.length > SUMMARY_VALUE ? `${text.slice(0, SUMMARY_VALUE)}…` : text}`)
    if (parts.length === SUMMARY_FIELDS) break
  }
  return parts.join(', ')
}

function extraRanges(extra: Extra | undefined): RecordNode['extra'] {
  switch (extra?.kind) {
    case undefined:
      return []
    case 'bytes':
      return [{ label: 'data', ...extra.data }]
    case 'tcp':
      return [
        { label: 'receive queue', ...extra.inq },
        { label: 'send queue', ...extra.outq },
      ]
    case 'messages':
      return extra.messages.map(({ data }, i) => ({ label: `message ${i}`, ...data }))
    case 'semaphores':
      return [{ label: 'semaphore values', ...extra.data }]
    case 'bpfmap':
      return [
        { label: 'keys', ...extra.keys },
        { label: 'values', ...extra.values },
      ]
  }
}

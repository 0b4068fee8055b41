/** How joins read images: the first record of a message, with its origin, and work on many at a time. */
import { isOf, recordsOf, type DecodedRecord } from '../../criu/decode-image.ts'
import type { MessageTypes } from '../../criu/generated/types.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { Diagnostic, Severity } from '../../model/diagnostic.ts'
import type { Origin } from '../../model/origin.ts'
import type { Ref } from '../../model/ref.ts'
import { originOf, type Evidence, type LoadedImage } from '../evidence.ts'

/** A decoded message with the record it is. */
export interface Found<M extends keyof MessageTypes> {
  readonly value: MessageTypes[M]
  readonly origin: Origin
  readonly record: DecodedRecord<M>
}

function found<M extends keyof MessageTypes>(image: LoadedImage, record: DecodedRecord<M>): Found<M> {
  return { value: record.value, origin: originOf(image, record), record }
}

/** The first record of that message in a member's image, wherever it lies. */
export async function readMember<M extends keyof MessageTypes>(
  evidence: Evidence,
  member: CheckpointMember,
  message: M,
): Promise<Found<M> | undefined> {
  const image = await evidence.imageOf(member)
  for (const record of image?.records ?? []) if (image && isOf(record, message)) return found(image, record)
  return undefined
}

/** All records of that message in an image; none when the image is not there. */
export async function readAll<M extends keyof MessageTypes>(
  evidence: Evidence,
  fileName: string,
  message: M,
): Promise<Found<M>[]> {
  const image = await evidence.image(fileName)
  return image ? recordsOf(image, message).map((record) => found(image, record)) : []
}

/** The first record of that message, if any. */
export async function readFirst<M extends keyof MessageTypes>(
  evidence: Evidence,
  fileName: string,
  message: M,
): Promise<Found<M> | undefined> {
  const image = await evidence.image(fileName)
  for (const record of image?.records ?? []) if (image && isOf(record, message)) return found(image, record)
  return undefined
}

/** True when a member of that name is in the image folder. */
export function hasImage(evidence: Evidence, fileName: string): boolean {
  return evidence.member(evidence.imageDir + fileName) !== undefined
}

/** What a defect concerns, and where it stands. */
export interface Place {
  readonly origin?: Origin | undefined
  readonly subject?: Ref | undefined
}

/** Notes a defect of the evidence. */
export function note(evidence: Evidence, severity: Severity, code: string, message: string, where: Place = {}): void {
  const { origin, subject } = where
  const diagnostic: Diagnostic = { severity, code, message, ...(origin && { origin }), ...(subject && { subject }) }
  evidence.diagnose(diagnostic)
}

/** How many images are read at a time. */
const CONCURRENCY = 16

/** Maps in order with bounded concurrency; stops between items when the evidence's signal is aborted. */
export async function mapMany<A, B>(
  evidence: Evidence,
  items: readonly A[],
  work: (item: A, index: number) => Promise<B>,
): Promise<B[]> {
  const results: B[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      evidence.signal?.throwIfAborted()
      const index = next++
      const item = items[index]
      if (item !== undefined) results[index] = await work(item, index)
    }
  }
  await Promise.all(Array.from({ length: Math.min(CONCURRENCY, items.length) }, lane))
  return results
}

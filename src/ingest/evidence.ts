/**
 * What decoders of an opened checkpoint read from: classified members, images by name, text members, and the place
 * where defects go. An image is read and decoded when first asked for; a defect is diagnosed once.
 */
import type { OpenedArchive } from '../archive/member.ts'
import type { DecodedImage, DecodedRecord } from '../criu/decode-image.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Origin } from '../model/origin.ts'

export interface LoadedImage extends DecodedImage {
  readonly member: CheckpointMember
}

export interface Evidence {
  readonly archive: OpenedArchive
  readonly members: readonly CheckpointMember[]
  /** Folder of the CRIU images with trailing slash (`checkpoint/`), '' when they lie at the top. */
  readonly imageDir: string
  readonly signal: AbortSignal | undefined
  /** The image of that file name in the image folder; undefined when there is none or it cannot be decoded (then diagnosed). */
  image(fileName: string): Promise<LoadedImage | undefined>
  /** The decoded image of a member, wherever it lies (stats-dump stands beside the image folder). */
  imageOf(member: CheckpointMember): Promise<LoadedImage | undefined>
  /** True when there are images of that CRIU type in the image folder and nothing of them is lost or unreadable. */
  isComplete(type: string): boolean
  /** Members in the image folder of that CRIU type (magic name), with the number in their name. */
  imagesOf(type: string): readonly { readonly member: CheckpointMember; readonly id: number | undefined }[]
  /** The member of that name (last one wins, as tar extraction does), if any. */
  member(name: string): CheckpointMember | undefined
  /** Whole body of a small member; undefined and diagnosed when it is larger than `limit` or cannot be read. */
  body(member: CheckpointMember, limit: number): Promise<Uint8Array | undefined>
  diagnose(diagnostic: Diagnostic): void
}

/** The origin of a record of a loaded image. */
export function originOf(image: LoadedImage, record: DecodedRecord): Origin {
  return { member: image.member.index, record: record.index, offset: record.offset, length: record.length }
}

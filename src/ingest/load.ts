/**
 * Evidence over an opened archive: images are read and decoded when first asked for, kept within a bounded cache, and
 * every defect is diagnosed once, at the member and byte where it stands.
 */
import type { OpenedArchive } from '../archive/member.ts'
import { FormatError, isAbort, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { decodeImage, openImage, readRecords } from '../criu/decode-image.ts'
import { DefectList, type Defect } from '../criu/defects.ts'
import { matchName } from '../criu/image-types.ts'
import type { CheckpointMember } from '../model/checkpoint.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Evidence, LoadedImage } from './evidence.ts'

/** Encoded bytes of decoded images that are kept; the least recently used go first. */
const CACHE_BYTES = 64 * 1024 * 1024

/** `whole`: nothing odd was met; `complete`: nothing of it is lost or unreadable. */
type Outcome = { readonly records: number; readonly whole: boolean; readonly complete: boolean } | 'failed'

function isComplete(outcome: Outcome | undefined): boolean {
  return typeof outcome === 'object' && outcome.complete
}

/** Cause and place of anything thrown while a member is read, as a diagnostic. */
function diagnosticOf(error: unknown, member: CheckpointMember): Diagnostic {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof FormatError ? error.code : error instanceof LimitError ? error.limit : 'unreadable'
  const at = error instanceof FormatError ? error.at : undefined
  return {
    severity: 'error',
    code,
    message: `${member.path}: ${message}`,
    origin: { member: member.index, offset: at?.offset ?? 0, length: at?.length ?? 0 },
    subject: { kind: 'member', index: member.index },
  }
}

export class LoadedEvidence implements Evidence {
  readonly archive: OpenedArchive
  readonly members: readonly CheckpointMember[]
  readonly imageDir: string
  readonly signal: AbortSignal | undefined
  readonly diagnostics: Diagnostic[] = []
  diagnosticsDropped = 0
  readonly #byName = new Map<string, CheckpointMember>()
  readonly #byType = new Map<string, { member: CheckpointMember; id: number | undefined }[]>()
  readonly #images = new Map<number, { size: number; image: Promise<LoadedImage | undefined> }>()
  readonly #diagnosed = new Set<number>()
  /** What became of each image: records decoded, or failed. */
  readonly outcomes = new Map<number, Outcome>()
  #cached = 0

  constructor(archive: OpenedArchive, members: readonly CheckpointMember[], imageDir: string, signal?: AbortSignal) {
    this.archive = archive
    this.members = members
    this.imageDir = imageDir
    this.signal = signal
    for (const member of members) {
      this.#byName.set(member.name, member)
      if (member.image === undefined || !isDirectChild(member.name, imageDir)) continue
      const list = this.#byType.get(member.image) ?? []
      list.push({ member, id: matchName(fileName(member.name))?.id })
      this.#byType.set(member.image, list)
    }
  }

  image(fileName: string): Promise<LoadedImage | undefined> {
    const member = this.#byName.get(this.imageDir + fileName)
    return member ? this.imageOf(member) : Promise.resolve(undefined)
  }

  /** The decoded image of a member, wherever it lies. */
  imageOf(member: CheckpointMember): Promise<LoadedImage | undefined> {
    const kept = this.#images.get(member.index)
    if (kept) {
      this.#images.delete(member.index)
      this.#images.set(member.index, kept)
      return kept.image
    }
    const image = this.#decode(member)
    this.#images.set(member.index, { size: member.size, image })
    this.#cached += member.size
    for (const [index, entry] of this.#images) {
      if (this.#cached <= CACHE_BYTES || index === member.index) break
      this.#images.delete(index)
      this.#cached -= entry.size
    }
    return image
  }

  imagesOf(type: string): readonly { readonly member: CheckpointMember; readonly id: number | undefined }[] {
    return this.#byType.get(type) ?? []
  }

  isComplete(type: string): boolean {
    const images = this.imagesOf(type)
    return images.length > 0 && images.every(({ member }) => isComplete(this.outcomes.get(member.index)))
  }

  member(name: string): CheckpointMember | undefined {
    return this.#byName.get(name)
  }

  async body(member: CheckpointMember, limit: number): Promise<Uint8Array | undefined> {
    try {
      if (member.size > limit) throw new LimitError('member-size', `${member.size} bytes are more than is read at once`)
      return await this.archive.open(member).read(0, member.size, this.signal)
    } catch (error) {
      if (isAbort(error)) throw error
      if (!this.#diagnosed.has(member.index)) this.diagnose(diagnosticOf(error, member))
      this.#diagnosed.add(member.index)
      return undefined
    }
  }

  diagnose(diagnostic: Diagnostic): void {
    if (this.diagnostics.length < limits.diagnostics) this.diagnostics.push(diagnostic)
    else this.diagnosticsDropped++
  }

  /** Decodes an image entry by entry for its defects and keeps nothing of it, however many entries it has. */
  async check(member: CheckpointMember): Promise<void> {
    await this.#read(member, (bytes) => {
      const image = openImage(bytes, fileName(member.name))
      const defects = new DefectList()
      let records = 0
      if (image.version !== 'raw') for (const record of readRecords(image, defects, true)) records = record.index + 1
      return { records, defects: defects.all() }
    })
  }

  #decode(member: CheckpointMember): Promise<LoadedImage | undefined> {
    return this.#read(member, (bytes) => {
      const image = { ...decodeImage(bytes, fileName(member.name)), member }
      return { records: image.records.length, defects: image.defects, image }
    }).then((read) => read?.image)
  }

  /** Notes what became of an image, and its defects the first time. */
  async #read<T extends { readonly records: number; readonly defects: readonly Defect[] }>(
    member: CheckpointMember,
    decode: (bytes: Uint8Array) => T,
  ): Promise<T | undefined> {
    const bytes = await this.body(member, limits.decodableMember)
    if (!bytes) {
      this.outcomes.set(member.index, 'failed')
      return undefined
    }
    const first = !this.#diagnosed.has(member.index)
    this.#diagnosed.add(member.index)
    try {
      const read = decode(bytes)
      const { defects, records } = read
      const complete = defects.every(({ severity }) => severity !== 'error')
      this.outcomes.set(member.index, { records, whole: defects.length === 0, complete })
      if (first) for (const defect of defects) this.#diagnoseDefect(member, defect)
      return read
    } catch (error) {
      if (isAbort(error)) throw error
      this.outcomes.set(member.index, 'failed')
      if (first) this.diagnose(diagnosticOf(error, member))
      return undefined
    }
  }

  #diagnoseDefect(member: CheckpointMember, defect: Defect): void {
    this.diagnose({
      severity: defect.severity,
      code: defect.code,
      message: `${member.path}: ${defect.message}`,
      origin: { member: member.index, offset: defect.at?.offset ?? 0, length: defect.at?.length ?? 0 },
      subject: { kind: 'member', index: member.index },
    })
  }
}

function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function isDirectChild(name: string, directory: string): boolean {
  return name.startsWith(directory) && !name.slice(directory.length).includes('/')
}

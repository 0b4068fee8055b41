/** An Evidence over files in memory: what the joins read from, without archives and workers. */
import type { ByteSource } from '../../src/archive/source.ts'
import type { Member, MemberType, OpenedArchive } from '../../src/archive/member.ts'
import { FormatError } from '../../src/base/errors.ts'
import { decodeImage } from '../../src/criu/decode-image.ts'
import { matchName } from '../../src/criu/image-types.ts'
import type { Evidence, LoadedImage } from '../../src/ingest/evidence.ts'
import type { CheckpointMember } from '../../src/model/checkpoint.ts'
import type { Diagnostic } from '../../src/model/diagnostic.ts'

export interface TestFile {
  readonly path: string
  readonly bytes?: Uint8Array
  readonly linkTarget?: string
}

/** A source over a buffer that counts what is read. */
export class BufferSource implements ByteSource {
  readonly size: number
  reads = 0
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.size = bytes.length
  }

  read(offset: number, length: number): Promise<Uint8Array> {
    this.reads += 1
    if (offset < 0 || length < 0 || offset + length > this.size)
      return Promise.reject(new FormatError('truncated', `read ${offset}+${length} of ${this.size}`))
    return Promise.resolve(this.#bytes.subarray(offset, offset + length))
  }
}

export interface TestEvidence extends Evidence {
  readonly diagnostics: Diagnostic[]
}

function memberOf(file: TestFile, index: number): CheckpointMember {
  const type: MemberType = file.linkTarget === undefined ? 'file' : 'symlink'
  const image = matchName(file.path)
  const member: Member = {
    index,
    path: file.path,
    name: file.path,
    type,
    size: file.bytes?.length ?? 0,
    headerOffset: undefined,
    dataOffset: undefined,
    mode: undefined,
    uid: undefined,
    gid: undefined,
    mtime: undefined,
    linkTarget: file.linkTarget,
    device: undefined,
    oddities: [],
  }
  return {
    ...member,
    kind: type === 'symlink' ? 'link' : image ? 'criu-image' : 'unknown',
    image: image?.type.name,
    description: '',
    records: 0,
    reading: 'whole',
  }
}

export function testEvidence(files: readonly TestFile[], imageDir = 'checkpoint/'): TestEvidence {
  const members = files.map(memberOf)
  const byName = new Map(members.map((member) => [member.name, member]))
  const sources = files.map((file) => new BufferSource(file.bytes ?? new Uint8Array(0)))
  const diagnostics: Diagnostic[] = []
  const cache = new Map<string, LoadedImage | undefined>()
  const archive: OpenedArchive = {
    label: 'test',
    shape: 'tar',
    compression: 'none',
    size: 0,
    unpackedSize: 0,
    members,
    defects: [],
    annotations: [],
    spill: 'none',
    open: (member) => sources[member.index] ?? new BufferSource(new Uint8Array(0)),
    close: () => Promise.resolve(),
  }
  const load = (name: string): LoadedImage | undefined => {
    const member = byName.get(imageDir + name)
    if (!member) return undefined
    try {
      const image = decodeImage(files[member.index]?.bytes ?? new Uint8Array(0), name)
      for (const defect of image.defects)
        diagnostics.push({ severity: defect.severity, code: defect.code, message: defect.message })
      return { ...image, member }
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      diagnostics.push({ severity: 'error', code: error.code, message: `${name}: ${error.message}` })
      return undefined
    }
  }
  return {
    archive,
    members,
    imageDir,
    signal: undefined,
    diagnostics,
    image(name) {
      if (!cache.has(name)) cache.set(name, load(name))
      return Promise.resolve(cache.get(name))
    },
    imageOf(member) {
      return this.image(member.name.slice(imageDir.length))
    },
    imagesOf(type) {
      return members
        .filter((member) => member.image === type && member.name.startsWith(imageDir))
        .map((member) => ({ member, id: matchName(member.name)?.id }))
    },
    member: (name) => byName.get(name),
    body: (member, limit) =>
      Promise.resolve(member.size > limit ? undefined : (files[member.index]?.bytes ?? new Uint8Array(0))),
    diagnose: (diagnostic) => void diagnostics.push(diagnostic),
  }
}

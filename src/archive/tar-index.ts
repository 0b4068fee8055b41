/**
 * Index of a tar: headers are read, bodies are skipped. Behaviour on damage:
 *
 * - A header with a bad checksum is kept (and marked) when the block its size leads to is a good header or the end;
 *   otherwise reading stops there. No search for a later header is made: an archive holds other tars, whose headers
 *   would be taken for members of this one.
 * - A body that leaves the archive makes the member `truncated`; what is there can be read.
 * - Members behind the end mark (appended archives) are listed with a warning: most tools do not see them.
 */
import { FormatError, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { decodeText, visibleText } from '../base/text.ts'
import { brokenSource, partSource, sparseSource } from './byte-sources.ts'
import type { SparsePiece } from './byte-sources.ts'
import { DefectList } from './defects.ts'
import type { ArchiveDefect, Member, MemberOddity, MemberType, Progress } from './member.ts'
import { foldName, pathOddities } from './names.ts'
import { paxInteger, paxSeconds } from './pax.ts'
import type { ByteSource } from './source.ts'
import { TAR_BLOCK } from './tar-header.ts'
import type { TarHeader } from './tar-header.ts'
import { isPaxSparse, readOldGnuMap, readPaxMap } from './tar-sparse.ts'
import type { SparseMap } from './tar-sparse.ts'
import { BODYLESS, TarWalker, padded } from './tar-walk.ts'
import type { RawEntry, TarTrait } from './tar-walk.ts'

export interface TarIndexOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Most members, `limits.members` unless told otherwise. */
  readonly maxMembers?: number | undefined
}

/** Members in archive order and how to read them. */
export interface TarIndex {
  readonly members: readonly Member[]
  readonly defects: readonly ArchiveDefect[]
  /** Features in use that simpler tar readers misread; empty for a plain archive. */
  readonly traits: ReadonlySet<TarTrait>
  /** What was indexed. */
  readonly tar: ByteSource
  /** A member's body. Of a truncated member only what is there; holes of sparse members read as zeros. */
  open(member: Member): ByteSource
}

/** Where a body's bytes are. */
interface Body {
  readonly offset: number
  /** Bytes that are there; fewer than recorded when the archive is cut. */
  readonly length: number
  /** Stored runs of a sparse member; `broken` when its map cannot be read. */
  readonly pieces: readonly SparsePiece[] | 'broken' | undefined
}

const TYPES: Readonly<Record<string, MemberType>> = {
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'char-device',
  '4': 'block-device',
  '5': 'directory',
  '6': 'fifo',
  '7': 'file',
  S: 'file',
  D: 'directory',
}

/** Reads the index of the tar in `source`. Throws only for cancel and for a source that cannot be read. */
export async function indexTar(source: ByteSource, options: TarIndexOptions = {}): Promise<TarIndex> {
  const indexer = new TarIndexer(source, options)
  await indexer.run()
  return {
    members: indexer.members,
    defects: indexer.defects.list(),
    traits: indexer.traits,
    tar: source,
    open: (member) => indexer.open(member),
  }
}

class TarIndexer {
  readonly members: Member[] = []
  readonly defects = new DefectList()
  readonly traits = new Set<TarTrait>()
  readonly #source: ByteSource
  readonly #walker: TarWalker
  readonly #maxMembers: number
  readonly #report: () => void
  readonly #bodies: Body[] = []
  readonly #seen = new Set<string>()

  constructor(source: ByteSource, options: TarIndexOptions) {
    this.#source = source
    this.#maxMembers = options.maxMembers ?? limits.members
    this.#report = () => {
      const done = Math.min(this.#walker.at, source.size)
      options.onProgress?.({ phase: 'indexing', done, total: source.size, unit: 'bytes' })
    }
    this.#walker = new TarWalker(source, this.defects, this.#maxMembers, this.#report, this.traits, options.signal)
  }

  open(member: Member): ByteSource {
    const body = this.#bodies[member.index]
    if (!body) throw new RangeError(`no member ${member.index}`)
    if (body.pieces === 'broken') {
      const error = new FormatError('bad-tar-header', 'the map of holes of this sparse member cannot be read')
      return brokenSource(member.size, error)
    }
    const packed = partSource(this.#source, body.offset, body.length)
    return body.pieces ? sparseSource(packed, body.pieces, member.size) : packed
  }

  async run(): Promise<void> {
    try {
      for (;;) {
        const entry = await this.#walker.next()
        if (!entry) break
        if (this.members.length >= this.#maxMembers) {
          throw new LimitError('members', `reading stopped after ${this.members.length} members (limit members)`)
        }
        if (!(await this.#add(entry))) break
      }
    } catch (error) {
      if (!(error instanceof LimitError)) throw error
      this.defects.add('error', 'tar-limit', error.message, this.#walker.at)
    }
    this.#report()
  }

  /** Adds one member; false when nothing behind it can be found. */
  async #add(entry: RawEntry): Promise<boolean> {
    const { header, records } = entry
    const path = this.#text(
      records.get('GNU.sparse.name') ?? records.get('path') ?? entry.longName ?? header.name,
      entry.at,
    )
    const oddities: MemberOddity[] = pathOddities(path)
    const size = this.#size(entry)
    const packed = await this.#packedSize(entry, size)
    const start = entry.at + TAR_BLOCK
    const sparse = await this.#sparse(entry, start, packed)
    const skip = sparse === 'broken' ? 0 : (sparse?.skip ?? 0)
    // The old map blocks come on top of the recorded size, the pax 1.0 map is part of it.
    const end = start + padded(packed) + (header.type === 'S' ? skip : 0)
    const offset = Math.min(start + skip, this.#source.size)
    const length = header.type === 'S' ? packed : packed - skip
    const there = Math.min(length, this.#source.size - offset)
    const isCut = there < length || size === undefined
    if (sparse) oddities.push('sparse')
    if (sparse) this.traits.add('sparse')
    if (header.checksum === 'bad') oddities.push('bad-checksum')
    if (isCut) oddities.push('truncated')
    const name = foldName(path)
    if (this.#seen.has(name)) oddities.push('duplicate')
    this.#seen.add(name)
    this.#noteOddities(entry.at, path, oddities, sparse === 'broken', size, there)

    const bodyless = BODYLESS.has(header.type)
    const map = sparse === 'broken' ? undefined : sparse
    const whole = map?.realSize ?? (bodyless ? 0 : length)
    const readable = !isCut ? whole : map ? mappedBy(map, there) : bodyless ? 0 : there
    this.members.push({
      index: this.members.length,
      path,
      name,
      type: typeOf(header, path),
      size: readable,
      ...(readable < whole && { recordedSize: whole }),
      headerOffset: entry.at,
      dataOffset: offset,
      ...this.#ownership(entry),
      ...this.#targets(entry),
      oddities,
    })
    const pieces = sparse === 'broken' ? sparse : map?.pieces
    this.#bodies.push({ offset, length: bodyless ? 0 : there, pieces })
    this.#walker.at = end
    return !isCut
  }

  #noteOddities(
    at: number,
    path: string,
    oddities: readonly MemberOddity[],
    isBroken: boolean,
    size: number | undefined,
    there: number,
  ): void {
    const name = visibleText(path.slice(0, 200))
    const notes: Partial<Record<MemberOddity, string>> = {
      climbs: `the path ${name} climbs out of its folder; it is shown, never followed`,
      absolute: `the path ${name} is absolute; it is shown, never followed`,
      duplicate: `${name} stands in the archive more than once`,
    }
    for (const oddity of oddities) {
      const note = notes[oddity]
      if (note) this.defects.add('info', `tar-path-${oddity}`, note, at)
    }
    if (oddities.includes('bad-checksum')) {
      this.defects.add(
        'error',
        'tar-bad-checksum',
        `the header of ${name}, at byte ${at}, does not match its checksum`,
        at,
      )
    }
    if (isBroken) this.defects.add('error', 'tar-sparse-map', `the map of holes of ${name} cannot be read`, at)
    if (size === undefined) {
      this.defects.add(
        'error',
        'tar-bad-size',
        `the size of ${name} is not a valid number; what follows is not read`,
        at,
      )
    } else if (oddities.includes('truncated')) {
      const where = this.#source.size
      const rest = `${there} of its ${size} bytes are there`
      this.defects.add(
        'error',
        'tar-truncated-body',
        `the archive ends at byte ${where}, inside ${name}: ${rest}`,
        where,
      )
    }
  }

  /** Recorded size of the stored body; undefined when it is no valid number. */
  #size({ header, records }: RawEntry): number | undefined {
    const record = records.get('size')
    if (record) return paxInteger(record)
    return BODYLESS.has(header.type) ? (header.size ?? 0) : header.size
  }

  /** Links, devices and directories have no body, but some writers give one all the same: look what follows. */
  async #packedSize(entry: RawEntry, size = 0): Promise<number> {
    if (!BODYLESS.has(entry.header.type) || size === 0) return size
    const start = entry.at + TAR_BLOCK
    if (await this.#walker.isBoundary(start)) return 0
    if (!(await this.#walker.isBoundary(start + padded(size)))) return 0
    this.defects.add(
      'warning',
      'tar-unexpected-body',
      `${size} bytes follow a header that should have no body`,
      entry.at,
    )
    return size
  }

  async #sparse(entry: RawEntry, start: number, packed: number): Promise<SparseMap | 'broken' | undefined> {
    const { header, records } = entry
    if (header.type === 'S') return (await readOldGnuMap(entry.block, this.#source, start, packed)) ?? 'broken'
    if (BODYLESS.has(header.type) || !isPaxSparse(records)) return undefined
    return (await readPaxMap(records, entry.recordList, this.#source, start, packed)) ?? 'broken'
  }

  #ownership({ header, records }: RawEntry): Pick<Member, 'mode' | 'uid' | 'gid' | 'mtime'> {
    return {
      mode: header.mode === undefined ? undefined : header.mode % 0o10000,
      uid: paxInteger(records.get('uid')) ?? header.uid,
      gid: paxInteger(records.get('gid')) ?? header.gid,
      mtime: paxSeconds(records.get('mtime')) ?? header.mtime,
    }
  }

  #targets(entry: RawEntry): Pick<Member, 'linkTarget' | 'device'> {
    const { header, records } = entry
    const isLink = header.type === '1' || header.type === '2'
    const isDevice = header.type === '3' || header.type === '4'
    const { major, minor } = header
    return {
      linkTarget: isLink ? this.#text(records.get('linkpath') ?? entry.longLink ?? header.link, entry.at) : undefined,
      device: isDevice && major !== undefined && minor !== undefined ? { major, minor } : undefined,
    }
  }

  #text(bytes: Uint8Array, at: number): string {
    if (bytes.length <= limits.pathLength) return decodeText(bytes)
    this.defects.add('warning', 'tar-long-path', `a path of ${bytes.length} bytes is cut (limit pathLength)`, at)
    return decodeText(bytes.subarray(0, limits.pathLength))
  }
}

/** How far the first `packed` bytes of a sparse body reach in the file that they stand for. */
function mappedBy({ pieces, realSize }: SparseMap, packed: number): number {
  const cut = pieces.find((piece) => piece.packedOffset + piece.length > packed)
  return cut ? cut.offset + Math.max(0, packed - cut.packedOffset) : realSize
}

function typeOf(header: TarHeader, path: string): MemberType {
  const type = TYPES[header.type] ?? 'other'
  // Before ustar a directory was a file whose name ends in a slash.
  return type === 'file' && path.endsWith('/') ? 'directory' : type
}

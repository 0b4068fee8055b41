/**
 * The layer of a checkpoint image: a tar whose members stand at `/`, as unpacking the archive there would give. Where
 * the checkpoint came as one tar, the layer is that tar byte for byte (inflated, if it was compressed): what an engine
 * gets is what was examined. Otherwise (a folder, a part of a larger archive) a tar is written from the members.
 *
 * Engines unpack layers as root. What they refuse or take for something else (containers/storage pkg/archive) is refused
 * here with its reason: paths that climb, deletion marks, members that are cut, headers that do not add up.
 */
import type { Member, MemberType, OpenedArchive } from '../archive/member.ts'
import type { ByteSource } from '../archive/source.ts'
import { FormatError } from '../base/errors.ts'
import { visibleText } from '../base/text.ts'
import { BLOCK, padding, tarHeader, type TarEntry } from '../archive/tar-writer.ts'

export interface Layer {
  /** Bytes of the tar. */
  readonly size: number
  /** Where its bytes come from. */
  readonly made: 'as-dropped' | 'inflated' | 'written'
  /** What is to be known of its members, one sentence each. */
  readonly notes: readonly string[]
  /** The tar's bytes in order, in pieces of at most 1 MiB. The same each time. */
  readonly pieces: (signal?: AbortSignal) => AsyncGenerator<Uint8Array, void, undefined>
}

/** Bytes read at a time. */
const PIECE = 1024 * 1024
const END = new Uint8Array(2 * BLOCK)

/** Plans the layer. Throws FormatError `unsupported` with the reason where no engine would take it as it is. */
export function planLayer(archive: OpenedArchive): Layer {
  const { tar, members } = archive
  if (archive.shape === 'ctr-image')
    throw refused('a checkpoint of ctr is an image already: load its files with ctr images import')
  for (const member of members) checkMember(member)
  const damage = archive.defects.find(({ severity }) => severity === 'error')
  if (damage) throw refused(`the archive is damaged (${damage.message})`)
  const notes = [...noteMembers(members), ...noteArchive(archive)]
  if (!tar) return { ...writtenTar(archive), notes }
  const made = archive.compression === 'none' ? 'as-dropped' : 'inflated'
  return { size: tar.size, made, notes, pieces: (signal) => piecesOf(tar, signal) }
}

function checkMember({ path, name, oddities }: Member): void {
  const shown = visibleText(path.slice(0, 200))
  if (oddities.includes('climbs')) throw refused(`the path ${shown} leads out of the archive`)
  if (oddities.includes('truncated')) throw refused(`the member ${shown} is cut off`)
  if (oddities.includes('bad-checksum')) throw refused(`the header of ${shown} does not match its checksum`)
  if (/(?:^|\/)\.wh\./.test(name)) throw refused(`${shown} would be taken for a deletion mark and not be unpacked`)
}

function refused(why: string): FormatError {
  return new FormatError('unsupported', `No image can be made of this archive: ${why}.`)
}

function noteMembers(members: readonly Member[]): string[] {
  const count = (test: (member: Member) => boolean): number => members.filter(test).length
  const absolute = count(({ oddities }) => oddities.includes('absolute'))
  const duplicate = count(({ oddities }) => oddities.includes('duplicate'))
  const devices = count(({ type }) => type === 'char-device' || type === 'block-device')
  const missing = ['config.dump', 'spec.dump'].filter((name) => !members.some((member) => member.name === name))
  return [
    ...(absolute > 0
      ? [`Members with an absolute path: ${absolute}. Engines put them under the image’s own root.`]
      : []),
    ...(duplicate > 0
      ? [`Members whose name occurs before: ${duplicate}. Of each name the last one is unpacked.`]
      : []),
    ...(devices > 0 ? [`Device nodes: ${devices}. They are in the layer as in the archive.`] : []),
    ...(missing.length > 0
      ? [`The archive has no ${missing.join(' and no ')}: no engine restores such an image.`]
      : []),
  ]
}

function noteArchive({ defects }: OpenedArchive): string[] {
  const behind = defects.some(({ code }) => code === 'tar-trailing-data' || code === 'tar-members-after-end')
  return behind ? ['Data behind the end mark of the tar is in the layer too; engines do not unpack it.'] : []
}

async function* piecesOf(source: ByteSource, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < source.size; at += PIECE) yield await source.read(at, Math.min(PIECE, source.size - at), signal)
}

const TYPES: Readonly<Record<MemberType, string | undefined>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  'char-device': '3',
  'block-device': '4',
  directory: '5',
  fifo: '6',
  // No tar can hold a socket.
  socket: undefined,
  other: undefined,
}

function writtenTar(archive: OpenedArchive): Omit<Layer, 'notes'> {
  const names = new Map(archive.members.map((member) => [member.path, member.name]))
  const headerOf = (member: Member) => tarHeader(entryOf(member, names))
  let size = END.length
  for (const member of archive.members) size += headerOf(member).length + member.size + padding(member.size)
  async function* pieces(signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    for (const member of archive.members) {
      yield headerOf(member)
      if (member.size === 0) continue
      yield* piecesOf(archive.open(member), signal)
      yield new Uint8Array(padding(member.size))
    }
    yield END
  }
  return { size, made: 'written', pieces }
}

/** The member under its name in the checkpoint; what is not recorded is as private as can be. */
function entryOf(member: Member, names: ReadonlyMap<string, string>): TarEntry {
  const { type, name, size, mtime = 0, uid = 0, gid = 0, device } = member
  const tarType = TYPES[type]
  const shown = visibleText(name.slice(0, 200))
  if (tarType === undefined) throw refused(`${shown} is of a type that no tar holds`)
  const target = member.linkTarget ?? ''
  // Hard links name another member by its path in the archive, symbolic ones say anything.
  const link = type === 'hardlink' ? names.get(target) : target
  if (link === undefined) throw refused(`${shown} is a hard link to ${visibleText(target)}, which is no part of it`)
  const mode = member.mode ?? (type === 'directory' ? 0o700 : 0o600)
  return { name, type: tarType, size, mode, uid, gid, mtime, link, device }
}

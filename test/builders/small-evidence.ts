/** Small checkpoints made of bytes, for tests of what reads them. */
import { bytesSource } from '../../src/archive/byte-sources.ts'
import type { Member, OpenedArchive } from '../../src/archive/member.ts'
import { foldName, pathOddities } from '../../src/archive/names.ts'
import { encodeText } from '../../src/base/text.ts'
import { classify } from '../../src/ingest/classify.ts'
import { LoadedEvidence } from '../../src/ingest/load.ts'

/** A file by its content, or a member of another type. */
export type Entry = string | Uint8Array | Partial<Member>

/** An archive with these members, in this order. Text is stored as its bytes. */
export function archiveOf(entries: Readonly<Record<string, Entry>>, facts: Partial<OpenedArchive> = {}): OpenedArchive {
  const bodies: Uint8Array[] = []
  const members = Object.entries(entries).map(([path, entry], index): Member => {
    const isBody = typeof entry === 'string' || entry instanceof Uint8Array
    const body = typeof entry === 'string' ? encodeText(entry) : entry instanceof Uint8Array ? entry : new Uint8Array()
    bodies.push(body)
    return {
      index,
      path,
      name: foldName(path),
      type: 'file',
      size: body.length,
      headerOffset: 0,
      dataOffset: 0,
      mode: 0o600,
      uid: 0,
      gid: 0,
      mtime: 1_795_363_937,
      linkTarget: undefined,
      device: undefined,
      oddities: pathOddities(path),
      ...(isBody ? {} : entry),
    }
  })
  return {
    label: 'test.tar',
    shape: 'tar',
    compression: 'none',
    size: 0,
    unpackedSize: 0,
    members,
    defects: [],
    annotations: [],
    spill: 'none',
    open: (member) => bytesSource(bodies[member.index] ?? new Uint8Array()),
    close: () => Promise.resolve(),
    ...facts,
  }
}

/** The same, classified and open for decoding. */
export function evidenceOf(
  entries: Readonly<Record<string, Entry>>,
  facts: Partial<OpenedArchive> = {},
): LoadedEvidence {
  const archive = archiveOf(entries, facts)
  const { members, imageDir } = classify(archive)
  return new LoadedEvidence(archive, members, imageDir)
}

/** A CRIU image: common magic, magic, records of protobuf bytes. */
export function imageBytes(magic: number, ...records: readonly (readonly number[])[]): Uint8Array {
  const word = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24]
  const body = records.flatMap((record) => [...word(record.length), ...record])
  return Uint8Array.from([...word(0x54564319), ...word(magic), ...body])
}

/** Joined checkpoints for tests: of the corpus, of fixtures, and tiny worlds made of bytes. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { OpenedArchive } from '../../src/archive/member.ts'
import { classify } from '../../src/ingest/classify.ts'
import { joinCheckpoint, type JoinedCheckpoint } from '../../src/ingest/join/join-checkpoint.ts'
import { LoadedEvidence } from '../../src/ingest/load.ts'
import { isAbsent, type Maybe } from '../../src/model/absent.ts'
import { image, type RecordInit } from './image.ts'
import { evidenceOf, type Entry } from './small-evidence.ts'
import { corpusCases, corpusFolder, fileUnderFalseName, openOne } from './sources.ts'

export interface Joined {
  readonly evidence: LoadedEvidence
  readonly joined: JoinedCheckpoint
}

const folder = corpusFolder()
if (folder === undefined) console.warn('No corpus: tests over real checkpoints are left out.')

/** Names of the corpus cases; none when there is no corpus. */
export const cases: readonly string[] = folder === undefined ? [] : corpusCases(folder).map(({ name }) => name)

export function caseText(name: string, file: string): string {
  return readFileSync(join(folder ?? '', name, file), 'utf8')
}

/** A checkpoint joined from an opened archive. */
export async function joinArchive(archive: OpenedArchive): Promise<Joined> {
  const { members, imageDir } = classify(archive)
  const evidence = new LoadedEvidence(archive, members, imageDir)
  return { evidence, joined: await joinCheckpoint(evidence) }
}

const opened = new Map<string, Promise<Joined>>()

/** A corpus case, opened once for all tests of a file. */
export function joinedCase(name: string): Promise<Joined> {
  const known = opened.get(name)
  if (known) return known
  const found = corpusCases(folder ?? '').find((item) => item.name === name)
  if (!found) throw new Error(`no case ${name}`)
  const made = fileUnderFalseName(found.archive).then(async (file) => joinArchive(await openOne([file])))
  opened.set(name, made)
  return made
}

/** A fixture archive by its path under test/fixtures/checkpoints. */
export async function joinedFixture(path: string): Promise<Joined> {
  const file = await fileUnderFalseName(join(import.meta.dirname, '../fixtures/checkpoints', path))
  return joinArchive(await openOne([file]))
}

/** Images by file name, each with its type and records, and raw members as bytes. */
export type World = Readonly<Record<string, readonly [type: string, ...records: RecordInit[]] | Entry>>

function isImage(entry: World[string]): entry is readonly [string, ...RecordInit[]] {
  return Array.isArray(entry)
}

/** A tiny checkpoint: `{ 'pstree.img': ['PSTREE', { pid: 1 }] }`. Names are relative to `checkpoint/`. */
export async function joinedWorld(world: World): Promise<Joined> {
  const entries: Record<string, Entry> = {}
  for (const [name, entry] of Object.entries(world)) {
    const path = name.startsWith('/') ? name.slice(1) : `checkpoint/${name}`
    if (!isImage(entry)) entries[path] = entry
    else {
      const [type, ...records] = entry
      entries[path] = image(type, records)
    }
  }
  const evidence = evidenceOf(entries)
  return { evidence, joined: await joinCheckpoint(evidence) }
}

/** The value, which the test needs to be there. */
export function there<T>(value: Maybe<T>): T {
  if (isAbsent(value)) throw new Error(`absent: ${value.why}`)
  return value
}

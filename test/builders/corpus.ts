/** The corpus of real checkpoints, when it is there: beside the repository or where CRYOSCOPE_CORPUS says. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readArchive, type ArchiveMember } from './read-archive.ts'

/** Directory of the corpus; undefined when there is none. */
export const corpusRoot: string | undefined = [
  process.env['CRYOSCOPE_CORPUS'],
  join(import.meta.dirname, '../../../shared/corpus'),
].find((path) => path !== undefined && existsSync(path))

/** Names of the cases: directories with ground truth. */
export function corpusCases(): string[] {
  const root = corpusRoot
  if (root === undefined) return []
  return readdirSync(root).filter((name) => existsSync(join(root, name, 'case.json')))
}

/** The members of a case's archive. */
export function corpusArchive(name: string): ArchiveMember[] {
  const dir = join(corpusRoot ?? '', name)
  const file = readdirSync(dir).find((entry) => /\.tar(\.gz|\.zst)?$/.test(entry))
  return file === undefined ? [] : readArchive(join(dir, file))
}

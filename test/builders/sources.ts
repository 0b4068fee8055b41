import { openAsBlob } from 'node:fs'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { makeSpillStore } from '../../src/archive/spill.ts'
import { openInputs } from '../../src/archive/open.ts'
import type { OpenOptions, OpenResult } from '../../src/archive/open.ts'
import type { InputFile, OpenedArchive } from '../../src/archive/member.ts'
import type { ByteSource } from '../../src/archive/source.ts'

/** A source that counts what is read from it. */
export function countingSource(source: ByteSource): ByteSource & { reads: number; bytes: number } {
  const counting = {
    size: source.size,
    reads: 0,
    bytes: 0,
    read(offset: number, length: number, signal?: AbortSignal) {
      counting.reads += 1
      counting.bytes += length
      return source.read(offset, length, signal)
    },
  }
  return counting
}

/** Bytes under a name as a dropped file. */
export function inputFile(path: string, bytes: Uint8Array): InputFile {
  return { path, file: new Blob([new Uint8Array(bytes)]) }
}

/** Everything that `openInputs` finds, with a small store in memory. */
export async function openAll(files: readonly InputFile[], options: Partial<OpenOptions> = {}): Promise<OpenResult[]> {
  const results: OpenResult[] = []
  for await (const result of openInputs(files, { spill: makeSpillStore(), ...options })) results.push(result)
  return results
}

/** The only archive in `files`; throws the error when it fails. */
export async function openOne(files: readonly InputFile[], options: Partial<OpenOptions> = {}): Promise<OpenedArchive> {
  const [result, more] = await openAll(files, options)
  if (!result || more) throw new Error('not exactly one result')
  if (result.kind === 'failed') throw result.error
  return result.archive
}

/** Folder of real checkpoints, undefined when this checkout has none beside it. */
export function corpusFolder(): string | undefined {
  const folder = process.env['CRYOSCOPE_CORPUS'] ?? resolve(import.meta.dirname, '../../../shared/corpus')
  return existsSync(folder) ? folder : undefined
}

/** Cases of the corpus: name, archive path, listing by GNU tar. */
export function corpusCases(folder: string): { name: string; archive: string; list: string }[] {
  return readdirSync(folder).flatMap((name) => {
    const inside = existsSync(join(folder, name, 'case.json')) ? readdirSync(join(folder, name)) : []
    const archive = inside.find((file) => file.startsWith('checkpoint'))
    if (!archive) return []
    return [
      {
        name,
        archive: join(folder, name, archive),
        list: readFileSync(join(folder, name, 'oracle/tar-list.txt'), 'latin1'),
      },
    ]
  })
}

/** A file on disk as a Blob, under a name that says nothing. */
export async function fileUnderFalseName(path: string): Promise<InputFile> {
  return { path: 'holiday.jpg', file: await openAsBlob(path) }
}

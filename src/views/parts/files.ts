/** Open files in words, for tables and details. */
import { present } from '../../model/absent.ts'
import type { FileRow } from '../../query/files.ts'
import type { CellValue } from '../../ui/cell.ts'
import { monoCell } from './format.ts'

/** What lsof calls them, by the type bits of st_mode (inode(7)). */
const KINDS: Readonly<Record<number, string>> = { 0o040000: 'DIR', 0o020000: 'CHR', 0o060000: 'BLK' }

/** CRIU saves everything that it opens by path as REG; which of them is no regular file, the mode tells. */
export function fileKindCell({ descriptor: { type }, file }: Pick<FileRow, 'descriptor' | 'file'>): CellValue {
  const mode = type === 'REG' && file ? present(file.mode) : undefined
  const kind = KINDS[(mode ?? 0) & 0o170000]
  if (kind === undefined) return monoCell(type)
  return { kind: 'text', text: kind, mono: true, title: 'CRIU saves it as REG' }
}

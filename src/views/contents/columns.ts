/** Columns of the member table. */
import type { ViewContext } from '../../app/context.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import {
  absentCell,
  exactBytes,
  formatBytes,
  maybeCell,
  monoCell,
  numberCell,
  numberLink,
  octalMode,
  textCell,
  utcSeconds,
} from '../parts/format.ts'
import { KINDS, ODDITIES, READINGS, TYPES } from './words.ts'

export function oddityCells(member: CheckpointMember): readonly CellValue[] {
  return member.oddities.map((oddity) => ({ kind: 'badge', ...ODDITIES[oddity] }))
}

export function readingCell({ reading }: CheckpointMember): CellValue {
  const word = READINGS[reading]
  return word.tone === 'neutral' ? textCell(word.text, { quiet: true, title: word.title }) : { kind: 'badge', ...word }
}

export function recordsCell(ctx: ViewContext, { index, records }: CheckpointMember): CellValue {
  return maybeCell(records, (count) =>
    numberLink(count, ctx.href('images', { kind: 'member', index, record: 0 }), 'Show the entries'),
  )
}

function recorded<T>(value: T | undefined, cell: (value: T) => CellValue): CellValue {
  return value === undefined ? absentCell('not recorded') : cell(value)
}

export function contentColumns(ctx: ViewContext): readonly Column<CheckpointMember>[] {
  const total = Math.max(1, ctx.checkpoint.archive.unpackedSize)
  return [
    {
      id: 'path',
      label: 'path',
      width: 300,
      cell: (member) =>
        member.oddities.length === 0
          ? monoCell(member.path)
          : { kind: 'list', items: [monoCell(member.path), ...oddityCells(member)] },
      sort: ({ path }) => path,
    },
    { id: 'kind', label: 'kind', width: 96, cell: ({ kind }) => textCell(KINDS[kind]) },
    { id: 'image', label: 'image', width: 110, cell: ({ image }) => recorded(image, monoCell) },
    {
      id: 'size',
      label: 'size',
      align: 'right',
      width: 90,
      cell: ({ size }) => ({
        kind: 'number',
        value: size,
        shown: formatBytes(size),
        title: exactBytes(size),
        share: size / total,
      }),
    },
    {
      id: 'records',
      label: 'entries',
      align: 'right',
      width: 70,
      cell: (member) => recordsCell(ctx, member),
      sort: ({ records }) => (typeof records === 'number' ? records : undefined),
    },
    { id: 'reading', label: 'reading', description: 'What became of it', width: 124, cell: readingCell },
    {
      id: 'description',
      label: 'what it is',
      width: 260,
      grow: true,
      cell: ({ description }) => textCell(description),
    },
    { id: 'type', label: 'type', width: 100, hiddenByDefault: true, cell: ({ type }) => textCell(TYPES[type]) },
    {
      id: 'mode',
      label: 'mode',
      width: 60,
      hiddenByDefault: true,
      cell: ({ mode }) => recorded(mode, (bits) => monoCell(octalMode(bits))),
    },
    {
      id: 'mtime',
      label: 'modified',
      width: 170,
      hiddenByDefault: true,
      cell: ({ mtime }) => recorded(mtime, (time) => textCell(utcSeconds(time))),
      sort: ({ mtime }) => mtime,
    },
    {
      id: 'uid',
      label: 'uid',
      align: 'right',
      width: 60,
      hiddenByDefault: true,
      cell: ({ uid }) => recorded(uid, numberCell),
    },
    {
      id: 'gid',
      label: 'gid',
      align: 'right',
      width: 60,
      hiddenByDefault: true,
      cell: ({ gid }) => recorded(gid, numberCell),
    },
    {
      id: 'offset',
      label: 'offset',
      align: 'right',
      width: 100,
      hiddenByDefault: true,
      description: 'First byte of the body in the unpacked archive',
      cell: ({ dataOffset }) => recorded(dataOffset, numberCell),
    },
  ]
}

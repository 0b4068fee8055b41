/** All that is known of one member. */
import type { ViewContext } from '../../app/context.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { CellValue } from '../../ui/cell.ts'
import { absentCell, bytesCell, monoCell, numberCell, octalMode, textCell, utcSeconds } from '../parts/format.ts'
import { row, type FactRow } from '../parts/trace.ts'
import { oddityCells, readingCell, recordsCell } from './columns.ts'
import { KINDS, TYPES } from './words.ts'

function recorded<T>(value: T | undefined, cell: (value: T) => CellValue): CellValue {
  return value === undefined ? absentCell('not recorded') : cell(value)
}

export function memberFacts(ctx: ViewContext, member: CheckpointMember): readonly FactRow[] {
  const { mode, uid, gid, mtime, linkTarget, device, dataOffset, headerOffset } = member
  const isImage = member.kind === 'criu-image'
  return [
    row('path', monoCell(member.path)),
    ...(member.storedIn === undefined
      ? []
      : [row('kept in', monoCell(member.storedIn), undefined, 'The image names its parts by their checksums')]),
    row('what it is', textCell(member.description)),
    row('kind', textCell(KINDS[member.kind])),
    ...(member.image === undefined ? [] : [row('image', monoCell(member.image))]),
    ...(isImage ? [row('entries', recordsCell(ctx, member))] : []),
    row('reading', readingCell(member)),
    ...(member.oddities.length === 0 ? [] : [row('oddities', { kind: 'list', items: oddityCells(member) })]),
    row('type', textCell(TYPES[member.type])),
    row('size', bytesCell(member.size)),
    ...(member.recordedSize === undefined
      ? []
      : [row('size on record', bytesCell(member.recordedSize), undefined, 'The archive ends before it')]),
    ...(linkTarget === undefined ? [] : [row('link target', monoCell(linkTarget), undefined, 'Shown, never followed')]),
    ...(device ? [row('device', monoCell(`${device.major}:${device.minor}`))] : []),
    row(
      'mode',
      recorded(mode, (bits) => monoCell(octalMode(bits))),
    ),
    row(
      'owner',
      uid === undefined && gid === undefined ? absentCell('not recorded') : monoCell(`${uid ?? '—'}:${gid ?? '—'}`),
    ),
    row(
      'modified',
      recorded(mtime, (time) => textCell(utcSeconds(time))),
    ),
    row('header at byte', recorded(headerOffset, numberCell)),
    row('body at byte', recorded(dataOffset, numberCell)),
  ]
}

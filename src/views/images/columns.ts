/** Columns of the list of images and of the list of entries. */
import type { RecordNode } from '../../../workers/contract.ts'
import { present } from '../../model/absent.ts'
import type { CheckpointMember } from '../../model/checkpoint.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, bytesCell, maybeCell, monoCell, numberCell } from '../parts/format.ts'

export const imageColumns: readonly Column<CheckpointMember>[] = [
  {
    id: 'image',
    label: 'image',
    width: 140,
    grow: true,
    cell: ({ name, reading }) => {
      const file = monoCell(name.split('/').at(-1) ?? name)
      if (reading !== 'failed' && reading !== 'partial' && reading !== 'stale') return file
      return {
        kind: 'list',
        items: [file, { kind: 'badge', text: reading, tone: reading === 'failed' ? 'bad' : 'warn' }],
      }
    },
    sort: ({ name }) => name,
  },
  {
    id: 'magic',
    label: 'magic',
    width: 96,
    cell: ({ image }) =>
      image === undefined ? { kind: 'absent', why: 'the magic number is not known' } : monoCell(image),
  },
  {
    id: 'entries',
    label: 'entries',
    align: 'right',
    width: 64,
    cell: ({ records }) => maybeCell(records, numberCell),
    sort: ({ records }) => present(records),
  },
  { id: 'size', label: 'size', align: 'right', width: 80, cell: ({ size }) => bytesCell(size) },
]

export const entryColumns: readonly Column<RecordNode>[] = [
  { id: 'entry', label: 'entry', align: 'right', width: 60, cell: ({ index }) => numberCell(index) },
  {
    id: 'summary',
    label: 'summary',
    width: 220,
    grow: true,
    cell: ({ summary, defect, length }) => {
      const words =
        summary === '' && length > 0
          ? absentCell('no summary for this kind of entry: choose it to see its fields')
          : monoCell(summary)
      return defect === undefined
        ? words
        : { kind: 'list', items: [{ kind: 'badge', text: 'damaged', tone: 'bad', title: defect }, words] }
    },
  },
  { id: 'message', label: 'message', width: 130, cell: ({ message }) => monoCell(message) },
  { id: 'offset', label: 'offset', align: 'right', width: 76, cell: ({ offset }) => numberCell(offset) },
  { id: 'length', label: 'length', align: 'right', width: 66, cell: ({ length }) => numberCell(length) },
]

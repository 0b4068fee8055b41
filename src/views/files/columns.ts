/** Columns of the file table: one row per descriptor of a process. */
import type { ViewContext } from '../../app/context.ts'
import { present } from '../../model/absent.ts'
import { firstHolders, lookup } from '../../query/lookup.ts'
import { openFlagNames } from '../../query/names.ts'
import type { FileRow } from '../../query/files.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { fileKindCell } from '../parts/files.ts'
import { absentCell, bytesCell, maybeCell, monoCell, numberCell, numberLink, textCell } from '../parts/format.ts'
import { socketText } from '../parts/sockets.ts'

/** Other descriptors that a title names. */
const MOST_NAMED = 12

function fileName(row: FileRow): CellValue {
  const { file, socket, descriptor } = row
  if (socket) return monoCell(socketText(socket))
  if (!file) return absentCell(`the archive has no open file ${descriptor.fileId}`)
  return maybeCell(file.name, monoCell)
}

function deletedCell(row: FileRow): CellValue {
  if (!row.file) return absentCell('the open file is not in the archive')
  return maybeCell(row.file.deleted, (deleted): CellValue =>
    deleted ? { kind: 'badge', text: 'deleted', tone: 'warn' } : textCell('no', { quiet: true }),
  )
}

/** How many descriptors lead to the same open file, this one counted; beside it whether the whole table is shared. */
function sharedCell(ctx: ViewContext, { process, descriptor, sharedWith, tableUsers }: FileRow): CellValue {
  const others = tableUsers.length - 1
  const words: string[] = []
  const titles: string[] = []
  if (sharedWith > 0) {
    const named = firstHolders(lookup(ctx.checkpoint), descriptor.fileId, MOST_NAMED, descriptor)
    const names = named.map(({ process: { pid }, fd }) => `pid ${pid} fd ${fd}`).join(', ')
    words.push(`${sharedWith + 1} fds`)
    titles.push(`one open file with ${names}${more(sharedWith)}`)
  }
  if (others > 0) {
    const users = tableUsers.slice(0, MOST_NAMED + 1).filter((user) => user !== process)
    const pids = users.slice(0, MOST_NAMED).map(({ pid }) => pid)
    words.push('table')
    titles.push(`the whole descriptor table is shared with pid ${pids.join(', ')}${more(others)}`)
  }
  if (words.length === 0) return { kind: 'number', value: 1, shown: 'no', title: 'no other descriptor leads to it' }
  return { kind: 'number', value: sharedWith + 1, shown: words.join(' + '), title: titles.join('; ') }
}

function more(count: number): string {
  return count > MOST_NAMED ? `, and ${count - MOST_NAMED} more` : ''
}

export function fileColumns(ctx: ViewContext): readonly Column<FileRow>[] {
  const architecture = present(ctx.checkpoint.metadata.architecture.value)
  return [
    {
      id: 'pid',
      label: 'pid',
      align: 'right',
      width: 56,
      cell: ({ process: { pid } }) => numberLink(pid, ctx.href('processes', { kind: 'process', pid })),
    },
    { id: 'process', label: 'process', width: 128, cell: ({ process }) => maybeCell(process.name, textCell) },
    { id: 'fd', label: 'fd', align: 'right', width: 44, cell: ({ descriptor }) => numberCell(descriptor.fd) },
    {
      id: 'type',
      label: 'type',
      width: 80,
      description: 'CRIU’s name of the kind of file; DIR, CHR or BLK for a REG whose mode says so',
      cell: fileKindCell,
    },
    {
      id: 'path',
      label: 'path',
      width: 230,
      grow: true,
      cell: (row) =>
        row.socket
          ? {
              kind: 'link',
              text: socketText(row.socket),
              mono: true,
              href: ctx.href('sockets', { kind: 'socket', id: row.socket.id }),
            }
          : fileName(row),
    },
    { id: 'deleted', label: 'deleted', width: 84, cell: deletedCell },
    {
      id: 'size',
      label: 'size',
      align: 'right',
      width: 74,
      cell: ({ file }) => (file ? maybeCell(file.size, bytesCell) : absentCell('the open file is not in the archive')),
    },
    {
      id: 'position',
      label: 'position',
      align: 'right',
      width: 76,
      description: 'File position in bytes',
      cell: ({ file }) =>
        file ? maybeCell(file.position, numberCell) : absentCell('the open file is not in the archive'),
    },
    {
      id: 'shared',
      label: 'shared',
      align: 'right',
      width: 88,
      description: 'Descriptors of the same open file, this one among them: position and flags are one',
      cell: (row) => sharedCell(ctx, row),
    },
    {
      id: 'flags',
      label: 'flags',
      width: 180,
      description: 'Status flags of open(2)',
      cell: ({ file }) =>
        file
          ? maybeCell(file.flags, (flags) => monoCell(shortFlags(flags, architecture)))
          : absentCell('the open file is not in the archive'),
    },
    {
      id: 'table',
      label: 'table of',
      align: 'right',
      width: 70,
      hiddenByDefault: true,
      description: 'Processes that use the descriptor table',
      cell: ({ tableUsers }) => numberCell(tableUsers.length),
    },
    {
      id: 'on-exec',
      label: 'on exec',
      width: 70,
      hiddenByDefault: true,
      cell: ({ descriptor }) => textCell(descriptor.closeOnExec ? 'closed' : 'kept'),
    },
    {
      id: 'id',
      label: 'file id',
      align: 'right',
      width: 70,
      hiddenByDefault: true,
      cell: ({ descriptor }) => numberCell(descriptor.fileId),
    },
    {
      id: 'inode',
      label: 'inode',
      align: 'right',
      width: 90,
      hiddenByDefault: true,
      cell: ({ file }) =>
        file ? maybeCell(file.inode, numberCell) : absentCell('the open file is not in the archive'),
    },
  ]
}

/** Flag names without the O_ that all of them share, and without O_LARGEFILE, which 64-bit kernels always set. */
function shortFlags(flags: number, architecture: string | undefined): string {
  return openFlagNames(flags, architecture)
    .filter((name) => name !== 'O_LARGEFILE')
    .map((name) => name.replace(/^O_/, ''))
    .join(' ')
}

/** Columns of the process table. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present } from '../../model/absent.ts'
import type { Process, TaskState } from '../../model/process.ts'
import { commandLine } from '../../query/command-line.ts'
import { countFiles } from '../../query/files.ts'
import { waitStatusText } from '../../query/names.ts'
import type { CellValue, Tone } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { bytesCell, maybeCell, monoCell, numberCell, numberLink, textCell } from '../parts/format.ts'

const TONES: Record<TaskState, Tone> = { alive: 'neutral', stopped: 'info', zombie: 'warn', dead: 'warn' }

export function stateCell(process: Process): CellValue {
  return maybeCell(process.state, (state): CellValue => {
    const status = present(process.exitCode)
    const ended = (state === 'zombie' || state === 'dead') && status !== undefined
    return { kind: 'badge', text: state, tone: TONES[state], ...(ended ? { title: waitStatusText(status) } : {}) }
  })
}

export function nameText(process: Process): string {
  return isAbsent(process.name) ? 'no name' : process.name
}

export function processColumns(ctx: ViewContext): readonly Column<Process>[] {
  const cp = ctx.checkpoint
  const mask = ctx.settings.maskSecrets
  const inView = (view: string, process: Process, count: number): CellValue =>
    numberLink(count, ctx.href(view, { kind: 'process', pid: process.pid }))
  return [
    { id: 'pid', label: 'pid', align: 'right', width: 64, cell: ({ pid }) => numberCell(pid) },
    { id: 'name', label: 'name', width: 228, tree: true, cell: ({ name }) => maybeCell(name, textCell) },
    { id: 'state', label: 'state', width: 78, cell: stateCell },
    {
      id: 'command',
      label: 'command line',
      width: 280,
      grow: true,
      description: 'Argument block in process memory, as ps shows it; items that hold spaces are quoted',
      cell: (process) => maybeCell(commandLine(process, mask), monoCell),
    },
    {
      id: 'uid',
      label: 'uid',
      align: 'right',
      width: 64,
      description: 'User id inside the container’s user namespace',
      cell: ({ uid }) => maybeCell(uid, numberCell),
    },
    {
      id: 'threads',
      label: 'threads',
      align: 'right',
      width: 70,
      cell: ({ threads }) => numberCell(threads.length),
    },
    {
      id: 'memory',
      label: 'memory',
      align: 'right',
      width: 88,
      description:
        'Private memory of the checkpoint as its pagemap counts it: present pages × page size; the self-check compares it with what is there',
      cell: ({ memory }) => maybeCell(memory, bytesCell),
    },
    {
      id: 'files',
      label: 'files',
      align: 'right',
      width: 58,
      description: 'Descriptors, sockets among them',
      cell: (process) => maybeCell(countFiles(cp, process), ({ files }) => inView('files', process, files)),
      sort: (process) => present(countFiles(cp, process))?.files,
    },
    {
      id: 'sockets',
      label: 'sockets',
      align: 'right',
      width: 70,
      cell: (process) => maybeCell(countFiles(cp, process), ({ sockets }) => inView('sockets', process, sockets)),
      sort: (process) => present(countFiles(cp, process))?.sockets,
    },
    {
      id: 'ppid',
      label: 'ppid',
      align: 'right',
      hiddenByDefault: true,
      width: 70,
      cell: ({ ppid }) => maybeCell(ppid, numberCell),
    },
    {
      id: 'pgid',
      label: 'pgid',
      align: 'right',
      hiddenByDefault: true,
      width: 70,
      cell: ({ pgid }) => maybeCell(pgid, numberCell),
    },
    {
      id: 'sid',
      label: 'sid',
      align: 'right',
      hiddenByDefault: true,
      width: 70,
      cell: ({ sid }) => maybeCell(sid, numberCell),
    },
    {
      id: 'gid',
      label: 'gid',
      align: 'right',
      hiddenByDefault: true,
      width: 64,
      cell: ({ gid }) => maybeCell(gid, numberCell),
    },
    {
      id: 'exe',
      label: 'exe',
      width: 200,
      hiddenByDefault: true,
      cell: ({ exe }) => maybeCell(exe, ({ path }) => monoCell(path)),
    },
    {
      id: 'cwd',
      label: 'cwd',
      width: 140,
      hiddenByDefault: true,
      cell: ({ cwd }) => maybeCell(cwd, ({ path }) => monoCell(path)),
    },
    {
      id: 'shared-memory',
      label: 'shared memory',
      align: 'right',
      width: 110,
      hiddenByDefault: true,
      cell: ({ sharedMemory }) => maybeCell(sharedMemory, bytesCell),
    },
    {
      id: 'vmas',
      label: 'vmas',
      align: 'right',
      width: 64,
      hiddenByDefault: true,
      cell: ({ vmaCount }) => maybeCell(vmaCount, numberCell),
    },
  ]
}

/** The general page of a process as lines, each with the record and field it was read from. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, type Maybe } from '../../model/absent.ts'
import type { NamedValue, PathOf, Process, ProcessDetail } from '../../model/process.ts'
import { commandLine } from '../../query/command-line.ts'
import { lookup } from '../../query/lookup.ts'
import { waitStatusText } from '../../query/names.ts'
import type { CellValue } from '../../ui/cell.ts'
import { bytesCell, maybeCell, monoCell, numberCell, textCell } from '../parts/format.ts'
import { row, traceOf, valueRow, type FactRow } from '../parts/trace.ts'
import { stateCell } from './columns.ts'

function processLink(ctx: ViewContext, pid: number, role: string): CellValue {
  const process = lookup(ctx.checkpoint).processes.get(pid)
  if (!process) return { kind: 'text', text: `${pid} (${role})`, quiet: true }
  const name = isAbsent(process.name) ? '' : ` ${process.name}`
  return { kind: 'link', text: `${pid}${name}`, href: ctx.href('processes', { kind: 'process', pid }) }
}

function pathCell(ctx: ViewContext, { path, fileId, deleted }: PathOf): CellValue {
  const link: CellValue = {
    kind: 'link',
    text: path,
    mono: true,
    href: ctx.href('files', { kind: 'file', id: fileId }),
  }
  return deleted ? { kind: 'list', items: [link, { kind: 'badge', text: 'deleted', tone: 'warn' }] } : link
}

/** What the row of the process holds. */
export function generalFacts(ctx: ViewContext, process: Process): readonly FactRow[] {
  const { pstree, core, mm, fs, creds, pagemap, arguments: args } = process.sources
  const id = (label: string, value: Maybe<number>, name: string): FactRow =>
    creds
      ? valueRow(label, value, numberCell, creds, name)
      : valueRow(label, value, numberCell, core, `thread_core.creds.${name}`)
  const tree = (label: string, cell: CellValue, name: string) => row(label, cell, pstree && traceOf(pstree, name))
  return [
    tree('pid', numberCell(process.pid), 'pid'),
    valueRow('name', process.name, textCell, core, 'tc.comm'),
    row('state', stateCell(process), core && traceOf(core, 'tc.task_state')),
    ...(isAbsent(process.exitCode)
      ? []
      : [valueRow('wait status', process.exitCode, statusCell, core, 'tc.exit_code')]),
    valueRow('command line', commandLine(process, ctx.settings.maskSecrets), monoCell, args),
    ...(process.titleRewritten
      ? [
          row(
            '',
            textCell('The process has rewritten its title, so this may not be how it was started.', { quiet: true }),
          ),
        ]
      : []),
    valueRow('exe', process.exe, (path) => pathCell(ctx, path), mm, 'exe_file_id'),
    valueRow('cwd', process.cwd, (path) => pathCell(ctx, path), fs, 'cwd_id'),
    valueRow('root', process.root, (path) => pathCell(ctx, path), fs, 'root_id'),
    valueRow('umask', process.umask, (umask) => monoCell(umask.toString(8).padStart(4, '0')), fs, 'umask'),
    valueRow(
      'parent',
      process.ppid,
      (ppid) => processLink(ctx, ppid, ppid === 0 ? 'outside the container' : 'not dumped'),
      pstree,
      'ppid',
    ),
    valueRow('process group', process.pgid, (pgid) => processLink(ctx, pgid, 'no such process'), pstree, 'pgid'),
    valueRow('session', process.sid, (sid) => processLink(ctx, sid, 'no such process'), pstree, 'sid'),
    tree('threads', numberCell(process.threads.length), 'threads'),
    id('uid', process.uid, 'uid'),
    id('gid', process.gid, 'gid'),
    id('effective uid', process.euid, 'euid'),
    id('effective gid', process.egid, 'egid'),
    valueRow('memory', process.memory, bytesCell, pagemap),
    valueRow('shared memory', process.sharedMemory, bytesCell),
    valueRow('shared mappings', process.sharedMapped, bytesCell, mm, 'vmas'),
    valueRow('mappings', process.vmaCount, numberCell, mm, 'vmas'),
    valueRow('address space', process.vmaBytes, bytesCell, mm, 'vmas'),
  ]
}

function statusCell(status: number): CellValue {
  return textCell(waitStatusText(status))
}

/** The further lines, from what was read on demand. */
export function moreFacts(process: Process, detail: ProcessDetail): readonly FactRow[] {
  const { core } = process.sources
  return detail.more.map(({ name, value, path }: NamedValue) =>
    row(lowerFirst(name), maybeCell(value, monoCell), core && path !== undefined ? traceOf(core, path) : undefined),
  )
}

/** The page's labels are in lower case, but for acronyms. */
function lowerFirst(label: string): string {
  return /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label
}

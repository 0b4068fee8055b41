/** All that is known of one descriptor and its open file. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present } from '../../model/absent.ts'
import type { OpenFile, Remap } from '../../model/files.ts'
import type { FileRow } from '../../query/files.ts'
import { ownersOf } from '../../query/sockets.ts'
import { openFlagNames } from '../../query/names.ts'
import type { CellValue } from '../../ui/cell.ts'
import { bytesCell, maybeCell, monoCell, numberCell, octalMode, textCell } from '../parts/format.ts'
import { holdersCell } from '../parts/sockets.ts'
import { row, traceOf, type FactRow } from '../parts/trace.ts'

/** Processes named in one line. */
const MOST_USERS = 50

function processLink(ctx: ViewContext, pid: number, name: string): CellValue {
  return { kind: 'link', text: `${pid} ${name}`.trim(), href: ctx.href('processes', { kind: 'process', pid }) }
}

export function descriptorFacts(ctx: ViewContext, { process, descriptor, tableUsers }: FileRow): readonly FactRow[] {
  const others = tableUsers.filter((user) => user !== process)
  const at = (path: string) => traceOf(descriptor.origin, path)
  const link = (pid: number, name: string): CellValue => processLink(ctx, pid, name)
  return [
    row('process', link(process.pid, present(process.name) ?? '')),
    row('descriptor', numberCell(descriptor.fd), at('fd')),
    row('type', monoCell(descriptor.type), at('type')),
    row('on exec', textCell(descriptor.closeOnExec ? 'closed (FD_CLOEXEC)' : 'kept open'), at('flags')),
    row('file id', numberCell(descriptor.fileId), at('id')),
    ...(others.length === 0
      ? []
      : [
          row('table shared with', {
            kind: 'list',
            items: others.slice(0, MOST_USERS).map(({ pid, name }) => link(pid, present(name) ?? '')),
            more: Math.max(0, others.length - MOST_USERS),
          }),
        ]),
  ]
}

/** Lines of an open file. The paths inside its record are those of the type's own message. */
export function openFileFacts(ctx: ViewContext, file: OpenFile): readonly FactRow[] {
  const at = (name: string) => traceOf(file.origin, file.path === undefined ? name : `${file.path}.${name}`)
  const whole = traceOf(file.origin, file.path)
  const architecture = present(ctx.checkpoint.metadata.architecture.value)
  const isRegular = file.type === 'REG'
  return [
    row('name', maybeCell(file.name, monoCell), isRegular ? at('name') : whole),
    row(
      'flags',
      maybeCell(file.flags, (flags) => monoCell(openFlagNames(flags, architecture).join(' '))),
      at('flags'),
    ),
    row('position', maybeCell(file.position, numberCell), isRegular ? at('pos') : undefined),
    row('size', maybeCell(file.size, bytesCell), isRegular ? at('size') : undefined),
    row(
      'mode',
      maybeCell(file.mode, (mode) => monoCell(octalMode(mode))),
      isRegular ? at('mode') : undefined,
    ),
    row('mount id', maybeCell(file.mountId, numberCell), isRegular ? at('mnt_id') : undefined),
    row('inode', maybeCell(file.inode, numberCell)),
    row(
      'deleted',
      maybeCell(file.deleted, (deleted) => textCell(deleted ? 'yes' : 'no')),
    ),
    ...(file.remap ? [row('content kept as', remapCell(ctx, file.remap), traceOf(file.remap.origin))] : []),
    ...file.details.map(({ label, text, path }) => row(label, monoCell(text), traceOf(file.origin, path))),
    ...usesOf(ctx, file.id),
    row('held by', holdersCell(ctx, ownersOf(ctx.checkpoint, file.id))),
  ]
}

/** Processes that use the file otherwise than through a descriptor. */
function usesOf(ctx: ViewContext, id: number): FactRow[] {
  const processes = present(ctx.checkpoint.processes) ?? []
  return (['exe', 'cwd', 'root'] as const).flatMap((use) => {
    const users = processes.filter((process) => present(process[use])?.fileId === id).slice(0, MOST_USERS)
    if (users.length === 0) return []
    const items = users.map(({ pid, name }): CellValue => processLink(ctx, pid, present(name) ?? ''))
    return [row(`${use} of`, { kind: 'list', items })]
  })
}

function remapCell(ctx: ViewContext, { kind, id, member }: Remap): CellValue {
  if (kind === 'procfs') return textCell(`/proc of dead pid ${id}`)
  if (kind === 'linked')
    return { kind: 'link', text: `link, file ${id}`, href: ctx.href('files', { kind: 'file', id }) }
  if (member === undefined) return { kind: 'absent', why: `ghost file ${id} is not in the archive` }
  return { kind: 'link', text: `ghost file ${id}`, href: ctx.href('contents', { kind: 'member', index: member }) }
}

/** True when there is a name to show as title. */
export function openFileTitle(file: OpenFile): string {
  return isAbsent(file.name) ? `${file.type} ${file.id}` : file.name
}

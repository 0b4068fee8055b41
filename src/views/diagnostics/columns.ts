/** Columns of the diagnostics table. */
import type { ViewContext } from '../../app/context.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { Diagnostic, Severity } from '../../model/diagnostic.ts'
import type { Ref } from '../../model/ref.ts'
import { spaceWords } from '../../query/memory-space.ts'
import type { CellValue, Tone } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, monoCell, textCell } from '../parts/format.ts'
import { viewOf } from '../parts/view-of.ts'

export interface DiagnosticRow {
  readonly diagnostic: Diagnostic
  readonly index: number
}

export const TONES: Record<Severity, Tone> = { error: 'bad', warning: 'warn', info: 'info' }
const RANKS: Record<Severity, number> = { error: 0, warning: 1, info: 2 }

/** Worst first, otherwise in the order in which they were found. */
export function diagnosticRows(cp: Checkpoint): DiagnosticRow[] {
  return cp.diagnostics
    .map((diagnostic, index) => ({ diagnostic, index }))
    .sort((a, b) => RANKS[a.diagnostic.severity] - RANKS[b.diagnostic.severity] || a.index - b.index)
}

/** What a Ref is called. */
function refText(ctx: ViewContext, ref: Ref): string {
  switch (ref.kind) {
    case 'process':
      return `pid ${ref.pid}`
    case 'thread':
      return `thread ${ref.tid}`
    case 'fd':
      return `pid ${ref.pid} fd ${ref.fd}`
    case 'file':
      return `file ${ref.id}`
    case 'socket':
      return `socket ${ref.id}`
    case 'mount':
      return `mount ${ref.id}`
    case 'member':
      return ctx.checkpoint.members[ref.index]?.path ?? `member ${ref.index}`
    case 'memory':
      return `${spaceWords(ref.space)} 0x${ref.address.toString(16)}`
  }
}

export function subjectCell(ctx: ViewContext, { subject }: Diagnostic): CellValue {
  if (!subject) return absentCell('it concerns no single thing')
  return { kind: 'link', text: refText(ctx, subject), href: ctx.href(viewOf(subject), subject) }
}

export function originCell(ctx: ViewContext, { origin, archiveOffset }: Diagnostic): CellValue {
  if (!origin) {
    if (archiveOffset === undefined) return absentCell('it is not about certain bytes')
    return monoCell(`byte ${archiveOffset} of the ${unpacked(ctx)}archive`)
  }
  const member = ctx.checkpoint.members[origin.member]
  const at = origin.record === undefined ? ` at byte ${origin.offset}` : ` entry ${origin.record}`
  const ref: Ref = {
    kind: 'member',
    index: origin.member,
    ...(origin.record === undefined ? {} : { record: origin.record }),
  }
  return {
    kind: 'link',
    text: `${member?.path ?? `member ${origin.member}`}${at}`,
    mono: true,
    href: ctx.href(viewOf(ref), ref),
  }
}

/** Offsets in a compressed archive are those in the tar that it unpacks to. */
function unpacked({ checkpoint }: ViewContext): string {
  return checkpoint.archive.compression === 'none' ? '' : 'unpacked '
}

export function diagnosticColumns(ctx: ViewContext): readonly Column<DiagnosticRow>[] {
  return [
    {
      id: 'severity',
      label: 'severity',
      width: 90,
      cell: ({ diagnostic: { severity } }) => ({ kind: 'badge', text: severity, tone: TONES[severity] }),
      sort: ({ diagnostic: { severity } }) => RANKS[severity],
    },
    { id: 'message', label: 'message', width: 420, grow: true, cell: ({ diagnostic }) => textCell(diagnostic.message) },
    { id: 'subject', label: 'concerns', width: 160, cell: ({ diagnostic }) => subjectCell(ctx, diagnostic) },
    { id: 'origin', label: 'where', width: 260, cell: ({ diagnostic }) => originCell(ctx, diagnostic) },
    { id: 'code', label: 'code', width: 170, cell: ({ diagnostic }) => monoCell(diagnostic.code) },
  ]
}

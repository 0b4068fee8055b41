/** Columns of the memory map, and the lines about one mapping. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present } from '../../model/absent.ts'
import type { KindBytes, MappingRow, MemoryLayout, RangeKind } from '../../model/memory.ts'
import type { Vma } from '../../model/process.ts'
import { adviceNames, mapFlagNames, vmaStatusNames } from '../../query/mapping-flags.ts'
import { groupOf, isWritableAndExecutable } from '../../query/memory-summary.ts'
import { bytesOf, modifiedBytes } from '../../query/memory-totals.ts'
import { protectionText } from '../../query/names.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import {
  absentCell,
  bytesCell,
  exactBytes,
  formatBytes,
  maybeCell,
  monoCell,
  textCell,
  wordsCell,
} from '../parts/format.ts'
import { extentCell } from '../parts/address-cell.ts'
import { row, traceOf, type FactRow } from '../parts/trace.ts'

/** What a kind of range is called in a cell. */
const KIND_WORDS: Readonly<Record<RangeKind, string>> = {
  stored: 'stored',
  parent: 'in the parent',
  unmapped: 'not mapped',
  untouched: 'no page',
  file: 'unchanged file',
  'object-untouched': 'no page, shared',
  'object-missing': 'shared, not in archive',
  'object-end': 'beyond the object’s end',
  damaged: 'damaged',
  lazy: 'left on source',
  'parent-missing': 'in a parent not opened',
  'parent-hole': 'missing in parent',
  kernel: 'the kernel’s',
  guard: 'guard',
  device: 'device',
  compressed: 'compressed',
  encrypted: 'encrypted',
  truncated: 'cut off',
  'pages-missing': 'pages image missing',
  'pagemap-missing': 'no pagemap',
  'pagemap-damaged': 'pagemap damaged',
  'mappings-unknown': 'mappings unknown',
  'no-page-size': 'page size unknown',
  'unknown-flags': 'unknown flags',
}

function kindText({ kind, bytes }: KindBytes): string {
  return `${KIND_WORDS[kind]} ${formatBytes(bytes)}`
}

function isStored({ kind }: KindBytes): boolean {
  return kind === 'stored' || kind === 'parent'
}

function protectionCell(vma: Vma): CellValue {
  const text = protectionText(vma.prot, vma.flags)
  if (!isWritableAndExecutable(vma)) return monoCell(text)
  return { kind: 'badge', text, tone: 'warn', title: 'Can be written and run' }
}

function nameCell(ctx: ViewContext, { name, fileId }: Vma): CellValue {
  if (isAbsent(name)) return textCell('anonymous', { quiet: true, title: name.why })
  if (fileId === undefined) return monoCell(name)
  return { kind: 'link', text: name, mono: true, href: ctx.href('files', { kind: 'file', id: fileId }) }
}

/** Zero bytes are an answer here: a bar of no length. */
function storedCell({ vma, stored }: MappingRow): CellValue {
  const size = vma.end - vma.start
  const share = size > 0n ? Number((stored * 10_000n) / size) / 10_000 : 0
  const percent = `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`
  return {
    kind: 'number',
    value: stored,
    shown: formatBytes(stored),
    title: `${exactBytes(stored)}, ${percent}`,
    share,
  }
}

function modifiedCell(mapping: MappingRow): CellValue {
  const bytes = modifiedBytes(mapping)
  if (bytes === undefined) return absentCell('no private mapping of a file')
  return {
    kind: 'number',
    value: bytes,
    shown: bytes === 0n ? 'none' : formatBytes(bytes),
    title: 'Pages that were written to in memory',
  }
}

export function mapColumns(ctx: ViewContext, layout: MemoryLayout): readonly Column<MappingRow>[] {
  const { space, digits } = layout
  const wide = digits === 8 ? 8 : 12
  // Pages of the kernel that every process sees lie where an address has all its digits.
  const longest = Math.max(wide, layout.mappings.at(-1)?.vma.start.toString(16).length ?? 0)
  const addressWidth = 30 + longest * 8
  return [
    {
      id: 'start',
      label: 'address',
      width: addressWidth,
      description: 'First address; leads to the bytes. The filter finds a mapping by any address in it',
      cell: ({ vma: { start } }) => ({
        ...{ kind: 'address', value: start, digits: wide },
        href: ctx.href('hex', { kind: 'memory', space, address: start }),
      }),
      extent: ({ vma }) => vma,
    },
    {
      id: 'end',
      label: 'end',
      width: addressWidth,
      hiddenByDefault: true,
      cell: ({ vma: { end } }) => ({ kind: 'address', value: end, digits: wide }),
    },
    { id: 'size', label: 'size', align: 'right', width: 76, cell: ({ vma }) => extentCell(vma) },
    { id: 'protection', label: 'prot', width: 72, cell: ({ vma }) => protectionCell(vma) },
    { id: 'name', label: 'name', width: 190, grow: true, cell: ({ vma }) => nameCell(ctx, vma) },
    {
      id: 'kind',
      label: 'kind',
      width: 140,
      cell: ({ vma, guard }) => textCell(guard ? 'Guard' : groupOf(vma).label, { quiet: true }),
    },
    {
      id: 'stored',
      label: 'stored',
      align: 'right',
      width: 80,
      description: 'Bytes that are in the archive or an opened parent; the bar is their share',
      cell: storedCell,
    },
    {
      id: 'modified',
      label: 'modified',
      align: 'right',
      width: 76,
      description:
        'Private mappings of files: stored are pages that were written to in memory, by the program, its loader or a tracer; CRIU itself writes to a page of code',
      cell: modifiedCell,
    },
    {
      id: 'parent',
      label: 'in parent',
      align: 'right',
      width: 76,
      hiddenByDefault: true,
      description: 'Of what is stored, in an opened parent checkpoint',
      cell: (mapping) => bytesCell(bytesOf(mapping, 'parent')),
    },
    {
      id: 'rest',
      label: 'not stored',
      width: 164,
      description: 'Why the other bytes are not there',
      cell: ({ kinds }) => {
        const rest = kinds.filter((kind) => !isStored(kind))
        return rest.length === 0 ? textCell('nothing', { quiet: true }) : textCell(rest.map(kindText).join(', '))
      },
    },
    {
      id: 'offset',
      label: 'offset',
      align: 'right',
      width: 90,
      description: 'Of the first byte in the file or object',
      cell: ({ vma }) => ({ kind: 'address', value: vma.offset, digits: 1 }),
    },
    {
      id: 'flags',
      label: 'flags',
      width: 170,
      description: 'mmap(2)',
      cell: ({ vma }) => wordsCell(mapFlagNames(vma.flags), 'no flags'),
    },
    {
      id: 'madvise',
      label: 'madvise',
      width: 130,
      hiddenByDefault: true,
      cell: ({ vma }) => maybeCell(vma.madvise, (madvise) => wordsCell(adviceNames(madvise), 'no advice')),
    },
    {
      id: 'status',
      label: 'CRIU kind',
      width: 150,
      hiddenByDefault: true,
      description: 'vma_entry.status',
      cell: ({ vma }) => wordsCell(vmaStatusNames(vma.status), 'none'),
    },
  ]
}

/** Everything about one mapping. */
export function mappingFacts(ctx: ViewContext, layout: MemoryLayout, mapping: MappingRow): readonly FactRow[] {
  const { vma, kinds } = mapping
  const at = (name: string) => traceOf(vma.origin, vma.path === undefined ? name : `${vma.path}.${name}`)
  const modified = modifiedBytes(mapping) ?? 0n
  const address = (value: bigint): CellValue => ({ kind: 'address', value, digits: layout.digits })
  return [
    row('start', address(vma.start), at('start')),
    row('end', address(vma.end), at('end')),
    row('size', extentCell(vma)),
    row('protection', protectionCell(vma), at('prot')),
    row('name', nameCell(ctx, vma)),
    row('offset', address(vma.offset), at('pgoff')),
    row('kind', textCell(groupOf(vma).label)),
    row('flags', wordsCell(mapFlagNames(vma.flags), 'no flags'), at('flags')),
    row(
      'madvise',
      maybeCell(vma.madvise, (madvise) => wordsCell(adviceNames(madvise), 'no advice')),
    ),
    row('CRIU kind', wordsCell(vmaStatusNames(vma.status), 'none'), at('status')),
    ...(groupOf(vma).id === 'shared' ? [row('shared memory', objectCell(ctx, vma), at('shmid'))] : []),
    ...kinds.map((kind) => row(KIND_WORDS[kind.kind], bytesCell(kind.bytes))),
    ...(modified > 0n
      ? [
          row(
            '',
            textCell(
              `${formatBytes(modified)} of ${present(vma.name) ?? 'the file'} were written to in memory, by the program, its loader or a tracer: private pages of a file are stored only then. CRIU itself writes to a page of code and restores it, so a stored page may equal the file.`,
            ),
          ),
        ]
      : []),
  ]
}

function objectCell(ctx: ViewContext, { shmid }: Vma): CellValue {
  if (shmid > 0xffff_ffffn) return monoCell(String(shmid))
  const space = { kind: 'shared', shmid: Number(shmid) } as const
  return { kind: 'link', text: String(shmid), href: ctx.href('map', { kind: 'memory', space, address: 0n }) }
}

/** Columns of the memory table and of the self-checks under it. */
import type { ViewContext } from '../../app/context.ts'
import { present } from '../../model/absent.ts'
import type { PagesCheck } from '../../model/checkpoint.ts'
import type { SharedObject, SpaceRef } from '../../model/memory.ts'
import type { Process } from '../../model/process.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import {
  absentCell,
  bytesCell,
  exactBytes,
  formatBytes,
  maybeCell,
  monoCell,
  numberCell,
  textCell,
} from '../parts/format.ts'

/** Ways to map and bytes of an address space. */
function wayColumns<Row>(ctx: ViewContext, spaceOf: (row: Row) => SpaceRef): readonly Column<Row>[] {
  const way = (view: string, description: string): Column<Row> => ({
    id: view,
    label: view,
    width: 48,
    description,
    cell: (row) => ({
      kind: 'link',
      text: view,
      href: ctx.href(view, { kind: 'memory', space: spaceOf(row), address: 0n }),
    }),
  })
  return [way('map', 'The memory map'), way('hex', 'The bytes')]
}

const OBJECT_KINDS: Readonly<Record<SharedObject['kind'], string>> = {
  sysv: 'System V',
  anonymous: 'anonymous',
  memfd: 'memfd',
  unknown: 'unknown',
}

export function objectColumns(ctx: ViewContext): readonly Column<SharedObject>[] {
  return [
    { id: 'shmid', label: 'id', align: 'right', width: 72, cell: ({ shmid }) => numberCell(shmid) },
    ...wayColumns<SharedObject>(ctx, ({ shmid }) => ({ kind: 'shared', shmid })),
    { id: 'kind', label: 'kind', width: 100, cell: ({ kind }) => textCell(OBJECT_KINDS[kind]) },
    { id: 'name', label: 'name', width: 180, grow: true, cell: ({ name }) => maybeCell(name, monoCell) },
    { id: 'size', label: 'size', align: 'right', width: 90, cell: ({ size }) => maybeCell(size, bytesCell) },
    { id: 'stored', label: 'stored', align: 'right', width: 90, cell: ({ stored }) => maybeCell(stored, bytesCell) },
    {
      id: 'processes',
      label: 'mapped by',
      width: 220,
      cell: ({ pids }) =>
        pids.length === 0
          ? absentCell('no dumped process maps it')
          : {
              kind: 'list',
              items: pids.map((pid): CellValue => ({
                kind: 'link',
                text: String(pid),
                href: ctx.href('map', { kind: 'memory', space: { kind: 'process', pid }, address: 0n }),
              })),
            },
    },
  ]
}

export function memoryColumns(ctx: ViewContext): readonly Column<Process>[] {
  const rows = present(ctx.checkpoint.processes) ?? []
  const most = Math.max(1, ...rows.slice(0, 10_000).map(({ memory }) => present(memory) ?? 0))
  return [
    {
      id: 'pid',
      label: 'pid',
      align: 'right',
      width: 72,
      cell: ({ pid }) => ({
        kind: 'link',
        text: String(pid),
        value: pid,
        href: ctx.href('processes', { kind: 'process', pid }),
      }),
      sort: ({ pid }) => pid,
    },
    ...wayColumns<Process>(ctx, ({ pid }) => ({ kind: 'process', pid })),
    { id: 'name', label: 'process name', width: 180, grow: true, cell: ({ name }) => maybeCell(name, textCell) },
    {
      id: 'memory',
      label: 'memory size',
      align: 'right',
      width: 130,
      description:
        'Private memory of the checkpoint as its pagemap counts it: present pages × page size; the self-check compares it with what is there',
      cell: ({ memory }) =>
        maybeCell(memory, (value) => ({
          kind: 'number',
          value,
          shown: formatBytes(value),
          title: exactBytes(value),
          share: value / most,
        })),
    },
    {
      id: 'shared-memory',
      label: 'shared memory size',
      align: 'right',
      width: 140,
      description: 'Bytes of the mappings that are shared, stored or not: what memparse calls shared memory size',
      cell: ({ sharedMapped }) => maybeCell(sharedMapped, bytesCell),
    },
    {
      id: 'shared-stored',
      label: 'shared stored',
      align: 'right',
      width: 110,
      description:
        'Stored pages of the shared memory objects that the process maps; an object counts for each of its processes',
      cell: ({ sharedMemory }) => maybeCell(sharedMemory, bytesCell),
    },
    {
      id: 'vmas',
      label: 'mappings',
      align: 'right',
      width: 80,
      cell: ({ vmaCount }) => maybeCell(vmaCount, numberCell),
    },
    {
      id: 'address-space',
      label: 'address space',
      align: 'right',
      width: 110,
      description: 'Bytes of all mappings, stored or not',
      cell: ({ vmaBytes }) => maybeCell(vmaBytes, bytesCell),
    },
  ]
}

function checkCell(check: PagesCheck): CellValue {
  if (check.ok) return { kind: 'badge', text: 'agree', tone: 'good' }
  return { kind: 'badge', text: 'differ', tone: 'bad' }
}

export function checkColumns(ctx: ViewContext): readonly Column<PagesCheck>[] {
  const cp = ctx.checkpoint
  const member = (index: number | undefined): CellValue => {
    const found = index === undefined ? undefined : cp.members[index]
    if (index === undefined || !found) return absentCell('not in the archive')
    return { kind: 'link', text: found.path, mono: true, href: ctx.href('contents', { kind: 'member', index }) }
  }
  return [
    { id: 'pagemap', label: 'pagemap', width: 240, grow: true, cell: ({ pagemapMember }) => member(pagemapMember) },
    { id: 'pages', label: 'pages image', width: 220, cell: ({ pagesMember }) => member(pagesMember) },
    {
      id: 'of',
      label: 'memory of',
      width: 120,
      cell: ({ kind, id }) =>
        kind === 'process'
          ? { kind: 'link', text: `pid ${id}`, href: ctx.href('processes', { kind: 'process', pid: id }) }
          : textCell(`shared memory ${id}`),
    },
    {
      id: 'present',
      label: 'present pages',
      align: 'right',
      width: 100,
      cell: ({ presentPages }) => numberCell(presentPages),
    },
    {
      id: 'expected',
      label: 'expected',
      align: 'right',
      width: 90,
      cell: ({ expectedBytes }) => maybeCell(expectedBytes, bytesCell),
    },
    {
      id: 'actual',
      label: 'found',
      align: 'right',
      width: 90,
      cell: ({ actualBytes }) => maybeCell(actualBytes, bytesCell),
    },
    { id: 'check', label: 'check', width: 80, cell: checkCell },
  ]
}

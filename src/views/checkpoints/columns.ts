/** Columns of the list of opened checkpoints. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent } from '../../model/absent.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { Fact } from '../../model/origin.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { bytesCell, idCell, maybeCell, textCell, timeCell, utcTime } from '../parts/format.ts'
import { healthCell } from '../parts/health.ts'

function factColumn(
  id: string,
  label: string,
  width: number,
  pick: (cp: Checkpoint) => Fact<string>,
  more: Partial<Column<Checkpoint>> = {},
): Column<Checkpoint> {
  return { id, label, width, cell: (cp) => maybeCell(pick(cp).value, textCell), ...more }
}

function timeColumn(id: string, label: string, pick: (cp: Checkpoint) => Fact<string>): Column<Checkpoint> {
  return {
    id,
    label,
    width: 164,
    cell: (cp) => maybeCell(pick(cp).value, timeCell),
    sort: (cp) => {
      const { value } = pick(cp)
      return isAbsent(value) ? undefined : (utcTime(value) ?? value)
    },
  }
}

export function checkpointColumns(ctx: ViewContext): readonly Column<Checkpoint>[] {
  return [
    {
      id: 'name',
      label: 'checkpoint',
      width: 180,
      grow: true,
      cell: ({ id, name }): CellValue => {
        const link: CellValue = { kind: 'link', text: name, href: ctx.href('overview', undefined, id) }
        return id === ctx.current
          ? { kind: 'list', items: [link, { kind: 'badge', text: 'open', tone: 'info' }] }
          : link
      },
      sort: ({ name }) => name,
    },
    factColumn('namespace', 'namespace', 92, (cp) => cp.metadata.podNamespace),
    factColumn('pod', 'pod', 110, (cp) => cp.metadata.pod),
    factColumn('container', 'container', 110, (cp) => cp.metadata.container),
    { id: 'engine', label: 'engine', width: 84, cell: (cp) => maybeCell(cp.metadata.engine.value, textCell) },
    factColumn('image', 'image', 220, (cp) => cp.metadata.image, {
      cell: (cp) => maybeCell(cp.metadata.image.value, (text): CellValue => ({ kind: 'text', text, mono: true })),
    }),
    factColumn('id', 'id', 120, (cp) => cp.metadata.containerId, {
      cell: (cp) => maybeCell(cp.metadata.containerId.value, idCell),
    }),
    factColumn('runtime', 'runtime', 70, (cp) => cp.metadata.runtime),
    timeColumn('created', 'created', (cp) => cp.metadata.created),
    timeColumn('checkpointed', 'checkpointed', (cp) => cp.metadata.checkpointed),
    { id: 'size', label: 'archive', align: 'right', width: 80, cell: ({ archive }) => bytesCell(archive.size) },
    {
      id: 'memory',
      label: 'memory pages',
      align: 'right',
      width: 96,
      cell: ({ sizes }) => maybeCell(sizes.memoryPages, bytesCell),
    },
    {
      id: 'rootfs-diff',
      label: 'rootfs diff',
      align: 'right',
      width: 80,
      cell: ({ sizes }) => maybeCell(sizes.rootfsDiff, bytesCell),
    },
    { id: 'compression', label: 'compression', width: 88, cell: ({ archive }) => textCell(archive.compression) },
    { id: 'health', label: 'health', width: 150, cell: healthCell },
    { id: 'label', label: 'file', width: 220, hiddenByDefault: true, cell: ({ archive }) => textCell(archive.label) },
  ]
}

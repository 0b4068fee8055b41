/** Columns of the list of opened checkpoints. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present } from '../../model/absent.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { Fact } from '../../model/origin.ts'
import type { CellValue, LinkCell } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { bytesCell, maybeCell, minuteCell, monoCell, textCell, utcTime } from '../parts/format.ts'
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
    width: 130,
    description: 'UTC; the seconds stand on the overview and in exports',
    cell: (cp) => maybeCell(pick(cp).value, minuteCell),
    sort: (cp) => {
      const { value } = pick(cp)
      return isAbsent(value) ? undefined : (utcTime(value) ?? value)
    },
  }
}

/** Together as wide as a window of 1440 pixels leaves; what matters most stands where narrower ones end. */
export function checkpointColumns(ctx: ViewContext): readonly Column<Checkpoint>[] {
  return [
    {
      id: 'container',
      label: 'container',
      width: 92,
      grow: true,
      description: 'Leads to the checkpoint; where no container is named, the name of the file',
      cell: ({ id, name, metadata: { container } }): CellValue => {
        const text = present(container.value) ?? name
        const link: LinkCell = { kind: 'link', text, href: ctx.href('overview', undefined, id) }
        return id === ctx.current ? { ...link, mark: 'worked on' } : link
      },
    },
    factColumn('pod', 'pod', 78, (cp) => cp.metadata.pod),
    factColumn('namespace', 'namespace', 84, (cp) => cp.metadata.podNamespace),
    { id: 'engine', label: 'engine', width: 82, cell: (cp) => maybeCell(cp.metadata.engine.value, textCell) },
    timeColumn('checkpointed', 'checkpointed', (cp) => cp.metadata.checkpointed),
    { id: 'size', label: 'archive', align: 'right', width: 70, cell: ({ archive }) => bytesCell(archive.size) },
    {
      id: 'memory',
      label: 'memory',
      align: 'right',
      width: 70,
      description: 'Memory pages: the pages images together',
      cell: ({ sizes }) => maybeCell(sizes.memoryPages, bytesCell),
    },
    {
      id: 'rootfs-diff',
      label: 'rootfs diff',
      align: 'right',
      width: 70,
      cell: ({ sizes }) => maybeCell(sizes.rootfsDiff, bytesCell),
    },
    { id: 'health', label: 'health', width: 102, cell: healthCell },
    factColumn('image', 'image', 95, (cp) => cp.metadata.image, {
      description: 'Without registry and path; the whole name on hover and in copies',
      cell: (cp) => maybeCell(cp.metadata.image.value, imageCell),
    }),
    factColumn('id', 'id', 100, (cp) => cp.metadata.containerId, {
      description: 'The first 12 characters; the whole id on hover and in copies',
      cell: (cp) => maybeCell(cp.metadata.containerId.value, shortId),
    }),
    factColumn('runtime', 'runtime', 62, (cp) => cp.metadata.runtime),
    timeColumn('created', 'created', (cp) => cp.metadata.created),
    { id: 'compression', label: 'compression', width: 92, cell: ({ archive }) => textCell(archive.compression) },
    { id: 'label', label: 'file', width: 220, hiddenByDefault: true, cell: ({ archive }) => textCell(archive.label) },
  ]
}

/** As engines list containers. */
function shortId(id: string): CellValue {
  return { kind: 'text', text: id, mono: true, shown: id.slice(0, 12), title: id }
}

/** What tells images apart stands at the end of their names. */
function imageCell(name: string): CellValue {
  const shown = name.slice(name.lastIndexOf('/') + 1)
  return shown === '' ? monoCell(name) : { kind: 'text', text: name, mono: true, shown, title: name }
}

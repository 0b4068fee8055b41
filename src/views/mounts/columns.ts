/** Columns of the two mount tables. */
import { isAbsent } from '../../model/absent.ts'
import type { Mount } from '../../model/checkpoint.ts'
import type { SpecMount } from '../../model/metadata.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, maybeCell, monoCell, numberCell, textCell, wordsCell } from '../parts/format.ts'

function propagationCell({ sharedId, masterId }: Mount): CellValue {
  const words: string[] = []
  if (!isAbsent(sharedId)) words.push(`shared:${sharedId}`)
  if (!isAbsent(masterId)) words.push(`master:${masterId}`)
  return wordsCell(words, 'a private mount')
}

function pointCell({ mountPoint, deleted }: Mount): CellValue {
  if (!deleted) return monoCell(mountPoint)
  return { kind: 'list', items: [monoCell(mountPoint), { kind: 'badge', text: 'deleted', tone: 'warn' }] }
}

/** CRIU numbers the file systems that it can save; for any other it writes 0. */
function typeCell({ fsType }: Mount): CellValue {
  if (fsType !== 'unknown') return monoCell(fsType)
  return absentCell('the image names no type; CRIU gives none for file systems that it does not save itself')
}

/** `spec`: those of the mounts that the spec asks for. A column that would say the same of all mounts is hidden at first. */
export function mountColumns(mounts: readonly Mount[], spec: ReadonlySet<Mount>): readonly Column<Mount>[] {
  const isPrivate = mounts.every(({ sharedId, masterId }) => isAbsent(sharedId) && isAbsent(masterId))
  const isOneNamespace = new Set(mounts.map(({ ns }) => ns)).size < 2
  return [
    {
      id: 'point',
      label: 'mount point',
      width: 220,
      grow: true,
      cell: pointCell,
      sort: ({ mountPoint }) => mountPoint,
    },
    {
      id: 'ns',
      label: 'mnt ns',
      align: 'right',
      width: 64,
      description: 'Mount namespace, CRIU’s number of it',
      hiddenByDefault: isOneNamespace,
      cell: ({ ns }) => numberCell(ns),
    },
    { id: 'type', label: 'type', width: 80, cell: typeCell },
    { id: 'source', label: 'source', width: 104, cell: ({ source }) => monoCell(source) },
    {
      id: 'root',
      label: 'root',
      width: 110,
      description: 'Path inside the mounted file system',
      cell: ({ root }) => monoCell(root),
    },
    { id: 'options', label: 'options', width: 136, cell: ({ options }) => monoCell(options) },
    { id: 'super-options', label: 'super options', width: 140, cell: ({ superOptions }) => monoCell(superOptions) },
    {
      id: 'external',
      label: 'external',
      width: 96,
      description: 'Name under which the engine supplies it at restore',
      cell: ({ externalKey }) => maybeCell(externalKey, monoCell),
    },
    {
      id: 'propagation',
      label: 'propagation',
      width: 90,
      hiddenByDefault: isPrivate,
      description: 'Peer group that the mount shares with, or receives from',
      cell: propagationCell,
    },
    { id: 'device', label: 'device', width: 64, cell: ({ device }) => monoCell(device) },
    { id: 'id', label: 'id', align: 'right', width: 52, cell: ({ id }) => numberCell(id) },
    {
      id: 'parent',
      label: 'parent',
      align: 'right',
      width: 60,
      hiddenByDefault: true,
      cell: ({ parentId }) => numberCell(parentId),
    },
    {
      id: 'asked',
      label: 'in spec',
      width: 64,
      description: 'Whether the runtime spec asks for it; otherwise the runtime or the container itself made it',
      cell: (mount) => (spec.has(mount) ? textCell('yes') : textCell('no', { quiet: true })),
    },
  ]
}

export const specMountColumns: readonly Column<SpecMount>[] = [
  { id: 'destination', label: 'destination', width: 240, cell: ({ destination }) => monoCell(destination) },
  { id: 'type', label: 'type', width: 92, cell: ({ type }) => maybeCell(type, monoCell) },
  { id: 'source', label: 'source', width: 320, grow: true, cell: ({ source }) => maybeCell(source, monoCell) },
  { id: 'options', label: 'options', width: 300, cell: ({ options }) => wordsCell(options, 'no options') },
]

/** The overview as groups of lines. Values that are not recorded keep their line and say why. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present, type Maybe } from '../../model/absent.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { Metadata, NetworkInterface, Statistic } from '../../model/metadata.ts'
import type { CellValue } from '../../ui/cell.ts'
import { formatCount } from '../../ui/shorten.ts'
import {
  absentCell,
  bytesCell,
  formatMicroseconds,
  maybeCell,
  monoCell,
  textCell,
  timeCell,
  wordsCell,
} from '../parts/format.ts'
import { factRow, row, type FactRow } from '../parts/trace.ts'

export interface FactGroup {
  readonly title: string
  readonly note?: string
  readonly rows: readonly FactRow[]
}

export function overviewGroups(ctx: ViewContext): readonly FactGroup[] {
  const cp = ctx.checkpoint
  const m = cp.metadata
  return mergeGroups([
    { title: 'Container', rows: containerRows(m) },
    { title: 'Times', rows: timeRows(m) },
    { title: 'Archive', rows: archiveRows(ctx, cp) },
    { title: 'Engine and CRIU', rows: engineRows(m) },
    ...interfaceGroups(m.interfaces),
    { title: 'Dump statistics', rows: statisticRows(m.statistics) },
    ...moreGroups(m),
  ])
}

/** Groups of the same title become one, where the first stands. */
function mergeGroups(groups: readonly FactGroup[]): readonly FactGroup[] {
  const merged = new Map<string, FactGroup>()
  for (const group of groups) {
    const before = merged.get(group.title)
    merged.set(group.title, before ? { ...before, rows: [...before.rows, ...group.rows] } : group)
  }
  return [...merged.values()]
}

function containerRows(m: Metadata): FactRow[] {
  return [
    factRow('container', m.container, textCell),
    factRow('container id', m.containerId, monoCell),
    factRow('pod', m.pod, textCell),
    factRow('namespace', m.podNamespace, textCell, 'Kubernetes namespace of the pod'),
    factRow('pod uid', m.podUid, monoCell),
    factRow('sandbox id', m.sandboxId, monoCell),
    factRow('image', m.image, monoCell, 'Container image it ran from'),
    factRow('image reference', m.imageRef, monoCell),
    factRow('host name', m.hostname, textCell),
  ]
}

function timeRows(m: Metadata): FactRow[] {
  return [
    factRow('created', m.created, timeCell),
    factRow('started', m.started, timeCell),
    factRow('checkpointed', m.checkpointed, timeCell),
  ]
}

function engineRows(m: Metadata): FactRow[] {
  return [
    factRow('engine', m.engine, textCell),
    factRow('runtime', m.runtime, textCell),
    factRow('CRIU', m.criuVersion, textCell, 'From dump.log: nothing else records it'),
    factRow('kernel', m.kernel, textCell, 'From dump.log: nothing else records it'),
    factRow('host', m.host, textCell),
    factRow('architecture', m.architecture, textCell),
    factRow('image format', m.imageFormat, textCell),
  ]
}

const SHAPES = {
  tar: 'tar',
  directory: 'folder',
  'oci-layout': 'OCI image layout',
  'docker-archive': 'docker archive',
  'ctr-image': 'checkpoint image of ctr',
} as const

const SPILLS = {
  none: 'read in place',
  opfs: 'unpacked to private storage of this page',
  blob: 'unpacked to temporary storage of the browser',
  memory: 'unpacked to memory',
} as const

function archiveRows(ctx: ViewContext, cp: Checkpoint): FactRow[] {
  const { archive, sizes } = cp
  const isPacked = archive.compression !== 'none'
  return [
    row('file', monoCell(archive.label)),
    row('shape', textCell(`${SHAPES[archive.shape]}, ${SPILLS[archive.spill]}`)),
    row('size', bytesCell(archive.size)),
    row('compression', textCell(archive.compression)),
    ...(isPacked ? [row('unpacked', bytesCell(archive.unpackedSize))] : []),
    row('members', { kind: 'link', text: formatCount(cp.members.length), href: ctx.href('contents') }),
    row(
      'CRIU images',
      maybeCell(sizes.checkpoint, bytesCell),
      undefined,
      'All members in the folder of the CRIU images',
    ),
    row('memory pages', maybeCell(sizes.memoryPages, bytesCell)),
    row('rootfs diff', maybeCell(sizes.rootfsDiff, bytesCell), undefined, 'rootfs-diff.tar as stored'),
    ...(present(sizes.rootfsDiffCompressed) === true
      ? [row('', textCell('The rootfs diff is compressed inside the archive: its content is larger.', { quiet: true }))]
      : []),
  ]
}

function interfaceGroups(interfaces: Maybe<readonly NetworkInterface[]>): FactGroup[] {
  if (isAbsent(interfaces)) return [{ title: 'Network', rows: [row('interfaces', absentCell(interfaces.why))] }]
  if (interfaces.length === 0)
    return [{ title: 'Network', rows: [row('interfaces', textCell('none', { quiet: true }))] }]
  return [
    {
      title: 'Network',
      rows: interfaces.flatMap(({ name, addresses, mac, gateways, network, from }) => [
        row('interface', maybeCell(name, monoCell), from),
        row('addresses', wordsCell(addresses, 'none recorded'), from),
        row('gateways', wordsCell(gateways, 'none recorded'), from),
        row('MAC', maybeCell(mac, monoCell), from),
        row('network', maybeCell(network, textCell), from),
      ]),
    },
  ]
}

function statisticCell({ unit }: Statistic): (value: bigint) => CellValue {
  return (value) => {
    const exact = formatCount(value)
    if (unit === 'microseconds')
      return { kind: 'number', value, shown: formatMicroseconds(value), title: `${exact} µs` }
    return { kind: 'number', value, shown: unit === 'pages' ? `${exact} pages` : exact }
  }
}

function statisticRows(statistics: Maybe<readonly Statistic[]>): FactRow[] {
  if (isAbsent(statistics)) return [row('all', absentCell(statistics.why))]
  return statistics.map((statistic) =>
    row(statistic.label, maybeCell(statistic.value, statisticCell(statistic)), statistic.from, statistic.id),
  )
}

/** Further facts under the headings that they come with. */
function moreGroups(m: Metadata): FactGroup[] {
  return m.more.map(({ label, group, fact }) => ({ title: group, rows: [factRow(label, fact, monoCell)] }))
}

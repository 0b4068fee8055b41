/** The overview as groups of lines. Values that are not recorded keep their line and say why. */
import type { ViewContext } from '../../app/context.ts'
import { isAbsent, present, type Maybe } from '../../model/absent.ts'
import type { Checkpoint } from '../../model/checkpoint.ts'
import type { Metadata, NetworkInterface, Statistic } from '../../model/metadata.ts'
import { joinArguments } from '../../query/command-line.ts'
import { maskArguments, maskText } from '../../query/secrets.ts'
import type { CellValue } from '../../ui/cell.ts'
import { formatCount } from '../../ui/shorten.ts'
import {
  absentCell,
  bytesCell,
  formatMicroseconds,
  idCell,
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

/** What is asked first; fits one screen. */
export function overviewGroups(ctx: ViewContext): readonly FactGroup[] {
  const cp = ctx.checkpoint
  const m = cp.metadata
  return [
    { title: 'Container', rows: containerRows(m) },
    { title: 'Times', rows: timeRows(m) },
    { title: 'Engine and CRIU', rows: engineRows(m) },
    { title: 'Archive', rows: archiveRows(ctx, cp) },
    { title: 'Network', rows: interfaceRows(m.interfaces) },
    { title: 'Dump statistics', rows: statisticRows(m.statistics) },
  ]
}

/** Further facts under the headings that they come with, in order. */
export function furtherGroups(m: Metadata, mask: boolean): readonly FactGroup[] {
  const groups = new Map<string, FactRow[]>()
  for (const { label, group, fact } of m.more) {
    const rows = groups.get(group) ?? []
    rows.push(factRow(label, fact, (value) => monoCell(textOf(value, mask))))
    groups.set(group, rows)
  }
  return [...groups].map(([title, rows]) => ({ title, rows }))
}

function textOf(value: string | readonly string[], mask: boolean): string {
  if (typeof value === 'string') return mask ? maskText(value) : value
  return joinArguments(mask ? maskArguments(value) : value)
}

function containerRows(m: Metadata): FactRow[] {
  return [
    factRow('Container', m.container, textCell),
    factRow('Container id', m.containerId, idCell),
    factRow('Pod', m.pod, textCell),
    factRow('Namespace', m.podNamespace, textCell, 'Kubernetes namespace of the pod'),
    factRow('Pod uid', m.podUid, monoCell),
    factRow('Sandbox id', m.sandboxId, idCell),
    factRow('Image', m.image, monoCell, 'Container image it ran from'),
    factRow('Image as asked for', m.imageRequested, monoCell),
    factRow('Image reference', m.imageRef, idCell),
    factRow('Host name', m.hostname, textCell),
  ]
}

function timeRows(m: Metadata): FactRow[] {
  return [
    factRow('Created', m.created, timeCell),
    factRow('Started', m.started, timeCell),
    factRow('Checkpointed', m.checkpointed, timeCell),
  ]
}

function engineRows(m: Metadata): FactRow[] {
  return [
    factRow('Engine', m.engine, textCell),
    factRow('Runtime', m.runtime, textCell),
    factRow('CRIU', m.criuVersion, textCell, 'From dump.log: nothing else records it'),
    factRow('Kernel', m.kernel, textCell, 'From dump.log: nothing else records it'),
    factRow('Host', m.host, textCell),
    factRow('Architecture', m.architecture, textCell),
    factRow('Image format', m.imageFormat, textCell),
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
    row('File', monoCell(archive.label)),
    row('Shape', textCell(`${SHAPES[archive.shape]}, ${SPILLS[archive.spill]}`)),
    row('Size', bytesCell(archive.size)),
    row('Compression', textCell(archive.compression)),
    ...(isPacked ? [row('Unpacked', bytesCell(archive.unpackedSize))] : []),
    row('Members', { kind: 'link', text: formatCount(cp.members.length), href: ctx.href('contents') }),
    row(
      'CRIU images',
      maybeCell(sizes.checkpoint, bytesCell),
      undefined,
      'All members in the folder of the CRIU images',
    ),
    row('Memory pages', maybeCell(sizes.memoryPages, bytesCell)),
    row('Rootfs diff', maybeCell(sizes.rootfsDiff, bytesCell), undefined, 'rootfs-diff.tar as stored'),
    ...(present(sizes.rootfsDiffCompressed) === true
      ? [row('', textCell('The rootfs diff is compressed inside the archive: its content is larger.', { quiet: true }))]
      : []),
  ]
}

function interfaceRows(interfaces: Maybe<readonly NetworkInterface[]>): FactRow[] {
  if (isAbsent(interfaces)) return [row('Interfaces', absentCell(interfaces.why))]
  if (interfaces.length === 0) return [row('Interfaces', textCell('none', { quiet: true }))]
  return interfaces.flatMap(({ name, addresses, mac, gateways, network, from }) => [
    row('Interface', maybeCell(name, monoCell), from),
    row('Addresses', wordsCell(addresses, 'none recorded'), from),
    ...(gateways.length === 0 ? [] : [row('Gateways', wordsCell(gateways, 'none recorded'), from)]),
    row('MAC', maybeCell(mac, monoCell), from),
    row('Network', maybeCell(network, textCell), from),
  ])
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
  if (isAbsent(statistics)) return [row('All', absentCell(statistics.why))]
  return statistics.map((statistic) =>
    row(statistic.label, maybeCell(statistic.value, statisticCell(statistic)), statistic.from, statistic.id),
  )
}

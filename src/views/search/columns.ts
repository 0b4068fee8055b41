/** Columns of the hits: a concordance, with what stands before and behind each match. */
import type { ViewContext } from '../../app/context.ts'
import { present } from '../../model/absent.ts'
import type { MemoryPlace } from '../../model/search.ts'
import { hexText, hitBytes, hitText, textAfter, textBefore } from '../../query/hit-text.ts'
import { lookup } from '../../query/lookup.ts'
import { spaceOf } from '../../query/memory-space.ts'
import type { CellValue } from '../../ui/cell.ts'
import type { Column } from '../../ui/column.ts'
import { absentCell, monoCell, numberCell, textCell } from '../parts/format.ts'
import type { HitRow } from './forms.svelte.ts'
import type { StringRow } from './string-rows.ts'

/** Symbols drawn before a match: the nearest ones. */
const SHOWN_BEFORE = 20

/** Whose memory it is, in words. */
function ownerText(ctx: ViewContext, { pid, shmid }: MemoryPlace): string {
  if (pid === undefined) return `shared memory ${shmid ?? ''}`
  const process = lookup(ctx.checkpoint).processes.get(pid)
  return `${pid} ${(process && present(process.name)) ?? ''}`.trim()
}

export function ownerCell(ctx: ViewContext, place: MemoryPlace): CellValue {
  const text = ownerText(ctx, place)
  if (place.pid === undefined) return textCell(text)
  return { kind: 'link', text, href: ctx.href('processes', { kind: 'process', pid: place.pid }) }
}

export function mappingCell({ mapping, shmid }: MemoryPlace): CellValue {
  if (mapping) return mapping.name === undefined ? textCell('anonymous', { quiet: true }) : monoCell(mapping.name)
  return absentCell(shmid === undefined ? 'no mapping covers this address' : 'an object, seen without its mappings')
}

/** Where the bytes are shown, with the place marked. */
export function hexHref(ctx: ViewContext, place: MemoryPlace & { readonly length: number }): string {
  return ctx.href('hex', { kind: 'memory', space: spaceOf(place), address: place.address, length: place.length })
}

/** Addresses of user space fit twelve digits on most machines; longer ones are drawn as long as they are. */
const DIGITS = 12

function processColumn<Row extends MemoryPlace>(ctx: ViewContext): Column<Row> {
  /** One cell for each owner, however many rows: a table that is grouped knows it again. */
  const cells = new Map<string, CellValue>()
  let { checkpoint } = ctx
  return {
    id: 'process',
    label: 'process',
    width: 150,
    cell(place) {
      if (checkpoint !== ctx.checkpoint) cells.clear()
      ;({ checkpoint } = ctx)
      const key = `${place.pid ?? ''} ${place.shmid ?? ''}`
      const cell = cells.get(key) ?? ownerCell(ctx, place)
      cells.set(key, cell)
      return cell
    },
    sort: ({ pid, shmid }) => pid ?? 2 ** 32 + (shmid ?? 0),
  }
}

function addressColumn<Row extends MemoryPlace & { readonly length: number }>(ctx: ViewContext): Column<Row> {
  return {
    id: 'address',
    label: 'address',
    width: 118,
    description: 'Virtual address, for a shared memory object the offset in it; leads to the bytes',
    cell: (place) => ({ kind: 'address', value: place.address, digits: DIGITS, href: hexHref(ctx, place) }),
  }
}

function mappingColumns<Row extends MemoryPlace>(): readonly Column<Row>[] {
  return [
    { id: 'mapping', label: 'mapping', width: 150, cell: mappingCell },
    {
      id: 'permissions',
      label: 'prot',
      width: 48,
      description: 'Read, write, execute; private or shared',
      cell: ({ mapping }) => (mapping ? monoCell(mapping.permissions) : absentCell('no mapping')),
    },
  ]
}

/** What stands beside a match; nothing where the stored memory begins or ends. */
function aroundCell(text: string): CellValue {
  return text === '' ? absentCell('the stored memory begins or ends here') : textCell(text, { mono: true, quiet: true })
}

export function hitColumns(ctx: ViewContext, patterns: readonly string[]): readonly Column<HitRow>[] {
  const pattern: Column<HitRow> = {
    id: 'pattern',
    label: 'pattern',
    width: 150,
    cell: (hit) => monoCell(patterns[hit.pattern] ?? ''),
  }
  return [
    processColumn<HitRow>(ctx),
    addressColumn<HitRow>(ctx),
    ...(patterns.length > 1 ? [pattern] : []),
    {
      id: 'before',
      label: 'before',
      align: 'right',
      width: 164,
      description: 'What stands before the match; a dot is a byte that cannot be printed',
      cell: (hit) => aroundCell(textBefore(hit).slice(-SHOWN_BEFORE)),
    },
    {
      id: 'match',
      label: 'match',
      width: 210,
      description: 'The match exactly as it stands there',
      cell: (hit) => monoCell(hitText(hit)),
    },
    {
      id: 'after',
      label: 'after',
      width: 220,
      grow: true,
      description: 'What stands behind the match; a dot is a byte that cannot be printed',
      cell: (hit) => aroundCell(textAfter(hit)),
    },
    ...mappingColumns<HitRow>(),
    { id: 'form', label: 'form', width: 72, cell: ({ form }) => textCell(form, { quiet: form !== 'utf-16le' }) },
    { id: 'length', label: 'bytes', align: 'right', width: 56, cell: ({ length }) => numberCell(length) },
    {
      id: 'hex',
      label: 'match in hex',
      width: 260,
      hiddenByDefault: true,
      description: 'Bytes of the match; of a long one the first 512',
      cell: (hit) => monoCell(hexText(hitBytes(hit))),
    },
  ]
}

export function stringColumns(ctx: ViewContext): readonly Column<StringRow>[] {
  return [
    { id: 'text', label: 'string', width: 420, grow: true, cell: ({ text }) => monoCell(text) },
    {
      id: 'count',
      label: 'count',
      align: 'right',
      width: 64,
      description: 'Occurrences; those in memory that several processes share count once',
      cell: ({ count }) => numberCell(count),
    },
    { id: 'length', label: 'bytes', align: 'right', width: 60, cell: ({ length }) => numberCell(length) },
    { id: 'encoding', label: 'encoding', width: 76, cell: ({ encoding }) => textCell(encoding, { quiet: true }) },
    processColumn<StringRow>(ctx),
    addressColumn<StringRow>(ctx),
    ...mappingColumns<StringRow>(),
  ]
}

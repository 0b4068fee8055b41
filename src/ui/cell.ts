/**
 * A table cell as data. The table draws it, sorts by it, filters by it and exports it, so that what is seen, found and
 * saved is one value. Text is lossless evidence text (see `src/base/text.ts`): never markup.
 */
import { visibleText } from '../base/text.ts'
import { formatCount } from './shorten.ts'

/** What a colour means; always drawn with a word or sign beside it. */
export type Tone = 'neutral' | 'good' | 'warn' | 'bad' | 'info'

export interface TextCell {
  readonly kind: 'text'
  readonly text: string
  /** How it is drawn where the whole text is too long; it is sorted, copied and exported whole. Default: the text. */
  readonly shown?: string
  /** Paths, ids, addresses, flags: fixed-width figures. */
  readonly mono?: boolean
  /** Where a text too long for its cell is cut; ids are cut in the middle. Default: end. */
  readonly shorten?: 'end' | 'middle'
  /** Drawn in the quiet colour. */
  readonly quiet?: boolean
  readonly title?: string
}

export interface NumberCell {
  readonly kind: 'number'
  readonly value: number | bigint
  /** How it is drawn (`4.0 MiB`); default: the digits. */
  readonly shown?: string
  /** Hover text; default: the exact digits when `shown` differs. */
  readonly title?: string
  /** Share of a whole, 0…1: drawn as a faint bar behind the number. */
  readonly share?: number
}

export interface AddressCell {
  readonly kind: 'address'
  readonly value: bigint
  /** Hex digits; leading zeros are drawn dim. Default 16. */
  readonly digits?: number
  readonly href?: string
}

export interface AbsentCell {
  readonly kind: 'absent'
  /** Why there is no value: one short clause. */
  readonly why: string
}

export interface LinkCell {
  readonly kind: 'link'
  readonly text: string
  /** In-app target: starts with `#`. Anything else is drawn as plain text. */
  readonly href: string
  readonly mono?: boolean
  readonly title?: string
  /** What a sign behind it stands for: a state of the page, so no part of what is sorted, copied and exported. */
  readonly mark?: string
  /** The number that the text is, for sorting and exports. */
  readonly value?: number
}

export interface BadgeCell {
  readonly kind: 'badge'
  readonly text: string
  /** How it is drawn where the whole text is too long; it is sorted, copied and exported whole. Default: the text. */
  readonly shown?: string
  readonly tone: Tone
  readonly title?: string
}

export interface ListCell {
  readonly kind: 'list'
  /** In a table row the first is drawn with the badges, and the others are counted behind it. */
  readonly items: readonly CellValue[]
  /** How many there are beyond those. */
  readonly more?: number
}

export type CellValue = TextCell | NumberCell | AddressCell | AbsentCell | LinkCell | BadgeCell | ListCell

/** What a cell is sorted by; undefined sorts last in both directions. */
export type SortValue = string | number | bigint | undefined

/** A value in an export; bigint is written as exact digits. */
export type ExportValue = string | number | bigint | null | readonly ExportValue[]

/** Address as hex of a fixed number of digits, with 0x. */
export function formatAddress(value: bigint, digits = 16): string {
  return `0x${value.toString(16).padStart(digits, '0')}`
}

/** What stands behind the items of a list that does not hold all. */
function moreText({ more = 0 }: ListCell): readonly string[] {
  return more === 0 ? [] : [`and ${formatCount(more)} more`]
}

/** What a list in a table row does not draw, and how much that is; undefined when it draws all. */
export function undrawn({ items, more = 0 }: ListCell): { readonly count: number; readonly title: string } | undefined {
  const rest = items.filter(({ kind }) => kind !== 'badge').slice(1)
  const count = rest.length + more
  if (count === 0) return undefined
  const named = rest.slice(0, MOST_NAMED).map((item) => visibleText(cellText(item)))
  return { count, title: `${formatCount(count)} more: ${named.join(', ')}${count > named.length ? ', …' : ''}` }
}

/** Items that a title names. */
const MOST_NAMED = 12

/** The whole text of a cell: lossless, unshortened; empty for an absent value. */
export function cellText(cell: CellValue): string {
  switch (cell.kind) {
    case 'text':
    case 'link':
    case 'badge':
      return cell.text
    case 'number':
      return cell.shown ?? cell.value.toString()
    case 'address':
      return formatAddress(cell.value, cell.digits)
    case 'absent':
      return ''
    case 'list':
      return [...cell.items.map(cellText), ...moreText(cell)].join(', ')
  }
}

/** What the filter box looks in: the text and, for numbers, the exact digits too. */
export function cellSearchText(cell: CellValue): string {
  if (cell.kind === 'number' && cell.shown !== undefined) return `${cell.shown}\n${cell.value}`
  if (cell.kind === 'list') return cell.items.map(cellSearchText).join('\n')
  return cellText(cell)
}

/** Default sort value of a cell. */
export function cellSortValue(cell: CellValue): SortValue {
  switch (cell.kind) {
    case 'number':
    case 'address':
      return cell.value
    case 'absent':
      return undefined
    case 'list':
      return cell.items[0] === undefined ? undefined : cellSortValue(cell.items[0])
    case 'link':
      return cell.value ?? cell.text
    default:
      return cell.text
  }
}

/** The cell's value for JSON: numbers as numbers, addresses as hex text, absent as null. */
export function cellExportValue(cell: CellValue): ExportValue {
  switch (cell.kind) {
    case 'number':
      return cell.value
    case 'absent':
      return null
    case 'list':
      return [...cell.items.map(cellExportValue), ...moreText(cell)]
    case 'link':
      return cell.value ?? cell.text
    default:
      return cellText(cell)
  }
}

/** The cell's value for TSV and CSV: exact digits rather than rounded units. */
export function cellPlainText(cell: CellValue): string {
  if (cell.kind === 'number') return cell.value.toString()
  if (cell.kind === 'list') return [...cell.items.map(cellPlainText), ...moreText(cell)].join(', ')
  return cellText(cell)
}

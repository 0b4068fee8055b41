/** What a table draws, in order: rows, rows of a tree, or rows under group headings. */
import { ascending } from '../base/order.ts'
import type { CellValue } from './cell.ts'
import { cellText } from './cell.ts'
import type { Column } from './column.ts'
import type { RowList } from './row-list.ts'

export interface RowItem<Row> {
  readonly kind: 'row'
  readonly row: Row
  /** Depth in the tree, 0 for roots and plain rows. */
  readonly level: number
  /**
   * For each ancestor level: whether a guide line passes beside this row. The last entry is the row's own branch, unless
   * the row is so deep that the list is cut.
   */
  readonly guides: readonly boolean[]
  readonly expandable: boolean
  readonly expanded: boolean
  /** False for an ancestor that is shown only because a row below it met the filter. */
  readonly matched: boolean
}

export interface GroupItem {
  readonly kind: 'group'
  readonly key: string
  readonly cell: CellValue
  readonly count: number
  readonly expanded: boolean
}

export type TableItem<Row> = RowItem<Row> | GroupItem

export interface ItemList<Row> {
  readonly length: number
  at(index: number): TableItem<Row> | undefined
  /** Position of the row with this key, -1 when it is not drawn. */
  indexOf(key: string): number
}

const NO_GUIDES: readonly boolean[] = []

function plainItem<Row>(row: Row): RowItem<Row> {
  return { kind: 'row', row, level: 0, guides: NO_GUIDES, expandable: false, expanded: false, matched: true }
}

/** Nothing folded. */
export const NO_KEYS: ReadonlySet<string> = new Set()

/** A set with a key put in or taken out; the one given stays as it is. */
export function withKey(keys: ReadonlySet<string>, key: string, present: boolean): ReadonlySet<string> {
  const next = new Set(keys)
  if (present) next.add(key)
  else next.delete(key)
  return next
}

/** Where a row with this key stands in an order, -1 when it does not. */
function placeOf<Row>(rows: RowList<Row>, order: Uint32Array, key: string, keyOf: (row: Row) => string): number {
  if (rows.quick) return order.indexOf(rows.quick.indexOf(key))
  return order.findIndex((at) => keyOf(rows.at(at) as Row) === key)
}

/** Plain rows: items are made when they are drawn. */
export function flatItems<Row>(rows: RowList<Row>, order: Uint32Array, keyOf: (row: Row) => string): ItemList<Row> {
  return {
    length: order.length,
    at(index) {
      const at = order[index]
      return at === undefined ? undefined : plainItem(rows.at(at) as Row)
    },
    indexOf: (key) => placeOf(rows, order, key, keyOf),
  }
}

interface Group {
  readonly key: string
  readonly cell: CellValue
  readonly rows: number[]
}

/** Rows under one heading for each text of the column, in the order in which the texts first appear. */
export function groupedItems<Row>(
  rows: RowList<Row>,
  order: Uint32Array,
  column: Column<Row>,
  collapsed: ReadonlySet<string>,
  keyOf: (row: Row) => string,
): ItemList<Row> {
  const groups = new Map<string, Group>()
  const codes = rows.quick?.codes(column.id)
  const known = new Map<number, Group>()
  /** Columns may give rows of the same value the same cell. */
  const byCell = new WeakMap<CellValue, Group>()
  for (const at of order) {
    const same = codes && known.get(codes[at] ?? 0)
    if (same) {
      same.rows.push(at)
      continue
    }
    const cell = column.cell(rows.at(at) as Row)
    const sameCell = byCell.get(cell)
    if (sameCell) {
      sameCell.rows.push(at)
      continue
    }
    const key = `${cell.kind === 'absent' ? 'absent' : 'value'} ${cellText(cell)}`
    const group = groups.get(key) ?? { key, cell, rows: [] }
    group.rows.push(at)
    groups.set(key, group)
    if (codes) known.set(codes[at] ?? 0, group)
    byCell.set(cell, group)
  }
  const parts: { readonly from: number; readonly group: Group; readonly expanded: boolean }[] = []
  let length = 0
  for (const group of groups.values()) {
    const expanded = !collapsed.has(group.key)
    parts.push({ from: length, group, expanded })
    length += expanded ? 1 + group.rows.length : 1
  }
  return {
    length,
    at(index) {
      const part = parts[lastAtMost(parts, index)]
      if (!part || index < 0 || index >= length) return undefined
      const { key, cell, rows: inside } = part.group
      if (index === part.from) return { kind: 'group', key, cell, count: inside.length, expanded: part.expanded }
      return plainItem(rows.at(inside[index - part.from - 1] ?? 0) as Row)
    },
    indexOf(key) {
      const at = order[placeOf(rows, order, key, keyOf)]
      if (at === undefined) return -1
      for (const { from, group, expanded } of parts) {
        const place = group.rows.indexOf(at)
        if (place >= 0) return expanded ? from + 1 + place : -1
      }
      return -1
    },
  }
}

/** Index of the last part that begins at or before a place, -1 when none does. */
function lastAtMost(parts: readonly { readonly from: number }[], place: number): number {
  let low = 0
  let high = parts.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((parts[middle]?.from ?? 0) <= place) low = middle + 1
    else high = middle
  }
  return low - 1
}

interface TreeInput<Row> {
  readonly rows: RowList<Row>
  /** All rows, sorted: siblings come in this order. */
  readonly order: Uint32Array
  /** Indices of rows that met the filter; undefined: no filter. */
  readonly matched: Uint32Array | undefined
  readonly keyOf: (row: Row) => string
  readonly parentOf: (row: Row) => string | undefined
  readonly collapsed: ReadonlySet<string>
}

/**
 * Rows as a tree, flattened. A parent that does not exist, the row itself, or one that closes a circle makes the row a
 * root, so every row is drawn exactly once whatever the evidence says. With a filter, ancestors of matches stay and all is
 * open. No recursion: a chain may be as deep as there are rows.
 */
export function treeItems<Row>(input: TreeInput<Row>): ItemList<Row> {
  const { rows, order, keyOf, parentOf, collapsed } = input
  const matched = input.matched && new Set(input.matched)
  const parents = acyclicParents(rows, keyOf, parentOf)
  const shown = matched && withAncestors(matched, parents)
  const children = new Map<number, number[]>()
  for (const at of order) {
    if (shown && !shown.has(at)) continue
    const parent = parents[at] ?? -1
    const siblings = children.get(parent)
    if (siblings) siblings.push(at)
    else children.set(parent, [at])
  }
  const items: TableItem<Row>[] = []
  const stack: { at: number; level: number; guides: readonly boolean[] }[] = []
  const push = (siblings: readonly number[], level: number, guides: readonly boolean[]) => {
    for (let i = siblings.length - 1; i >= 0; i--) {
      const own = level === 0 ? NO_GUIDES : [...guides, i < siblings.length - 1]
      stack.push({ at: siblings[i] ?? 0, level, guides: own.length > MAX_GUIDES ? own.slice(0, MAX_GUIDES) : own })
    }
  }
  push(children.get(-1) ?? [], 0, NO_GUIDES)
  for (let next = stack.pop(); next; next = stack.pop()) {
    const row = rows.at(next.at) as Row
    const below = children.get(next.at)
    const expanded = below !== undefined && (matched !== undefined || !collapsed.has(keyOf(row)))
    items.push({
      kind: 'row',
      row,
      level: next.level,
      guides: next.guides,
      expandable: below !== undefined,
      expanded,
      matched: matched?.has(next.at) ?? true,
    })
    if (expanded) push(below, next.level + 1, next.guides)
  }
  return {
    length: items.length,
    at: (index) => items[index],
    indexOf: (key) => items.findIndex((item) => item.kind === 'row' && keyOf(item.row) === key),
  }
}

/** Guides beyond this depth are left out: no column is wide enough for them. */
const MAX_GUIDES = 24

/** Index of each row's parent, -1 for roots; links that would close a circle are cut. */
function acyclicParents<Row>(
  rows: RowList<Row>,
  keyOf: (row: Row) => string,
  parentOf: (row: Row) => string | undefined,
): Int32Array {
  const order = ascending(rows.length)
  const indexOf = new Map(Array.from(order, (at) => [keyOf(rows.at(at) as Row), at]))
  const parents = Int32Array.from(order, (at) => {
    const key = parentOf(rows.at(at) as Row)
    return key === undefined ? -1 : (indexOf.get(key) ?? -1)
  })
  const doneIn = new Int32Array(rows.length).fill(-1)
  for (let start = 0; start < rows.length; start++) {
    let at = start
    while (doneIn[at] === -1) {
      doneIn[at] = start
      const parent = parents[at] ?? -1
      if (parent < 0) break
      if (doneIn[parent] === start) parents[at] = -1
      else at = parent
    }
  }
  return parents
}

function withAncestors(matched: ReadonlySet<number>, parents: Int32Array): Set<number> {
  const shown = new Set(matched)
  for (const match of matched) {
    for (let at = parents[match] ?? -1; at >= 0 && !shown.has(at); at = parents[at] ?? -1) shown.add(at)
  }
  return shown
}

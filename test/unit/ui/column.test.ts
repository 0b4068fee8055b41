import { describe, expect, test } from 'vitest'
import {
  columnsBeyond,
  columnTemplate,
  columnWidth,
  drawnLevels,
  defaultLayout,
  moveColumn,
  parseLayout,
  shownColumns,
  type Column,
} from '../../../src/ui/column.ts'

const cell = () => ({ kind: 'text', text: '' }) as const
const columns: readonly Column<null>[] = [
  { id: 'a', label: 'A', width: 50, cell },
  { id: 'b', label: 'B', hiddenByDefault: true, cell },
  { id: 'c', label: 'C', grow: true, cell },
  { id: 'd', label: 'D', minWidth: 80, cell },
]
const start = defaultLayout(columns)
const ids = (layout = start) => shownColumns(columns, layout).map((column) => column.id)

test('a tree is indented only so far that names stay readable, whatever the width of its column', () => {
  expect([40, 180, 228, 500].map(drawnLevels)).toEqual([1, 1, 4, 21])
  for (let width = 200; width < 600; width++) expect(width - 16 * (drawnLevels(width) + 1)).toBeGreaterThanOrEqual(148)
})

describe('column layout', () => {
  test('columns beyond an edge are those of which less than half is seen', () => {
    const shown = shownColumns(columns, start)
    expect([0, 24, 26, 109, 111, 229, 231].map((edge) => columnsBeyond(shown, start, edge))).toEqual([
      3, 3, 2, 2, 1, 1, 0,
    ])
  })

  test('hidden columns are left out, the growing one takes what is left', () => {
    expect(ids()).toEqual(['a', 'c', 'd'])
    expect(columnTemplate(shownColumns(columns, start), start)).toEqual({
      css: '50px minmax(120px, 1fr) 120px',
      total: 290,
    })
  })
  test('moving skips hidden columns and stops at the ends', () => {
    expect(ids(moveColumn(columns, start, 'a', 1))).toEqual(['c', 'a', 'd'])
    expect(ids(moveColumn(columns, start, 'd', -2))).toEqual(['d', 'a', 'c'])
    expect(moveColumn(columns, start, 'a', -1)).toBe(start)
  })
  test('one column is always left', () => {
    expect(ids({ ...start, hidden: ['a', 'b', 'c', 'd'] })).toEqual(['a'])
  })
  test('widths are bounded', () => {
    const [, , , d] = columns
    if (!d) throw new Error('no column')
    expect(columnWidth(d, { ...start, widths: { d: 3 } })).toBe(80)
    expect(columnWidth(d, { ...start, widths: { d: 1e9 } })).toBe(2000)
  })
  test.each([undefined, '', '{', 'null', '[]', '{"order":[1],"widths":"x","hidden":{}}'])(
    'kept layout %j is harmless',
    (text) => {
      expect(ids(parseLayout(columns, text))).toEqual(['a', 'c', 'd'])
    },
  )
  test('a kept layout of an older version keeps new columns in their place', () => {
    const kept = '{"order":["d","gone","a"],"widths":{"a":70,"d":"x"},"hidden":[]}'
    const layout = parseLayout(columns, kept)
    expect(ids(layout)).toEqual(['d', 'b', 'c', 'a'])
    expect(layout.widths).toEqual({ a: 70 })
  })
})

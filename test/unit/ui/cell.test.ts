import { expect, test } from 'vitest'
import { visibleText } from '../../../src/base/text.ts'
import {
  cellExportValue,
  cellPlainText,
  cellText,
  undrawn,
  type CellValue,
  type ListCell,
} from '../../../src/ui/cell.ts'

const link = (text: string): CellValue => ({ kind: 'link', text, href: '#' })
const badge: CellValue = { kind: 'badge', text: 'open', tone: 'info' }
const list = (items: readonly CellValue[], more?: number): ListCell =>
  more === undefined ? { kind: 'list', items } : { kind: 'list', items, more }

test('a list in a row: the first item and the badges are drawn, the others counted by name', () => {
  expect(undrawn(list([link('intrusion'), badge]))).toBeUndefined()
  expect(undrawn(list([badge, link('damaged entry')]))).toBeUndefined()
  expect(undrawn(list([link('a 1/3'), badge, link('b 2/3'), link('c\u202e 4/3')]))).toEqual({
    count: 2,
    title: `2 more: b 2/3, c${visibleText('\u202e')} 4/3`,
  })
  expect(undrawn(list([link('a'), link('b')], 950))).toEqual({ count: 951, title: '951 more: b, …' })
})

test('export: a link that is a number is one', () => {
  expect(cellExportValue({ kind: 'link', text: '17', value: 17, href: '#' })).toBe(17)
  expect(cellExportValue(list([link('a')], 3))).toEqual(['a', 'and 3 more'])
})

test('export: the sign behind a link is a state of the page, no part of the value', () => {
  const marked: CellValue = { kind: 'link', text: 'counter', href: '#', mark: 'worked on' }
  expect([cellExportValue(marked), cellPlainText(marked), cellText(marked)]).toEqual(['counter', 'counter', 'counter'])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { entryByLetter, nextEnabled } from '../../../src/ui/menu.ts'
import { formatShare, largestShares, type Share } from '../../../src/ui/share.ts'
import { cutMiddle, cutText, formatCount } from '../../../src/ui/shorten.ts'
import { tableCommand } from '../../../src/ui/table-keys.ts'

describe('shortening', () => {
  test('never halves a surrogate pair, and what is left out adds up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const cut = cutText(text, max)
        expect(() => encodeURIComponent(cut.head)).not.toThrow()
        expect(cut.head.length + cut.left).toBe(text.length)
        const middle = cutMiddle(text, max)
        expect(middle === undefined).toBe(text.length <= max)
        if (middle) expect(text.startsWith(middle.head) && text.endsWith(middle.tail)).toBe(true)
      }),
    )
  })
  test('counts have thin spaces', () => {
    expect([0, 999, 1234, 1234567].map(formatCount)).toEqual(['0', '999', '1\u202f234', '1\u202f234\u202f567'])
  })
})

describe('menus', () => {
  const items = [
    { label: 'Copy', disabled: true, run: () => undefined },
    { label: 'Cut', run: () => undefined },
    { label: 'Paste', run: () => undefined },
  ]
  test('moving skips what is disabled and goes round', () => {
    expect(nextEnabled(items, -1, 1)).toBe(1)
    expect(nextEnabled(items, 2, 1)).toBe(1)
    expect(nextEnabled(items, 1, -1)).toBe(2)
    expect(nextEnabled([], -1, 1)).toBe(-1)
  })
  test('a letter finds the next entry that begins with it', () => {
    expect(entryByLetter(items, -1, 'c')).toBe(1)
    expect(entryByLetter(items, -1, 'x')).toBe(-1)
  })
})

describe('shares', () => {
  const share = (value: number): Share => ({ label: String(value), value, shown: String(value), area: 1 })
  test('the smallest become one', () => {
    const shares = largestShares([1, 5, 0, 3, 2].map(share), 3, (count, value) => share(count * 1000 + value))
    expect(shares.map((part) => part.value)).toEqual([5, 3, 2003])
  })
  test('percent', () => {
    expect([formatShare(1, 2), formatShare(1, 30), formatShare(1, 1e6), formatShare(0, 9), formatShare(1, 0)]).toEqual([
      '50\u00a0%',
      '3.3\u00a0%',
      '< 0.1\u00a0%',
      '0.0\u00a0%',
      '—',
    ])
  })
})

describe('keys of a table', () => {
  const press = (key: string, mods = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    ...mods,
  })
  test('arrows fold in a tree and move by cell elsewhere', () => {
    expect(tableCommand(press('ArrowRight'), true)).toBe('expand')
    expect(tableCommand(press('ArrowRight'), false)).toBe('cellRight')
    expect(tableCommand(press('ArrowLeft', { shiftKey: true }), true)).toBe('cellLeft')
  })
  test('alt is left to the page, so that history works', () => {
    expect(tableCommand(press('ArrowLeft', { altKey: true }), false)).toBeUndefined()
  })
  test('copy, menu and filter', () => {
    expect(tableCommand(press('c', { metaKey: true }), false)).toBe('copy')
    expect(tableCommand(press('F10', { shiftKey: true }), false)).toBe('menu')
    expect(tableCommand(press('/', { shiftKey: true }), false)).toBe('filter')
    expect(tableCommand(press('x'), false)).toBeUndefined()
  })
})

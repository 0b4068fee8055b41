import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawnRows, MAX_HEIGHT, physicalHeight, revealed, scrolled, settled } from '../../../src/ui/scroll-map.ts'

const small = { content: 24_000, view: 480 }
const huge = { content: 24 * 10_000_000, view: 480 }

describe('scrolling', () => {
  test('a table that fits the browser is not scaled', () => {
    expect(physicalHeight(small)).toBe(24_000)
    expect(scrolled(small, 0, 0, 777)).toBe(777)
    expect(settled(small, 777)).toBe(777)
  })
  test('a huge table has a bounded box whose ends are the first and last row', () => {
    expect(physicalHeight(huge)).toBe(MAX_HEIGHT)
    expect(scrolled(huge, 5000, 10, 0)).toBe(0)
    expect(scrolled(huge, 0, 0, MAX_HEIGHT - 480)).toBe(huge.content - 480)
  })
  test('a wheel step moves rows by its own pixels, a jump by the scale', () => {
    expect(scrolled(huge, 1000, 50, 150)).toBe(1100)
    expect(scrolled(huge, 0, 0, (MAX_HEIGHT - 480) / 2)).toBeCloseTo((huge.content - 480) / 2)
  })
  test('settling and jumping back gives the same rows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: huge.content - 200_000 }), (virtual) => {
        const physical = settled(huge, virtual)
        const far = physical > MAX_HEIGHT / 2 ? physical - 2000 : physical + 2000
        expect(Math.abs(scrolled(huge, 0, far, physical) - virtual)).toBeLessThan(1)
      }),
    )
  })
  test('revealing moves the least', () => {
    expect(revealed(small, 100, 10, 24)).toBe(100)
    expect(revealed(small, 100, 2, 24)).toBe(48)
    expect(revealed(small, 0, 20, 24)).toBe(24)
    expect(revealed(small, 0, 999, 24)).toBe(24_000 - 480)
  })
  test('few rows are drawn, and those in view are among them', () => {
    expect(drawnRows(huge, 2400, 24, 10_000_000, 4)).toEqual({ first: 96, end: 124 })
    expect(drawnRows({ content: 0, view: 480 }, 0, 24, 0, 4)).toEqual({ first: 0, end: 0 })
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { squarify } from '../../../src/ui/squarify.ts'

const area = { x: 0, y: 0, width: 600, height: 400 }

describe('squarify', () => {
  test('the example of the paper: 6 6 4 3 2 2 1 in 6 × 4', () => {
    const rects = squarify([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 })
    expect(rects[0]).toEqual({ x: 0, y: 0, width: 3, height: 2 })
    expect(rects[1]).toEqual({ x: 0, y: 2, width: 3, height: 2 })
    expect(rects[2]?.width).toBeCloseTo(12 / 7)
    expect(rects[2]?.height).toBeCloseTo(7 / 3)
  })
  test('no values, zeros and damage give empty rectangles', () => {
    expect(squarify([], area)).toEqual([])
    for (const rect of squarify([0, -1, Number.NaN, Number.POSITIVE_INFINITY], area))
      expect(rect.width * rect.height).toBe(0)
    expect(squarify([1], { ...area, width: 0 })[0]?.width).toBe(0)
  })
  test('areas are in proportion, inside, and do not overlap', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 40 }), (values) => {
        const total = values.reduce((a, b) => a + b, 0)
        const rects = squarify(values, area)
        for (const [i, rect] of rects.entries()) {
          expect(rect.width * rect.height).toBeCloseTo(((values[i] ?? 0) / total) * 240_000, 3)
          expect(rect.x + rect.width).toBeLessThan(600.001)
          expect(rect.y + rect.height).toBeLessThan(400.001)
          for (const other of rects.slice(i + 1)) {
            const width = Math.min(rect.x + rect.width, other.x + other.width) - Math.max(rect.x, other.x)
            const height = Math.min(rect.y + rect.height, other.y + other.height) - Math.max(rect.y, other.y)
            expect(Math.min(width, height)).toBeLessThan(0.001)
          }
        }
      }),
    )
  })
})

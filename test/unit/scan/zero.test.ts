import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isZero, nonZeroParts } from '../../../src/scan/zero.ts'

const layout = fc.array(fc.tuple(fc.nat(9000), fc.integer({ min: 1, max: 255 })), { maxLength: 6 }).map((spots) => {
  const bytes = new Uint8Array(spots.reduce((sum, [zeros]) => sum + zeros + 1, 100))
  let at = 0
  for (const [zeros, value] of spots) {
    at += zeros + 1
    bytes[at] = value
  }
  return bytes
})

test('parts lie apart, and hold every byte that is not zero with its surroundings', () => {
  fc.assert(
    fc.property(layout, fc.nat(5000), fc.nat(3), fc.nat(50), (whole, margin, shift, from) => {
      const bytes = whole.subarray(shift)
      const covered = new Uint8Array(bytes.length)
      let last = 0
      nonZeroParts(bytes, from, bytes.length, margin, (start, end) => {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        covered.fill(1, start, end)
        last = end
      })
      bytes.forEach((byte, i) => {
        if (byte === 0 || i < from) return
        const start = Math.max(from, i - margin)
        const end = Math.min(bytes.length, i + margin + 1)
        expect(covered.subarray(start, end).includes(0)).toBe(false)
      })
      expect(isZero(bytes)).toBe(bytes.every((byte) => byte === 0))
    }),
    { numRuns: 400 },
  )
})

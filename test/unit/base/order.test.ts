import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ascending, orderByNumbers } from '../../../src/base/order.ts'

test('order: by number, equal ones keep their order', () => {
  const number = fc.oneof(fc.nat(5), fc.maxSafeNat(), fc.constantFrom(0, 65535, 65536, 2 ** 32, 2 ** 53 - 1))
  fc.assert(
    fc.property(fc.array(number, { maxLength: 40 }), (values) => {
      const wanted = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0) || a - b)
      expect([...orderByNumbers(ascending(values.length), values)]).toEqual(wanted)
    }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wishFromQuery, wishToQuery, type SearchWish } from '../../../src/views/search/search-link.ts'

const PLAIN: SearchWish = {
  ...{ kind: 'text', typed: 'a', ignoreCase: false, utf16: true, where: 'all', range: undefined, kinds: [] },
  ...{ writable: false, executable: false },
}

test('what an address says is what the form held', () => {
  const where = fc.oneof(fc.constantFrom('all' as const, 'shared' as const), fc.nat())
  const flags = { ignoreCase: fc.boolean(), utf16: fc.boolean(), writable: fc.boolean(), executable: fc.boolean() }
  const kinds = fc.subarray(['heap', 'stack', 'anonymous', 'file', 'shared', 'kernel'] as const)
  const typed = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '')
  const wishes = fc.record({ kind: fc.constantFrom('text' as const, 'regex' as const), typed, where, kinds, ...flags })
  fc.assert(
    fc.property(wishes, fc.bigInt({ min: 0n, max: 2n ** 63n }), (chosen, from) => {
      const range = typeof chosen.where === 'number' ? { from, below: from + 1n } : undefined
      const isObject = chosen.where === 'shared'
      const wish = { ...chosen, range, ...(isObject && { kinds: [], writable: false, executable: false }) }
      expect(wishFromQuery(wishToQuery(wish))).toEqual(wish)
    }),
  )
})

test('a plain search is a short address', () => {
  expect(wishToQuery(PLAIN)).toEqual({ kind: 'text', find: 'a' })
})

test('no pattern, or one too long for an address: none', () => {
  expect(wishToQuery({ ...PLAIN, typed: ' ' })).toEqual({})
  expect(wishToQuery({ ...PLAIN, typed: '\u20ac'.repeat(500) })).toEqual({})
  expect(wishFromQuery({ filter: 'a' })).toBeUndefined()
})

test.each([
  [{ kind: 'evil', in: '-1', range: '1-2', only: 'x y', utf16: 'maybe' }, PLAIN],
  [
    { in: '7', range: '20-10' },
    { ...PLAIN, where: 7 },
  ],
  [
    { in: '7', range: 'f0-<img>' },
    { ...PLAIN, where: 7 },
  ],
  [
    { in: 'shared', only: 'heap writable' },
    { ...PLAIN, where: 'shared' },
  ],
])('what is wrong in an address counts for nothing: %o', (more, wish) => {
  expect(wishFromQuery({ find: 'a', ...more })).toEqual(wish)
})

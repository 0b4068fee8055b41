import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ascending } from '../../../src/base/order.ts'
import type { FoundString } from '../../../src/model/search.ts'
import { sortByText, stringAt, textAt, TextFinder } from '../../../src/query/string-list.ts'
import { stringListOf } from '../../builders/string-list.ts'

const heap = { start: 0x1000n, end: 0x2000n, name: '[heap]', permissions: 'rw-p' }
const place = { pid: 7, shmid: undefined, address: 0x1010n, mapping: heap }

function ascii(texts: readonly string[]): ReturnType<typeof stringListOf> {
  return stringListOf(
    texts.map((text) => ({ ...place, text, encoding: /^[ -~]*$/.test(text) ? 'ascii' : 'utf-8', count: 1 })),
  )
}

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'c', 'ä', 'Ä', '€'), minLength: 1, maxLength: 12 })
const texts = fc.uniqueArray(word, { minLength: 1, maxLength: 60 })

describe('string list', () => {
  test('gives back what was found', () => {
    const strings: FoundString[] = [
      { ...place, text: 'PATH', encoding: 'ascii', length: 4, count: 2 },
      { ...place, text: 'gr\u00fcn', encoding: 'utf-8', length: 5, count: 1 },
      { ...place, text: 'wide', encoding: 'utf-16le', length: 8, count: 3 },
      {
        pid: undefined,
        shmid: 3,
        address: 1n << 63n,
        mapping: undefined,
        text: 'wide',
        encoding: 'utf-16be',
        length: 8,
        count: 1,
      },
    ]
    const list = stringListOf(strings)
    expect(strings.map((_, index) => stringAt(list, index))).toEqual(strings)
  })

  test('finds words whatever the case, never over the border between two strings', () => {
    fc.assert(
      fc.property(texts, word, (all, sought) => {
        const lower = sought.toLowerCase()
        const marks = new TextFinder(ascii(all)).holding(lower)
        expect([...marks]).toEqual(all.map((text) => (text.toLowerCase().includes(lower) ? 1 : 0)))
      }),
      { numRuns: 200 },
    )
  })

  test('letters that become longer in lower case', () => {
    const all = ['\u023a'.repeat(50), 'x\u0130y', 'plain']
    const finder = new TextFinder(ascii(all))
    for (const sought of ['\u2c65\u2c65', 'x\u0130y'.toLowerCase(), 'plain', 'n'])
      expect([...finder.holding(sought)]).toEqual(all.map((text) => (text.toLowerCase().includes(sought) ? 1 : 0)))
  })

  test('sorts by text, byte by byte', () => {
    const order = (all: readonly string[]): string[] => {
      const list = ascii(all)
      const sorted = ascending(list.count)
      sortByText(list, sorted)
      return Array.from(sorted, (index) => textAt(list, index))
    }
    const bytewise = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))
    fc.assert(
      fc.property(texts, (all) => {
        expect(order(all)).toEqual(all.toSorted(bytewise))
      }),
      { numRuns: 300 },
    )
    // Enough that begin alike to be sorted together.
    const many = Array.from({ length: 9000 }, (_, i) => `/usr/lib/x86_64/${(i * 7919) % 9001}`)
    expect(order(many)).toEqual(many.toSorted(bytewise))
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findItems, fuzzyMatch, markedRuns } from '../../../src/ui/fuzzy.ts'

const items = [
  { label: 'Processes', keywords: 'pslist ps' },
  { label: 'Open files', keywords: 'lsof' },
  { label: 'Sockets', keywords: 'ss netstat' },
  { label: 'redis-server [14]' },
  { label: '/usr/bin/redis-server' },
]
const found = (query: string) => findItems(query, items, 10).map((match) => match.item.label)

describe('fuzzy finding', () => {
  test('symbols in order', () => {
    expect(fuzzyMatch('ofs', 'Open files')?.positions).toEqual([0, 5, 9])
    expect(fuzzyMatch('xyz', 'Open files')).toBeUndefined()
  })
  test('whole words at the start come first', () => {
    expect(found('redis')).toEqual(['redis-server [14]', '/usr/bin/redis-server'])
  })
  test('every word has to be there', () => {
    expect(found('redis 14')).toEqual(['redis-server [14]'])
    expect(found('redis 15')).toEqual([])
  })
  test('keywords find too, after labels', () => {
    expect(found('lsof')).toEqual(['Open files'])
    expect(found('ss')[0]).toBe('Processes')
  })
  test('an empty query gives the first items in order', () => {
    expect(findItems('', items, 2).map((match) => match.item.label)).toEqual(['Processes', 'Open files'])
  })
  test('runs put together are the label, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (label, query) => {
        const positions = fuzzyMatch(query, label)?.positions ?? []
        expect(positions.every((position) => position < label.length)).toBe(true)
        expect(
          markedRuns(label, positions)
            .map((run) => run.text)
            .join(''),
        ).toBe(label)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findItems, fuzzyMatch, markedRuns } from '../../../src/ui/fuzzy.ts'

const items = [
  { label: 'Processes', keywords: 'pslist ps' },
  { label: 'Open files', keywords: 'lsof' },
  { label: 'Sockets', keywords: 'ss netstat', bias: 20 },
  { label: '/tmp/app.sock' },
  { label: 'redis-server [14]' },
  { label: '/usr/bin/redis-server' },
  { label: 'Close redis', bias: -30 },
  { label: '30 sh', keywords: 'pid process' },
  { label: '3 chrooted', keywords: 'pid process' },
  { label: '/usr/lib/python3/mmap.cpython-3.so' },
  { label: 'Show the list of keys' },
  { label: 'Theme: dark', keywords: 'mode colours' },
  { label: 'Change the theme', keywords: 'dark light colours' },
]
const found = (query: string) => findItems(query, items, 10).map((match) => match.item.label)

describe('fuzzy finding', () => {
  test('symbols in order', () => {
    expect(fuzzyMatch('ofs', 'Open files')?.positions).toEqual([0, 5, 9])
    expect(fuzzyMatch('xyz', 'Open files')).toBeUndefined()
  })
  test('whole words at the start come first', () => {
    expect(found('redis')).toEqual(['redis-server [14]', '/usr/bin/redis-server', 'Close redis'])
    expect(found('sock')).toEqual(['Sockets', '/tmp/app.sock'])
    expect(found('dark').slice(0, 2)).toEqual(['Theme: dark', 'Change the theme'])
  })
  test('a whole word comes before the beginning of a longer one', () => {
    expect(found('pid 3').slice(0, 2)).toEqual(['3 chrooted', '30 sh'])
    expect(found('sh').slice(0, 2)).toEqual(['30 sh', 'Show the list of keys'])
  })
  test('words may be in the label and the keywords', () => {
    expect(found('theme light')[0]).toBe('Change the theme')
    expect(findItems('theme light', items, 1)[0]?.positions).toEqual([11, 12, 13, 14, 15])
  })
  test('every word has to be there', () => {
    expect(found('redis 14')).toEqual(['redis-server [14]'])
    expect(found('redis 15')).toEqual([])
  })
  test('keywords find too, for half of what a label counts', () => {
    expect(found('lsof')[0]).toBe('Open files')
    expect(found('ss').slice(0, 2)).toEqual(['Sockets', 'Processes'])
    expect(found('pslist')).toEqual(['Processes'])
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

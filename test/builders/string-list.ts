/** Lists of strings for tests, through the same tables as in a search. */
import type { FoundString, StringList } from '../../src/model/search.ts'
import { StringTable } from '../../src/scan/string-table.ts'
import { stringList } from '../../src/search/string-list.ts'

/** Strings in this order, which must differ. */
export function stringListOf(strings: readonly Omit<FoundString, 'length'>[]): StringList {
  const table = new StringTable()
  for (const [place, { text, encoding, count }] of strings.entries()) {
    const form = encoding === 'utf-16le' || encoding === 'utf-16be' ? 'utf16le' : 'utf8'
    const bytes = Buffer.from(text, form)
    if (encoding === 'utf-16be') bytes.swap16()
    for (let i = 0; i < count; i++) table.add(bytes, 0, bytes.length, place, encoding)
  }
  return stringList(table.columns(), Infinity, (place) => {
    const { pid, shmid, address, mapping } = strings[place] ?? {}
    return { pid, shmid, address: address ?? 0n, mapping }
  })
}

/** Whole processes of real checkpoints, byte for byte, against pagemaps and pages images read without the product. */
import { describe, expect, test } from 'vitest'
import { caseText, cases, joinedCase, there } from '../builders/joined.ts'
import { corpusArchive } from '../builders/corpus.ts'

interface CritEntry {
  readonly vaddr?: string
  readonly nr_pages?: number
  readonly compat_nr_pages?: number
  readonly flags?: string | number
  readonly pages_id?: number
  readonly in_parent?: boolean
}

if (cases.length === 0) test.skip('left out: there is no corpus of real checkpoints', () => undefined)

const isPresent = ({ flags, in_parent: inParent }: CritEntry): boolean =>
  flags === undefined ? inParent !== true : typeof flags === 'number' ? (flags & 4) !== 0 : flags.includes('PE_PRESENT')

describe.each(cases)('%s', (name) => {
  test('every stored page is the page of the pages image, and nothing else is stored', async () => {
    const members = new Map(corpusArchive(name).map(({ path, bytes }) => [path, bytes]))
    const { joined } = await joinedCase(name)
    let compared = 0
    for (const { pid, state } of there(joined.processes)) {
      if (state === 'zombie') continue
      const space = await joined.index.memory.process(pid)
      if (!space) throw new Error(`no memory of ${pid}`)
      const text = caseText(name, `oracle/crit-pretty/pagemap-${pid}.img.json`)
      const { entries } = JSON.parse(text) as { entries: readonly CritEntry[] }
      const pages = members.get(`checkpoint/pages-${entries[0]?.pages_id ?? 0}.img`)
      if (!pages) throw new Error(`no pages of ${pid}`)
      let at = 0
      for (const entry of entries.slice(1)) {
        if (!isPresent(entry)) continue
        const length = ((entry.nr_pages ?? 0) || (entry.compat_nr_pages ?? 0)) * 4096
        for (let done = 0; done < length; done += 2 ** 25) {
          const size = Math.min(2 ** 25, length - done)
          const parts = await space.read(BigInt(entry.vaddr ?? 0) + BigInt(done), size)
          const bytes = Buffer.concat(parts.map((part) => (part.gap ? Buffer.alloc(0) : part.bytes)))
          expect(bytes.equals(pages.subarray(at + done, at + done + size))).toBe(true)
        }
        at += length
        compared += length
      }
      expect(at).toBe(pages.length)
      const first = entries.slice(1).find(isPresent)
      const [start] = space.extents(BigInt(first?.vaddr ?? 0), 1n)
      if (!start || start.gap) throw new Error(`nothing stored of ${pid}`)
      let own = 0n
      for (const extent of space.extents(0n, 1n << 64n))
        if (!extent.gap && extent.image === start.image) own += extent.length
      expect(own).toBe(BigInt(pages.length))
    }
    expect(compared).toBeGreaterThan(0)
  }, 120_000)
})

/** Address spaces over random pagemaps, chains and mappings against a model that goes page by page. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesSource } from '../../src/archive/byte-sources.ts'
import { AddressSpace, type Mapping, type Segment } from '../../src/memory/address-space.ts'
import { PageStore, type PageLevel } from '../../src/memory/page-store.ts'
import { plainPages } from '../../src/memory/pages-image.ts'
import { buildRunTable, PE } from '../../src/memory/runs.ts'
import { VMA } from '../../src/memory/vma-status.ts'

/** Tiny pages keep the model small; nothing depends on their size. */
const PAGE = 16
const PAGES = 40

interface Run {
  readonly page: number
  readonly pages: number
  readonly flags: number
}

const run: fc.Arbitrary<Run> = fc.record({
  page: fc.nat(PAGES - 1),
  pages: fc.integer({ min: 0, max: 8 }),
  flags: fc.constantFrom(PE.present, PE.present | PE.lazy, PE.parent, PE.lazy, PE.present | PE.parent, 0),
})

const mapping = fc
  .record({
    start: fc.nat(PAGES),
    pages: fc.integer({ min: 1, max: 12 }),
    status: fc.constantFrom(VMA.anonPrivate, VMA.vvar, VMA.sysvIpc),
    offset: fc.nat(4),
  })
  .map(({ start, pages, status, offset }) => ({ start, end: start + pages, status, offset }))

/** What the first run in file order that holds the page says; the bytes are the page's number in the image, repeated. */
type Answer = { readonly level: number; readonly index: number } | string

function naive(levels: readonly (readonly Run[])[], page: number, level = 0): Answer {
  const runs = levels[level]
  if (!runs) return 'parent-missing'
  let index = 0
  for (const { page: start, pages, flags } of runs) {
    const stored = (flags & PE.present) !== 0
    if (page >= start && page < start + pages) {
      if (stored) return { level, index: index + page - start }
      if (flags & PE.parent) return naive(levels, page, level + 1)
      return flags & PE.lazy ? 'lazy' : 'unknown-flags'
    }
    if (stored) index += pages
  }
  return level === 0 ? 'absent' : 'parent-hole'
}

/** A pages image in which every page names its level and index. */
function pagesImage(runs: readonly Run[], level: number): Uint8Array {
  const count = runs.reduce((sum, item) => sum + (item.flags & PE.present ? item.pages : 0), 0)
  const bytes = new Uint8Array(count * PAGE)
  for (let i = 0; i < count; i++) for (let k = 0; k < PAGE; k++) bytes[i * PAGE + k] = (level * 97 + i * 7 + k) & 255
  return bytes
}

function levelOf(runs: readonly Run[], member: number, image = pagesImage(runs, member)): PageLevel {
  const columns = {
    address: BigUint64Array.from(runs, (item) => BigInt(item.page * PAGE)),
    pages: Float64Array.from(runs, (item) => item.pages),
    flags: Uint8Array.from(runs, (item) => item.flags),
  }
  return { table: buildRunTable(columns, PAGE), pages: plainPages(bytesSource(image), member) }
}

function storeOf(levels: readonly (readonly Run[])[], firstMember: number): PageStore {
  return new PageStore(
    PAGE,
    levels.map((runs, i) => levelOf(runs, firstMember + i)),
  )
}

/** One entry for each byte: the byte's value, or the kind of its gap. */
function flatten(segments: readonly Segment[]): (number | string)[] {
  return segments.flatMap((segment): (number | string)[] =>
    segment.gap ? Array.from({ length: segment.length }, () => segment.gap.kind) : [...segment.bytes],
  )
}

test('every byte is what the first run in file order says, through any chain of parents', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(run, { maxLength: 10 }), { minLength: 1, maxLength: 3 }),
      fc.nat(PAGES * PAGE),
      fc.nat(PAGES * PAGE),
      async (levels, from, length) => {
        const images = levels.map(pagesImage)
        const space = new AddressSpace([], storeOf(levels, 0))
        const segments = await space.read(BigInt(from), length)
        const expected = Array.from({ length }, (_, i) => {
          const answer = naive(levels, Math.floor((from + i) / PAGE))
          if (typeof answer === 'string') return answer === 'absent' ? 'unmapped' : answer
          return images[answer.level]?.[answer.index * PAGE + ((from + i) % PAGE)]
        })
        expect(flatten(segments)).toEqual(expected)
        let at = BigInt(from)
        for (const segment of segments) {
          expect(segment.address).toBe(at)
          at += BigInt(segment.gap ? segment.length : segment.bytes.length)
          if (!segment.gap)
            expect(
              images[segment.origin.member]?.subarray(
                segment.origin.offset,
                segment.origin.offset + segment.origin.length,
              ),
            ).toEqual(segment.bytes)
        }
      },
    ),
    { numRuns: 500 },
  )
})

test('mappings explain what no run holds, and shared ones show their object', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(run, { maxLength: 8 }),
      fc.array(run, { maxLength: 8 }),
      fc.array(mapping, { maxLength: 5 }),
      async (own, object, wanted) => {
        const images = [pagesImage(own, 0), pagesImage(object, 1)]
        const shared = { shmid: 7, store: storeOf([object], 1) }
        const disjoint = wanted
          .toSorted((a, b) => a.start - b.start)
          .filter((item, i, all) => all.slice(0, i).every((before) => before.end <= item.start))
        const mappings: Mapping[] = disjoint.map((item) => ({
          start: BigInt(item.start * PAGE),
          end: BigInt(item.end * PAGE),
          offset: BigInt(item.offset * PAGE),
          status: item.status,
          file: undefined,
          object: item.status === VMA.sysvIpc ? shared : undefined,
        }))
        const space = new AddressSpace(mappings, storeOf([own], 0))
        const length = (PAGES + 16) * PAGE
        const expected = Array.from({ length }, (_, i) => {
          const page = Math.floor(i / PAGE)
          const answer = naive([own], page)
          if (typeof answer !== 'string') return images[0]?.[answer.index * PAGE + (i % PAGE)]
          if (answer !== 'absent') return answer
          const found = disjoint.find((item) => page >= item.start && page < item.end)
          if (!found) return 'unmapped'
          if (found.status === VMA.vvar) return 'kernel'
          if (found.status !== VMA.sysvIpc) return 'untouched'
          const behind = naive([object], page - found.start + found.offset)
          if (typeof behind === 'string') return behind === 'absent' ? 'object-untouched' : behind
          return images[1]?.[behind.index * PAGE + (i % PAGE)]
        })
        expect(flatten(await space.read(0n, length))).toEqual(expected)
      },
    ),
    { numRuns: 300 },
  )
})

test('run tables are sorted, apart from each other, and hold each page once', () => {
  fc.assert(
    fc.property(fc.array(run, { maxLength: 30 }), (runs) => {
      const { table } = levelOf(runs, 0)
      const pages = new Set(runs.flatMap((item) => Array.from({ length: item.pages }, (_, i) => item.page + i)))
      let end = 0
      let count = 0
      for (let i = 0; i < table.length; i++) {
        expect(table.start[i]).toBeGreaterThanOrEqual(end)
        end = (table.start[i] ?? 0) + (table.pages[i] ?? 0)
        count += table.pages[i] ?? 0
      }
      expect(count).toBe(pages.size)
      expect(table.length).toBeLessThanOrEqual(2 * runs.length)
    }),
  )
})

test('a pages image that is cut off gives the bytes it has', async () => {
  const runs: Run[] = [{ page: 0, pages: 4, flags: PE.present }]
  const image = pagesImage(runs, 0)
  await fc.assert(
    fc.asyncProperty(fc.nat(image.length), async (size) => {
      const space = new AddressSpace([], new PageStore(PAGE, [levelOf(runs, 0, image.subarray(0, size))]))
      const expected = Array.from(image, (byte, i) => (i < size ? byte : 'truncated'))
      expect(flatten(await space.read(0n, image.length))).toEqual(expected)
    }),
  )
})

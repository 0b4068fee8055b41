/** Planning and scanning of random address spaces against a search through each space by itself. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { AddressSpace, type Mapping } from '../../src/memory/address-space.ts'
import { PageStore } from '../../src/memory/page-store.ts'
import { plainPages, type PagesImage } from '../../src/memory/pages-image.ts'
import { buildRunTable, PE } from '../../src/memory/runs.ts'
import { VMA } from '../../src/memory/vma-status.ts'
import { bytesSource } from '../../src/archive/byte-sources.ts'
import { SearchPlan } from '../../src/search/plan.ts'
import type { Piece } from '../../src/search/piece.ts'
import { Scanner } from '../../src/search/scanner.ts'
import { compiled, scanPieces, type Piece as Memory } from '../builders/scan.ts'

const PAGE = 4096
const OBJECT_PAGES = 200

/** Pages with few symbols, so that texts stand at many places and across borders. */
function pagesOf(seed: number, count: number): Uint8Array {
  let state = seed | 1
  return Uint8Array.from({ length: count * PAGE }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return 97 + ((state >>> 16) % 3)
  })
}

function storeOf(runs: readonly (readonly [number, number])[], image: PagesImage): PageStore {
  const columns = {
    address: BigUint64Array.from(runs, ([page]) => BigInt(page * PAGE)),
    pages: Float64Array.from(runs, ([, pages]) => pages),
    flags: runs.map(() => PE.present),
  }
  return new PageStore(PAGE, [{ table: buildRunTable(columns, PAGE), pages: image }])
}

/** A process: private runs of pages, and where it maps the object. */
const process = fc.record({
  runs: fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 1, max: 30 })), { maxLength: 5 }),
  at: fc.integer({ min: 90, max: 93 }),
  first: fc.integer({ min: 0, max: 20 }),
  pages: fc.integer({ min: 1, max: OBJECT_PAGES - 20 }),
  behind: fc.integer({ min: 0, max: 3 }),
})

test('searching the plan finds for each owner what a search of its memory finds', async () => {
  const set = compiled({ kind: 'text', text: 'abcabcaa' }, { kind: 'hex', hex: '61 6? 61 61 61 62 63 63' })
  const task = { kind: 'patterns', patterns: set.patterns, skip: [] } as const
  await fc.assert(
    fc.asyncProperty(fc.array(process, { minLength: 1, maxLength: 4 }), fc.integer(), async (processes, seed) => {
      const images = new Map<number, PagesImage>()
      const imageOf = (bytes: Uint8Array): PagesImage => {
        const image = plainPages(bytesSource(bytes), images.size)
        images.set(image.id, image)
        return image
      }
      const shared = imageOf(pagesOf(seed, OBJECT_PAGES))
      const object = { shmid: 7, store: storeOf([[0, OBJECT_PAGES]], shared) }
      const spaces = processes.map(({ runs, at, first, pages, behind }, index) => {
        const own = [...runs, ...(behind > 0 ? [[at + pages, behind] as const] : [])]
        const count = own.reduce((sum, [, pages]) => sum + pages, 0)
        const mapping: Mapping = {
          start: BigInt(at * PAGE),
          end: BigInt((at + pages) * PAGE),
          offset: BigInt(first * PAGE),
          status: VMA.anonShared,
          file: undefined,
          object,
        }
        return new AddressSpace([mapping], storeOf(own, imageOf(pagesOf(seed + index + 1, count))))
      })
      const plan = await SearchPlan.make({
        count: spaces.length,
        open: (index) => {
          const space = spaces[index]
          return Promise.resolve(space && { space, ranges: [{ from: 0n, below: 1n << 64n }] })
        },
        shared: new Set([shared.id]),
        reach: { before: 0, after: 8 },
      })
      const pieces: Piece[] = []
      for await (const piece of plan.pieces()) pieces.push(piece)
      const scanner = new Scanner(task, () => undefined)
      const { hits } = await scanner.scan(
        { pieces, keep: 1e9, verbose: false },
        (image, offset, length) =>
          images.get(image)?.read(offset, length) ?? Promise.reject(new Error(`no image ${image}`)),
      )
      const found = hits.flatMap(({ piece, at, pattern }) =>
        (pieces[piece]?.owners ?? []).map(({ space, base }) => `${space} ${base + BigInt(at)} ${pattern}`),
      )
      const expected: string[] = []
      for (const [index, space] of spaces.entries()) {
        const memory: Memory[] = []
        for (const segment of await space.read(0n, 400 * PAGE))
          if (!segment.gap) memory.push({ address: segment.address, bytes: segment.bytes })
        for (const { address, pattern } of scanPieces(set, memory)) expected.push(`${index} ${address} ${pattern}`)
      }
      expect(found.sort()).toEqual(expected.sort())
      expect(plan.total).toBe(pieces.reduce((sum, { from, below }) => sum + below - from, 0))
    }),
    { numRuns: 60 },
  )
})

test('memory that many processes map is looked at once', async () => {
  const image = plainPages(bytesSource(pagesOf(1, OBJECT_PAGES)), 0)
  const object = { shmid: 7, store: storeOf([[0, OBJECT_PAGES]], image) }
  const spaces = [10, 20, 30, 40].map((at) => {
    const start = BigInt(at * PAGE)
    const end = start + BigInt(OBJECT_PAGES * PAGE)
    const mapping = { start, end, offset: 0n, status: VMA.anonShared, file: undefined, object }
    return new AddressSpace([mapping], storeOf([], image))
  })
  const plan = await SearchPlan.make({
    count: spaces.length,
    open: (index) =>
      Promise.resolve(spaces[index] && { space: spaces[index], ranges: [{ from: 0n, below: 1n << 64n }] }),
    shared: new Set([image.id]),
    reach: { before: 0, after: 8 },
  })
  expect(plan.total).toBe(OBJECT_PAGES * PAGE)
  for await (const { owners } of plan.pieces()) expect(owners.map(({ space }) => space)).toEqual([0, 1, 2, 3])
})

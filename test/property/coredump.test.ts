/** Core files of random address spaces: every byte that a debugger would see is the byte, or a zero that is true. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesSource } from '../../src/archive/byte-sources.ts'
import { planCore } from '../../src/coredump/core-file.ts'
import type { CoreInput, CoreMapping } from '../../src/coredump/core-input.ts'
import { SHORT_ZEROS } from '../../src/coredump/segments.ts'
import { AddressSpace } from '../../src/memory/address-space.ts'
import { PageStore } from '../../src/memory/page-store.ts'
import { plainPages } from '../../src/memory/pages-image.ts'
import { buildRunTable, PE } from '../../src/memory/runs.ts'
import { VMA } from '../../src/memory/vma-status.ts'
import { collect, parseCore } from '../builders/elf-core.ts'

const PAGE = 4096
const PAGES = 96
const BASE = 0x7f0000000000n
const STATES = [
  VMA.regular | VMA.anonPrivate,
  VMA.regular | VMA.filePrivate,
  VMA.regular | VMA.fileShared,
  VMA.regular | VMA.vdso,
  VMA.regular | VMA.vvar,
  VMA.regular | VMA.anonShared,
  VMA.regular | VMA.socket,
] as const

const mapping = fc.record({
  start: fc.nat(PAGES),
  pages: fc.integer({ min: 1, max: 40 }),
  status: fc.constantFrom(...STATES),
  named: fc.boolean(),
  prot: fc.nat(7),
})
const run = fc.record({
  page: fc.nat(PAGES - 1),
  pages: fc.integer({ min: 1, max: 6 }),
  flags: fc.constantFrom(PE.present, PE.present, PE.present | PE.lazy, PE.parent, PE.lazy),
})

type Mapping = typeof mapping extends fc.Arbitrary<infer T> ? T : never
type Run = typeof run extends fc.Arbitrary<infer T> ? T : never

const addressOf = (page: number): bigint => BASE + BigInt(page * PAGE)

/** The mapping that counts where several overlap: the one that starts first, then the first of the list. */
function mappingOf(mappings: readonly Mapping[], page: number): Mapping | undefined {
  const sorted = mappings.toSorted((a, b) => a.start - b.start)
  let covered = 0
  for (const item of sorted) {
    const from = Math.max(item.start, covered)
    const to = item.start + item.pages
    if (page >= from && page < to) return item
    covered = Math.max(covered, to)
  }
  return undefined
}

/** Number of the page in the pages image, or what else the pagemap says of it. */
function storedAs(runs: readonly Run[], page: number): number | 'elsewhere' | 'unsaid' {
  let index = 0
  for (const item of runs) {
    const there = (item.flags & PE.present) !== 0
    if (page >= item.page && page < item.page + item.pages) return there ? index + page - item.page : 'elsewhere'
    if (there) index += item.pages
  }
  return 'unsaid'
}

function inputOf(mappings: readonly Mapping[], runs: readonly Run[], image: Uint8Array): CoreInput {
  const table = buildRunTable(
    {
      address: BigUint64Array.from(runs, ({ page }) => addressOf(page)),
      pages: Float64Array.from(runs, ({ pages }) => pages),
      flags: Uint8Array.from(runs, ({ flags }) => flags),
    },
    PAGE,
  )
  const places = mappings.map(({ start, pages }) => ({ start: addressOf(start), end: addressOf(start + pages) }))
  const space = new AddressSpace(
    mappings.map(({ status, named }, i) => ({
      start: places[i]?.start ?? 0n,
      end: places[i]?.end ?? 0n,
      ...{ offset: 0n, status, object: undefined },
      file: named ? { id: 1, name: '/bin/file' } : undefined,
    })),
    new PageStore(PAGE, [{ table, pages: plainPages(bytesSource(image), 0) }]),
  )
  const described = mappings.map(({ status, prot, named }, i): CoreMapping => {
    const path = named ? '/bin/file' : undefined
    return { start: places[i]?.start ?? 0n, end: places[i]?.end ?? 0n, prot, status, offset: 0n, path }
  })
  return {
    ...{ pid: 1, ppid: 0, pgid: 1, sid: 1, stopped: false, name: 'x', arguments: new Uint8Array(), uid: 0, gid: 0 },
    ...{ threads: [{ tid: 1, core: leader }], lostThreads: [], auxv: [], mappings: described, space, pageSize: PAGE },
  }
}

const gpregs = Object.fromEntries(
  'r15 r14 r13 r12 bp bx r11 r10 r9 r8 ax cx dx si di orig_ax ip cs flags sp ss fs_base gs_base ds es fs gs'
    .split(' ')
    .map((name, i) => [name, BigInt(i)]),
)
const leader = { mtype: 1, thread_info: { gpregs, tls: [] } } as unknown as CoreInput['threads'][number]['core']

test('present bytes at their addresses; zeros only where the process would read zeros; else nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      // They overlap at times, as those of damaged images do.
      fc.array(mapping, { maxLength: 6 }),
      fc.array(run, { maxLength: 12 }),
      fc.nat(3),
      async (mappings, runs, cut) => {
        const count = runs.reduce((sum, { pages, flags }) => sum + (flags & PE.present ? pages : 0), 0)
        const kept = Math.max(0, count - cut)
        const image = Uint8Array.from({ length: kept * PAGE }, (_, i) => 1 + (Math.floor(i / PAGE) % 255))
        const file = planCore(inputOf(mappings, runs, image))
        const bytes = await collect(file.pieces())
        expect(bytes.length).toBe(file.size)
        const core = parseCore(bytes)
        for (let page = 0; page < PAGES + 50; page++) {
          const at = mappingOf(mappings, page)
          const stored = storedAs(runs, page)
          const anonymous = ((at?.status ?? 0) & (VMA.anonPrivate | VMA.anonShared)) !== 0
          const expected =
            at === undefined
              ? undefined
              : typeof stored === 'number'
                ? stored < kept
                  ? 1 + (stored % 255)
                  : undefined
                : stored === 'unsaid' && anonymous && !(at.status & VMA.anonShared)
                  ? 0
                  : undefined
          for (const address of [addressOf(page), addressOf(page) + BigInt(PAGE - 1)])
            expect(core.byteAt(address), `page ${page}`).toBe(expected)
        }
        const covered = core.loads.reduce((sum, { memorySize }) => sum + memorySize, 0n)
        expect(covered).toBe(file.coverage.stored + file.coverage.zero)
        const written = core.loads.reduce((sum, { fileSize }) => sum + BigInt(fileSize), 0n)
        expect(written - file.coverage.stored).toBeLessThanOrEqual(
          SHORT_ZEROS * BigInt(core.loads.length + runs.length),
        )
      },
    ),
    { numRuns: 150 },
  )
})

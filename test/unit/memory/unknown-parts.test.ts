/** Memory whose pagemap or list of mappings is missing or damaged: what is not known is not said to be empty. */
import { expect, test } from 'vitest'
import { image } from '../../builders/image.ts'
import { MemorySession, PAGE, vma, type MemoryWorld } from '../../builders/memory-world.ts'
import { runSearch } from '../../builders/search.ts'
import { toBytes } from '../../builders/tar.ts'

const ADDRESS = 0x10000
const pages = new Uint8Array(3 * PAGE)
for (const page of [0, 1, 2]) pages.set(toBytes(`NEEDLE-${page}`), page * PAGE)
const entry = (page: number, count: number) => ({
  vaddr: BigInt(ADDRESS + page * PAGE),
  ...{ compat_nr_pages: count, flags: 4 },
})
const whole = image('PAGEMAP', [{ pages_id: 1 }, entry(0, 1), entry(1, 2)])
const world: MemoryWorld = {
  label: 'x.tar',
  vmas: [vma(16, 3), vma(64, 2)],
  files: { 'pagemap-1.img': whole, 'pages-1.img': pages },
}

async function open(more: Partial<MemoryWorld>): Promise<{
  readonly kinds: readonly string[]
  readonly layout: readonly string[]
  readonly found: number | undefined
  readonly complete: boolean | undefined
  readonly notes: string
}> {
  const session = new MemorySession()
  const checkpoint = await session.open({ ...world, ...more })
  const segments = await session.read('x.tar', ADDRESS, 4 * PAGE)
  const laid = await session.analysis.memoryLayout(checkpoint.id, { kind: 'process', pid: 1 })
  const opened = { analysis: session.analysis, checkpoint }
  const term = { kind: 'text', text: 'NEEDLE', ignoreCase: false, utf16: false } as const
  const { summary } = await runSearch(opened, { term, scope: { where: 1 } })
  return {
    kinds: segments.map((segment) => ('bytes' in segment ? 'stored' : segment.kind)),
    layout: [...laid.reason].map((reason) => laid.reasons[reason]?.kind ?? ''),
    found: summary?.found,
    complete: summary?.complete,
    notes: summary?.notes.join() ?? '',
  }
}

test('whole images: what has no page is empty, what has no mapping is not mapped', async () => {
  const { kinds, layout, found, complete } = await open({})
  expect(kinds).toEqual(['stored', 'unmapped'])
  expect(layout).toEqual(['stored', 'unmapped', 'untouched'])
  expect([found, complete]).toEqual([3, true])
})

test('a pagemap that breaks off: the rest of the mappings is unknown, and a search is not complete', async () => {
  const { kinds, layout, found, complete, notes } = await open({
    files: { ...world.files, 'pagemap-1.img': whole.subarray(0, whole.length - 2) },
  })
  expect(kinds).toEqual(['stored', 'pagemap-damaged', 'unmapped'])
  expect(layout).toEqual(['stored', 'pagemap-damaged', 'unmapped', 'pagemap-damaged'])
  expect([found, complete]).toEqual([1, false])
  expect(notes).toContain('The pagemap of this memory is damaged')
})

test('a pagemap that breaks off: the size of the memory is not said to be what could be counted', async () => {
  const session = new MemorySession()
  const files = { ...world.files, 'pagemap-1.img': whole.subarray(0, whole.length - 2) }
  const { id } = await session.open({ ...world, files })
  const [row] = await session.analysis.memparse(id)
  expect(row).toMatchObject({ pid: 1, memorySize: null })
  expect(row?.why).toContain(`${PAGE} bytes are stored, and maybe more`)
  const [good] = await session.analysis.memparse((await session.open({ ...world, label: 'y.tar' })).id)
  expect(good).toMatchObject({ pid: 1, memorySize: 3 * PAGE })
})

test('no pagemap: the pages image is not said to be missing', async () => {
  const { kinds, complete, notes } = await open({ without: ['pagemap-1.img'] })
  expect(kinds).toEqual(['pagemap-missing', 'unmapped'])
  expect(complete).toBe(false)
  expect(notes).toContain('no readable pagemap')
})

test('no list of mappings: stored bytes are laid out, the rest is not said to be unmapped', async () => {
  const { kinds, layout, found, complete, notes } = await open({ without: ['mm-1.img'] })
  expect(kinds).toEqual(['stored', 'mappings-unknown'])
  expect(layout).toEqual(['stored'])
  expect([found, complete]).toEqual([3, false])
  expect(notes).toContain('Not all was searched: The mappings of the process are not all known')
})

/** Parent checkpoints in archives that are opened together. */
import { expect, test } from 'vitest'
import { concat, image } from '../../builders/image.ts'
import { flatten, MemorySession, PAGE, vma, type MemoryWorld } from '../../builders/memory-world.ts'

const ADDRESS = 0x10000
const fill = (value: number): Uint8Array => new Uint8Array(PAGE).fill(value)
const entry = (page: number, pages: number, flags: number) => ({
  vaddr: BigInt(ADDRESS + page * PAGE),
  ...{ compat_nr_pages: pages, flags },
})

/** Three pages, of which the middle one was written anew since the parent. */
const child: MemoryWorld = {
  label: 'final.tar',
  vmas: [vma(16, 3)],
  files: {
    'pagemap-1.img': image('PAGEMAP', [{ pages_id: 1 }, entry(0, 1, 1), entry(1, 1, 4), entry(2, 1, 1)]),
    'pages-1.img': fill(9),
    parent: { link: '../pre-checkpoint' },
  },
  inventory: { dump_uptime: 900n },
  containerId: 'one',
}

function pre(label: string, value: number, more: Partial<MemoryWorld> = {}): MemoryWorld {
  return {
    ...{ label, vmas: [], dir: 'pre-checkpoint', isPreDump: true, containerId: 'one' },
    files: {
      'pagemap-1.img': image('PAGEMAP', [{ pages_id: 4 }, entry(0, 3, 4)]),
      'pages-4.img': concat([fill(value), fill(value + 1), fill(value + 2)]),
    },
    ...more,
  }
}

/** The value of each page, or the kind of its gap. */
async function pages(session: MemorySession, label = 'final.tar'): Promise<(number | string | undefined)[]> {
  const bytes = flatten(await session.read(label, ADDRESS, 3 * PAGE))
  return [0, 1, 2].map((page) => bytes[page * PAGE])
}

test.each(['before', 'behind'])(
  'a pre-checkpoint opened %s the final one is its parent until it is closed',
  async (order) => {
    const session = new MemorySession()
    if (order === 'before') await session.open(pre('pre.tar', 1))
    const { id } = await session.open(child)
    if (order === 'behind') {
      expect(session.codes('final.tar')).toContain('parent-missing')
      expect(await pages(session)).toEqual(['parent-missing', 9, 'parent-missing'])
      await session.open(pre('pre.tar', 1))
    }
    expect(await pages(session)).toEqual([1, 9, 3])
    expect(session.codes('final.tar')).not.toContain('parent-missing')
    const linked = session.get('final.tar').diagnostics.find(({ code }) => code === 'parent-linked')
    expect(linked?.message).toMatch(/read from pre\.tar.*same container.*name that the parent link gives/)
    const other = session.get('pre.tar').id
    const segments = await session.read('final.tar', ADDRESS, 3 * PAGE)
    expect(segments).toMatchObject([
      { level: 1, checkpoint: other, origin: { offset: 0 } },
      { level: 0, checkpoint: undefined },
      { level: 1, checkpoint: other, origin: { offset: 2 * PAGE } },
    ])
    const layout = await session.analysis.memoryLayout(id, { kind: 'process', pid: 1 })
    expect([...layout.reason].map((reason) => layout.reasons[reason]?.kind)).toEqual(['parent', 'stored', 'parent'])
    const query = { space: { kind: 'process', pid: 1 }, format: 'packed' } as const
    const ranges = JSON.parse(await (await session.analysis.memoryRanges(id, query)).text()) as { ranges: unknown[] }
    expect(ranges.ranges).toMatchObject([
      { offset: 0, member: 'pre-checkpoint/pages-4.img', archive: 'pre.tar', parent: 1 },
      { offset: PAGE, member: 'checkpoint/pages-1.img', memberOffset: 0 },
      { offset: 2 * PAGE, memberOffset: 2 * PAGE },
    ])
    await session.close('pre.tar')
    expect(await pages(session)).toEqual(['parent-missing', 9, 'parent-missing'])
    expect(session.codes('final.tar')).toContain('parent-missing')
  },
)

test('of two that fit none is taken, unless time tells them apart', async () => {
  const session = new MemorySession()
  await session.open(child)
  await session.open(pre('a.tar', 1))
  await session.open(pre('b.tar', 5))
  expect(session.codes('final.tar')).toContain('parent-ambiguous')
  expect(await pages(session)).toEqual(['parent-missing', 9, 'parent-missing'])
  await session.close('a.tar')
  expect(await pages(session)).toEqual([5, 9, 7])
  await session.close('b.tar')
  await session.open(pre('a.tar', 1, { inventory: { dump_uptime: 100n } }))
  await session.open(pre('b.tar', 5, { inventory: { dump_uptime: 200n } }))
  expect(await pages(session)).toEqual([5, 9, 7])
})

test.each<[string, Partial<MemoryWorld>]>([
  ['another container', { containerId: 'two' }],
  ['a later dump', { inventory: { dump_uptime: 901n } }],
  ['one without all of the pages', { files: { 'pagemap-1.img': image('PAGEMAP', [{ pages_id: 4 }, entry(0, 2, 4)]) } }],
])('%s is not taken for the parent', async (_, more) => {
  const session = new MemorySession()
  await session.open(child)
  await session.open(pre('x.tar', 1, more))
  expect(await pages(session)).toEqual(['parent-missing', 9, 'parent-missing'])
})

test('that nothing ties them together is said', async () => {
  const session = new MemorySession()
  await session.open(child)
  await session.open({ label: 'x.tar', vmas: [], isPreDump: true, files: pre('x.tar', 1).files })
  expect(await pages(session)).toEqual(['parent-missing', 9, 'parent-missing'])
  const unfit = session.get('final.tar').diagnostics.find(({ code }) => code === 'parent-unfit')
  expect(unfit?.message).toContain('nothing that says that it is of the same container')
})

test('a chain of three archives, whatever their order', async () => {
  const middle = pre('middle.tar', 5, {
    files: {
      'pagemap-1.img': image('PAGEMAP', [{ pages_id: 4 }, entry(0, 1, 4), entry(1, 2, 1)]),
      'pages-4.img': fill(5),
      parent: { link: '../older' },
    },
    ...{ dir: 'pre-checkpoint', inventory: { dump_uptime: 200n } },
  })
  const oldest = pre('oldest.tar', 1, { dir: 'older', inventory: { dump_uptime: 100n } })
  for (const order of [
    [child, middle, oldest],
    [oldest, middle, child],
  ]) {
    const session = new MemorySession()
    for (const world of order) await session.open(world)
    expect(await pages(session)).toEqual([5, 9, 3])
    await session.close('oldest.tar')
    expect(await pages(session)).toEqual([5, 9, 'parent-missing'])
  }
})

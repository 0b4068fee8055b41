/** Which memory a search looks at. */
import { expect, test } from 'vitest'
import type { SearchScope } from '../../../src/model/search.ts'
import { image } from '../../builders/image.ts'
import { MemorySession, PAGE, vma } from '../../builders/memory-world.ts'
import { runSearch } from '../../builders/search.ts'

/** A needle in a private mapping, one in shared memory that is mapped twice, and one in an object that nothing maps. */
async function search(scope: SearchScope): Promise<string[]> {
  const page = Buffer.alloc(PAGE, 'needle', 'latin1').fill(0, 6)
  const pagemap = (pagesId: number, start: number) =>
    image('PAGEMAP', [{ pages_id: pagesId }, { vaddr: BigInt(start * PAGE), compat_nr_pages: 1, flags: 4 }])
  const shared = { shmid: 7n, flags: 0x21, status: 0x101 }
  const session = new MemorySession()
  const checkpoint = await session.open({
    label: 'm',
    vmas: [vma(16, 1), vma(32, 1, shared), vma(48, 1, { ...shared, prot: 1 })],
    files: {
      ...{ 'pagemap-1.img': pagemap(1, 16), 'pages-1.img': page },
      ...{ 'pagemap-shmem-7.img': pagemap(2, 0), 'pages-2.img': page },
      ...{ 'pagemap-shmem-8.img': pagemap(3, 0), 'pages-3.img': page },
    },
  })
  const { hits } = await runSearch(
    { analysis: session.analysis, checkpoint },
    { term: { kind: 'text', text: 'needle' }, scope },
  )
  return hits.map(({ pid, shmid, address }) => `${pid ?? `object ${shmid ?? ''}`} ${Number(address) / PAGE}`).sort()
}

test.each<[string, SearchScope, readonly string[]]>([
  ['all of it, each owner told', { where: 'all' }, ['1 16', '1 32', '1 48', 'object 8 0']],
  ['a process', { where: 1 }, ['1 16', '1 32', '1 48']],
  ['shared memory objects as such', { where: 'shared' }, ['object 7 0', 'object 8 0']],
  ['private memory', { where: 'all', kinds: ['anonymous'] }, ['1 16']],
  ['shared memory, mapped or not', { where: 'all', kinds: ['shared'] }, ['1 32', '1 48', 'object 8 0']],
  ['what can be written: nothing that is in no mapping', { where: 'all', writable: true }, ['1 16', '1 32']],
  ['what can be run', { where: 'all', executable: true }, []],
])('%s', async (_, scope, places) => {
  expect(await search(scope)).toEqual(places)
})

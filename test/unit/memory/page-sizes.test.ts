/** Checkpoints of machines with larger pages, through the whole door: layout, bytes, search, files. */
import { expect, test } from 'vitest'
import type { MemorySegment } from '../../../src/model/memory.ts'
import { parseCore } from '../../builders/elf-core.ts'
import { image, minimal } from '../../builders/image.ts'
import { storedStretches } from '../../builders/layout.ts'
import { MemorySession, vma } from '../../builders/memory-world.ts'
import { runSearch } from '../../builders/search.ts'

const SPACE = { kind: 'process', pid: 1 } as const
const START = 0xffff_8000_0000
const NEEDLE = Buffer.from('needle over a border')

/** An aarch64 core image; such machines have pages of all three sizes. */
function core(): Uint8Array {
  const gpregs = { regs: Array.from({ length: 31 }, (_, i) => BigInt(i)), sp: 1n, pc: 2n, pstate: 3n }
  const fpsimd = { vregs: Array.from({ length: 64 }, () => 0n), fpsr: 0, fpcr: 0 }
  const info = { ...minimal('thread_info_aarch64'), gpregs, fpsimd }
  const tc = { ...minimal('task_core_entry'), task_state: 1, comm: 'x' }
  return image('CORE', [{ mtype: 3, ti_aarch64: info, tc, thread_core: minimal('thread_core_entry') }])
}

function bytesOf(segments: readonly MemorySegment[]): (number | string)[] {
  return segments.map((segment) => ('bytes' in segment ? segment.bytes.length : segment.kind))
}

test.each([4096, 16384, 65536])('pages of %i bytes', async (page) => {
  const at = (number: number): number => START + number * page
  // Pages 0, 1 and 3 of a mapping of five, and page 1 of a shared memory object of three, which stands behind them.
  const stored = new Uint8Array(3 * page).map((_, i) => (i >> 8) & 15)
  stored.set(NEEDLE, page - 5)
  stored.set(NEEDLE.subarray(0, 9), 2 * page - 9)
  stored.set(NEEDLE.subarray(9), 2 * page)
  const object = new Uint8Array(page).fill(0x2e)
  object.set(NEEDLE, page - NEEDLE.length)
  const runs = [
    [at(0), 2],
    [at(3), 1],
  ] as const
  const entries = runs.map(([vaddr, pages]) => ({
    vaddr: BigInt(vaddr),
    nr_pages: BigInt(pages),
    compat_nr_pages: 0,
    flags: 4,
  }))
  const shared = { start: BigInt(at(5)), end: BigInt(at(8)), shmid: 77n, flags: 0x21, status: 0x101 }
  const session = new MemorySession()
  const checkpoint = await session.open({
    label: 'm',
    vmas: [vma(0, 0, { start: BigInt(at(0)), end: BigInt(at(5)) }), vma(0, 0, shared)],
    files: {
      'core-1.img': core(),
      'pagemap-1.img': image('PAGEMAP', [{ pages_id: 1 }, ...entries]),
      'pages-1.img': stored,
      'pagemap-shmem-77.img': image('PAGEMAP', [
        { pages_id: 2 },
        { vaddr: BigInt(page), nr_pages: 1n, compat_nr_pages: 0, flags: 4 },
      ]),
      'pages-2.img': object,
    },
  })
  const { analysis } = session
  const { id } = checkpoint

  const layout = await analysis.memoryLayout(id, SPACE)
  expect(layout.pageSize).toBe(page)
  expect(storedStretches(layout)).toEqual([
    [at(0), 2 * page],
    [at(3), page],
    [at(6), page],
  ])
  expect(layout.mappings.map(({ vma: { presentPages } }) => presentPages)).toEqual([3, 1])

  const segments = await session.read('m', at(1) + page - 16, page + 32)
  expect(bytesOf(segments)).toEqual([16, 'untouched', 16])
  const [before, , behind] = segments
  if (!before || !('bytes' in before) || !behind || !('bytes' in behind)) throw new Error('no bytes')
  expect(Buffer.from(before.bytes)).toEqual(Buffer.from(stored.subarray(2 * page - 16, 2 * page)))
  expect(Buffer.from(behind.bytes)).toEqual(Buffer.from(stored.subarray(2 * page, 2 * page + 16)))
  expect(behind.origin.offset).toBe(2 * page)

  // The one whose halves have a page between them is none.
  const found = await runSearch(
    { analysis, checkpoint },
    { term: { kind: 'text', text: NEEDLE.toString() }, scope: { where: 'all' } },
  )
  expect(found.hits.map(({ address }) => Number(address))).toEqual([at(1) - 5, at(7) - NEEDLE.length])

  const { blob } = await analysis.coreBlob(id, 1)
  const file = parseCore(new Uint8Array(await blob.arrayBuffer()))
  for (let i = 0; i < NEEDLE.length; i++) {
    expect(file.byteAt(BigInt(at(1) - 5 + i))).toBe(NEEDLE[i])
    expect(file.byteAt(BigInt(at(7) - NEEDLE.length + i))).toBe(NEEDLE[i])
  }
  expect(file.byteAt(BigInt(at(2)))).toBe(0)
})

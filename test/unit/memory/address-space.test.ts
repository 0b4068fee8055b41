import { expect, test } from 'vitest'
import { bytesSource } from '../../../src/archive/byte-sources.ts'
import { LimitError } from '../../../src/base/errors.ts'
import { limits } from '../../../src/base/limits.ts'
import { AddressSpace, type Mapping } from '../../../src/memory/address-space.ts'
import { gap } from '../../../src/memory/gap.ts'
import { PageStore } from '../../../src/memory/page-store.ts'
import { plainPages } from '../../../src/memory/pages-image.ts'
import { buildRunTable, PE } from '../../../src/memory/runs.ts'
import { VMA } from '../../../src/memory/vma-status.ts'

const PAGE = 4096
const image = Uint8Array.from({ length: 3 * PAGE }, (_, i) => (i / PAGE) | 0)

function store(...runs: readonly (readonly [address: bigint, pages: number, flags: number])[]): PageStore {
  const table = buildRunTable(
    {
      address: BigUint64Array.from(runs, ([address]) => address),
      pages: Float64Array.from(runs, ([, pages]) => pages),
      flags: runs.map(([, , flags]) => flags),
    },
    PAGE,
  )
  return new PageStore(PAGE, [{ table, pages: plainPages(bytesSource(image), 5) }])
}

const mapping = (start: bigint, end: bigint, status: number, more: Partial<Mapping> = {}): Mapping => ({
  start,
  end,
  offset: 0n,
  status,
  file: undefined,
  object: undefined,
  ...more,
})

function space(mappings: readonly Mapping[], pages: PageStore): AddressSpace {
  return new AddressSpace(mappings, pages)
}

test('runs that follow each other in memory and in the image are one read', async () => {
  const pages = store([0x1000n, 1, PE.present], [0x2000n, 2, PE.present | PE.lazy])
  const segments = await space([], pages).read(0x1800n, 2 * PAGE)
  expect(segments).toMatchObject([{ address: 0x1800n, origin: { member: 5, offset: 0x800, length: 2 * PAGE } }])
})

test('an unchanged page of a file says which file and where', async () => {
  const file = { id: 9, name: '/lib/x.so' }
  const segments = await space(
    [mapping(0x1000n, 0x5000n, VMA.filePrivate, { file, offset: 0x3000n })],
    store([0x2000n, 1, PE.present]),
  ).read(0x1000n, 3 * PAGE)
  expect(segments).toMatchObject([
    { address: 0x1000n, length: PAGE, gap: { kind: 'file', file: { id: 9, offset: 0x3000n } } },
    { address: 0x2000n },
    { address: 0x3000n, gap: { kind: 'file', file: { offset: 0x5000n } } },
  ])
})

test('a guard over a mapping explains what was never touched', async () => {
  const segments = await space(
    [mapping(0x1000n, 0x4000n, VMA.anonPrivate), mapping(0x2000n, 0x3000n, VMA.guard)],
    store(),
  ).read(0x2000n, PAGE)
  expect(segments).toMatchObject([{ gap: { kind: 'guard' } }])
})

test('the top of the address space', async () => {
  const top = 0xffff_ffff_ffff_f000n
  const segments = await space([mapping(top, 1n << 64n, VMA.vsyscall)], store()).read(top, 2 * PAGE)
  expect(segments).toMatchObject([{ address: top, length: PAGE, gap: { kind: 'kernel' } }])
})

test('a run of absurd length neither hangs nor wraps', async () => {
  const segments = await space([], store([0x1000n, 2 ** 60, PE.present])).read(0x1000n, 5 * PAGE)
  expect(segments).toMatchObject([
    { address: 0x1000n, bytes: image },
    { length: 2 * PAGE, gap: { kind: 'truncated' } },
  ])
})

test('a read beyond the limit is refused before anything is allocated', async () => {
  await expect(space([], store()).read(0n, limits.memoryRead + 1)).rejects.toThrow(LimitError)
})

test('memory that cannot be located is one gap', async () => {
  const blind = new AddressSpace([mapping(0n, 0x2000n, VMA.anonPrivate)], gap('no-page-size'))
  expect(await blind.read(0n, 0x3000)).toMatchObject([
    { length: 0x2000, gap: { kind: 'no-page-size' } },
    { length: 0x1000, gap: { kind: 'unmapped' } },
  ])
})

/** Memory written to files. */
import { expect, test } from 'vitest'
import { parseCore } from '../../builders/elf-core.ts'
import { image, minimal } from '../../builders/image.ts'
import { compressedImages } from '../../builders/compressed.ts'
import { MemorySession, PAGE, vma } from '../../builders/memory-world.ts'
import { readTar } from '../../builders/read-archive.ts'

const SPACE = { kind: 'process', pid: 1 } as const

async function opened(): Promise<{ session: MemorySession; id: string; stored: Uint8Array }> {
  const stored = Uint8Array.from({ length: 2 * PAGE }, (_, i) => (i * 7 + (i >> 8)) & 255)
  const entries = [16, 18].map((page) => ({ vaddr: BigInt(page * PAGE), compat_nr_pages: 1, flags: 4 }))
  const files = { 'pagemap-1.img': image('PAGEMAP', [{ pages_id: 1 }, ...entries]), 'pages-1.img': stored }
  const session = new MemorySession()
  const { id } = await session.open({ label: 'm', vmas: [vma(16, 4)], files })
  return { session, id, stored }
}

test('the hex dump of a process, as checkpointctl writes it', async () => {
  const { session, id, stored } = await opened()
  const { name, size, stream } = await session.analysis.memoryStream(id, { space: SPACE, format: 'hexdump' })
  const text = Buffer.from(await new Response(stream).arrayBuffer()).toString('latin1')
  expect(name).toBe('memory-1.txt')
  expect(text.length).toBe(size)
  const lines = text.split('\n')
  expect(lines[0]).toBe('Address           Hexadecimal                                       ASCII            ')
  expect(lines[1]).toBe('-'.repeat(85))
  expect(lines[2]).toBe('0000000000010000  00 07 0e 15 1c 23 2a 31 38 3f 46 4d 54 5b 62 69  |.....#*18?FMT[bi|')
  const rows = lines.slice(2, -1)
  expect(rows.length).toBe((2 * PAGE) / 16)
  expect(rows[PAGE / 16]).toMatch(/^0000000000012000 {2}/)
  expect(Buffer.from(rows.map((row) => row.slice(18, 66).replaceAll(' ', '')).join(''), 'hex')).toEqual(
    Buffer.from(stored),
  )
})

test('raw bytes of a range, at their places or one after the other, with a map', async () => {
  const { session, id, stored } = await opened()
  const range = { address: BigInt(16 * PAGE + 100), length: BigInt(3 * PAGE) }
  const bytesOf = async (format: 'sparse' | 'packed'): Promise<Uint8Array> => {
    const { blob } = await session.analysis.memoryBlob(id, { space: SPACE, range, format })
    return new Uint8Array(await blob.arrayBuffer())
  }
  const sparse = new Uint8Array(3 * PAGE)
  sparse.set(stored.subarray(100, PAGE))
  sparse.set(stored.subarray(PAGE), 2 * PAGE - 100)
  expect(await bytesOf('sparse')).toEqual(sparse)
  expect(await bytesOf('packed')).toEqual(stored.subarray(100))
  const map = await session.analysis.memoryRanges(id, { space: SPACE, range, format: 'sparse' })
  expect(JSON.parse(await map.text())).toEqual({
    ...{ space: SPACE, format: 'sparse', start: '0x10064', end: '0x13064' },
    ranges: [
      {
        ...{ address: '0x10064', length: PAGE - 100, offset: 0, member: 'checkpoint/pages-1.img' },
        ...{ memberOffset: 100, memberLength: PAGE - 100 },
      },
      expect.objectContaining({ address: '0x11000', length: PAGE, gap: 'untouched' }),
      expect.objectContaining({ address: '0x12000', offset: 2 * PAGE - 100, memberOffset: PAGE }),
      expect.objectContaining({ address: '0x13000', length: 100, gap: 'untouched' }),
    ],
  })
})

test('a sparse file that is too large is refused', async () => {
  const { session, id } = await opened()
  const range = { address: 0n, length: 1n << 47n }
  await expect(session.analysis.memoryBlob(id, { space: SPACE, range, format: 'sparse' })).rejects.toThrow(
    'choose a file for each mapping',
  )
})

test('a whole process as a tar: a file for each mapping, another one behind a long hole', async () => {
  const far = 16 + 8192
  const stored = Uint8Array.from({ length: 4 * PAGE }, (_, i) => (i * 11 + (i >> 9)) & 255)
  const entries = [17, 19, far, far + 3].map((page) => ({ vaddr: BigInt(page * PAGE), compat_nr_pages: 1, flags: 4 }))
  const files = { 'pagemap-1.img': image('PAGEMAP', [{ pages_id: 1 }, ...entries]), 'pages-1.img': stored }
  const session = new MemorySession()
  const vmas = [vma(16, 8192 + 2), vma(far + 2, 1 << 30)]
  const { id } = await session.open({ label: 'm', vmas, files })
  const { name, size, stream } = await session.analysis.memoryStream(id, { space: SPACE, format: 'mappings' })
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  expect(name).toBe('memory-1.tar')
  expect(bytes.length).toBe(size)
  const page = (index: number) => stored.subarray(index * PAGE, (index + 1) * PAGE)
  expect(readTar(bytes)).toEqual([
    {
      path: '000000011000-000000014000.bin',
      bytes: Uint8Array.from([...page(0), ...new Uint8Array(PAGE), ...page(1)]),
    },
    { path: '000002010000-000002011000.bin', bytes: page(2) },
    { path: '000002013000-000002014000.bin', bytes: page(3) },
  ])
  const map = await session.analysis.memoryRanges(id, { space: SPACE, format: 'mappings' })
  const { ranges } = JSON.parse(await map.text()) as { ranges: object[] }
  expect(
    ranges.map((row) => ('gap' in row ? 'gap' : 'part' in row && 'offset' in row && [row.part, row.offset])),
  ).toEqual([
    ['000000011000-000000014000.bin', 0],
    'gap',
    ['000000011000-000000014000.bin', 2 * PAGE],
    ['000002010000-000002011000.bin', 0],
    ['000002013000-000002014000.bin', 0],
  ])
})

test('a damaged compressed block is left out and told, the rest is written', async () => {
  const plain = Uint8Array.from({ length: 3 * PAGE }, (_, i) => (i >> 5) & 255)
  const { pagemap, pages } = compressedImages([{ page: 16, bytes: plain, pagesPerBlock: 1 }], 'final')
  // A match that reaches back before the first byte of the second block.
  const [first] = [
    compressedImages([{ page: 16, bytes: plain.subarray(0, PAGE), pagesPerBlock: 1 }], 'final').pages.length,
  ]
  const damaged = Uint8Array.from(pages)
  damaged.set([0x0f, 0xff, 0xff], first)
  const session = new MemorySession()
  const registers = { ...minimal('thread_info_x86'), gpregs: minimal('user_x86_regs_entry') }
  const tc = { ...minimal('task_core_entry'), task_state: 1, comm: 'x' }
  const core = { mtype: 1, tc, thread_info: registers, thread_core: minimal('thread_core_entry') }
  const files = { 'pagemap-1.img': pagemap, 'pages-1.img': damaged, 'core-1.img': image('CORE', [core]) }
  const { id } = await session.open({ label: 'm', vmas: [vma(16, 3)], files })
  const saved = async (format: 'sparse' | 'packed' | 'hexdump' | 'mappings'): Promise<Buffer> => {
    const { blob, damage } = await session.analysis.memoryBlob(id, { space: SPACE, format })
    expect(damage).toEqual({ first: BigInt(17 * PAGE), bytes: PAGE })
    return Buffer.from(await blob.arrayBuffer())
  }
  const [one, three] = [plain.subarray(0, PAGE), plain.subarray(2 * PAGE)]
  const placed = Buffer.concat([one, new Uint8Array(PAGE), three])
  expect((await saved('packed')).equals(Buffer.concat([one, three]))).toBe(true)
  expect((await saved('sparse')).equals(placed)).toBe(true)
  expect(placed.equals(readTar(await saved('mappings'))[0]?.bytes ?? placed.subarray(1))).toBe(true)
  expect((await saved('hexdump')).toString('latin1').split('\n')).toHaveLength(2 + (2 * PAGE) / 16 + 1)
  const map = await session.analysis.memoryRanges(id, { space: SPACE, format: 'packed' })
  expect((JSON.parse(await map.text()) as { ranges: object[] }).ranges).toEqual([
    expect.objectContaining({ address: '0x10000', offset: 0, compressed: true }),
    { address: '0x11000', length: PAGE, gap: 'damaged', why: 'Stored compressed, in a block that is damaged.' },
    expect.objectContaining({ address: '0x12000', offset: PAGE, compressed: true }),
  ])
  const dumped = await session.analysis.coreBlob(id, 1)
  const file = parseCore(new Uint8Array(await dumped.blob.arrayBuffer()))
  const firsts = [16, 17, 18].map((page) => file.byteAt(BigInt(page * PAGE)))
  expect(firsts).toEqual([one[0], undefined, three[0]])
  expect(
    JSON.stringify(dumped.core, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
  ).toContain('in a block that is damaged')
})

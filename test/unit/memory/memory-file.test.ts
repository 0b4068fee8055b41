/** Memory written to files. */
import { expect, test } from 'vitest'
import { image } from '../../builders/image.ts'
import { MemorySession, PAGE, vma } from '../../builders/memory-world.ts'

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
    'choose a range',
  )
})

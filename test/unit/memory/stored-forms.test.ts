/** Pages in whatever form they are stored, read through the same door. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../../src/base/errors.ts'
import { decodeLz4 } from '../../../src/memory/lz4.ts'
import type { SearchEvent } from '../../../src/model/search.ts'
import { compressedImages, compressLz4, type CompressedRun } from '../../builders/compressed.ts'
import { concat, image, minimal, u32 } from '../../builders/image.ts'
import { flatten, MemorySession, PAGE, vma, type MemoryWorld } from '../../builders/memory-world.ts'

describe('LZ4 blocks', () => {
  test('blocks made by the reference implementation', () => {
    const log = Array.from({ length: 300 }, (_, i) => `line ${i % 7} of a log; `)
      .join('')
      .slice(0, 4096)
    const zeros = new Uint8Array(4096)
    zeros.set(Buffer.from('end'), 4000)
    const decoded = (text: string): string => {
      const output = new Uint8Array(4096)
      decodeLz4(Buffer.from(text, 'base64'), output)
      return Buffer.from(output).toString('latin1')
    }
    expect(
      decoded('8QJsaW5lIDAgb2YgYSBsb2c7IBEAHDERABwyEQAcMxEAHDQRABw1EQAcNhEAD3cA////////////////////e1AgbG9nOw=='),
    ).toBe(log)
    expect(decoded('HwABAP///////////////////5s/ZW5kog9FUAAAAAAA')).toBe(Buffer.from(zeros).toString('latin1'))
  })

  test('what was compressed comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 700 })), { maxLength: 12 }), (parts) => {
        const plain = Uint8Array.from(
          parts.flatMap(([kind, n]) => Array.from({ length: n }, (_, i) => (kind * i * 7) & 255)),
        )
        const output = new Uint8Array(plain.length)
        decodeLz4(compressLz4(plain), output)
        expect(output).toEqual(plain)
      }),
    )
  })

  test('hostile blocks end in an error, and nothing but the output is written', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (input, size) => {
        const room = new Uint8Array(size + 64).fill(0xaa)
        try {
          decodeLz4(input, room.subarray(32, 32 + size))
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
        expect(room.subarray(0, 32).every((byte) => byte === 0xaa)).toBe(true)
        expect(room.subarray(32 + size).every((byte) => byte === 0xaa)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Runs of equal kinds, with a sum that tells bytes apart: differences stay readable. */
function summary(bytes: readonly (number | string)[]): string[] {
  const runs: { kind: string; count: number; sum: number }[] = []
  for (const byte of bytes) {
    const kind = typeof byte === 'number' ? 'stored' : byte
    const last = runs.at(-1)
    const run = last?.kind === kind ? last : { kind, count: 0, sum: 0 }
    if (run !== last) runs.push(run)
    run.count += 1
    if (typeof byte === 'number') run.sum = (Math.imul(run.sum, 31) + byte) >>> 0
  }
  return runs.map(({ kind, count, sum }) => `${kind} ${count} ${sum}`)
}

/** Pages of text, of zeros, and of noise that does not shrink. */
function content(kinds: string): Uint8Array {
  let state = 7
  const noise = (): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16
  const fill: Readonly<Record<string, (i: number) => number>> = { t: (i) => 97 + (i % 23), z: () => 0, n: noise }
  return concat(Array.from(kinds, (kind) => Uint8Array.from({ length: PAGE }, (_, i) => fill[kind]?.(i) ?? 0)))
}

const RUNS: readonly CompressedRun[] = [
  { page: 16, bytes: content('ttzznnt'), pagesPerBlock: 2 },
  { page: 30, bytes: content('tn') },
  { page: 40, bytes: content('ztzt'), pagesPerBlock: 1, padded: true },
  { page: 50, bytes: content('ttttt'), pagesPerBlock: 4, aligned: true },
]

function compressedWorld(form: 'final' | 'development', cut = 0): MemoryWorld {
  const runs = form === 'final' ? RUNS : RUNS.map((run) => ({ ...run, padded: false }))
  const { pagemap, pages } = compressedImages(runs, form)
  const files = { 'pagemap-1.img': pagemap, 'pages-1.img': pages.subarray(0, pages.length - cut) }
  return { label: `${form}.tar`, vmas: [vma(16, 60)], files }
}

const EXPECTED = Array.from({ length: 60 * PAGE }, (_, i): number | string => {
  const run = RUNS.find(({ page, bytes }) => 16 * PAGE + i >= page * PAGE && 16 * PAGE + i < page * PAGE + bytes.length)
  return run ? (run.bytes[16 * PAGE + i - run.page * PAGE] ?? 0) : 'untouched'
})

describe.each(['final', 'development'] as const)('compressed pages, %s form', (form) => {
  test('read in pieces of any size', async () => {
    const session = new MemorySession()
    const { label } = await session.open(compressedWorld(form)).then(({ archive }) => archive)
    expect(session.codes(label)).toContain('pages-compressed')
    expect(session.codes(label)).not.toContain('pages-size')
    expect(flatten(await session.read(label, 16 * PAGE, 60 * PAGE))).toEqual(EXPECTED)
    for (const size of [1000, PAGE, 3 * PAGE + 5]) {
      const found: (number | string)[] = []
      for (let at = 0; at < 60 * PAGE; at += size)
        found.push(...flatten(await session.read(label, 16 * PAGE + at, Math.min(size, 60 * PAGE - at))))
      expect(summary(found)).toEqual(summary(EXPECTED))
    }
  })

  test('searched, and written to files', async () => {
    const session = new MemorySession()
    const { id } = await session.open(compressedWorld(form))
    const events: SearchEvent[] = []
    const scope = { where: 'all' } as const
    const term = { kind: 'text', text: 'vwabcdefgh', ignoreCase: false, utf16: false } as const
    await session.analysis.search(9, id, { term, scope }, (event) => events.push(event))
    const text = Buffer.from(EXPECTED.map((byte) => (typeof byte === 'number' ? byte : 0))).toString('latin1')
    const places: number[] = []
    for (let at = text.indexOf(term.text); at >= 0; at = text.indexOf(term.text, at + 1)) places.push(at + 16 * PAGE)
    const hits = events
      .flatMap((event) => (event.kind === 'hits' ? event.hits : []))
      .map(({ address }) => Number(address))
    expect(places.length).toBeGreaterThan(100)
    expect(hits.toSorted((a, b) => a - b)).toEqual(places)
    const query = { space: { kind: 'process', pid: 1 }, format: 'packed' } as const
    const { blob } = await session.analysis.memoryBlob(id, query)
    expect(new Uint8Array(await blob.arrayBuffer())).toEqual(concat(RUNS.map(({ bytes }) => bytes)))
  })
})

test('a damaged block is a gap of its own, and so is what the image does not hold any more', async () => {
  const session = new MemorySession()
  const world = compressedWorld('final', 20)
  const pages = Uint8Array.from(world.files['pages-1.img'] as Uint8Array)
  pages[0] = 0
  await session.open({ ...world, files: { ...world.files, 'pages-1.img': pages } })
  const found = flatten(await session.read('final.tar', 16 * PAGE, 60 * PAGE))
  const expected = EXPECTED.map((byte, i) =>
    i < 2 * PAGE ? 'damaged' : i >= 38 * PAGE && i < 39 * PAGE ? 'truncated' : byte,
  )
  expect(summary(found)).toEqual(summary(expected))
})

test('encrypted pages are called that', async () => {
  const session = new MemorySession()
  const pagemap = image('PAGEMAP', [{ pages_id: 1 }, { vaddr: 0x10000n, compat_nr_pages: 1, flags: 4 }])
  const files = { 'pagemap-1.img': pagemap, 'pages-1.img': new Uint8Array(PAGE), 'cipher.img': new Uint8Array(9) }
  await session.open({ label: 'c', vmas: [vma(16, 1)], files })
  expect(session.codes('c')).toContain('pages-encrypted')
  expect(await session.read('c', 0x10000, PAGE)).toMatchObject([{ length: PAGE, kind: 'encrypted' }])
})

test('pages of the first format, which had no pagemaps', async () => {
  const page = (number: number, fill: number): Uint8Array =>
    concat([u32(number * PAGE), u32(0), new Uint8Array(PAGE).fill(fill)])
  const pages = concat([u32(0x56084025), page(17, 1), page(18, 2), page(16, 3), page(0, 0)])
  const session = new MemorySession()
  await session.open({ label: 'old', vmas: [vma(16, 4)], files: { 'pages-1.img': pages } })
  const found = flatten(await session.read('old', 16 * PAGE, 4 * PAGE))
  expect(found).toEqual([3, 1, 2, 'untouched'].flatMap((value) => Array.from({ length: PAGE }, () => value)))
  expect(await session.read('old', 17 * PAGE + 8, 8)).toMatchObject([{ origin: { offset: 4 + 8 + 8, length: 8 } }])
})

test('a System V segment whose content stands in the image that describes it', async () => {
  const content = Uint8Array.from({ length: 5002 }, (_, i) => 1 + (i % 250))
  const desc = { ...minimal('ipc_desc_entry'), id: 5, key: 0x77 }
  const record = { ...minimal('ipc_shm_entry'), desc, size: 5002n, in_pagemaps: false }
  const shm = image('IPCNS_SHM', [{ ...record, $extra: concat([content, new Uint8Array(2)]) }])
  const mapping = vma(32, 2, { status: 0x401, shmid: 5n, flags: 1 })
  const pagemap = image('PAGEMAP', [{ pages_id: 1 }, { vaddr: 0x10000n, compat_nr_pages: 1, flags: 4 }])
  const files = { 'ipcns-shm-8.img': shm, 'pagemap-1.img': pagemap, 'pages-1.img': new Uint8Array(PAGE) }
  const session = new MemorySession()
  const { id } = await session.open({ label: 's', vmas: [vma(16, 1), mapping], files })
  const found = flatten(await session.read('s', 32 * PAGE, 2 * PAGE))
  expect(found).toEqual([...content, ...Array.from({ length: 2 * PAGE - 5002 }, () => 'object-end')])
  expect(await session.analysis.sharedObjects(id)).toMatchObject([
    { shmid: 5, kind: 'sysv', name: 'key 0x00000077', size: 5002n, stored: 2 * PAGE, pids: [1] },
  ])
  const layout = await session.analysis.memoryLayout(id, { kind: 'shared', shmid: 5 })
  expect([...layout.length]).toEqual([5002n])
})

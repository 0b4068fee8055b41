import { describe, expect, test } from 'vitest'
import { decodeImage } from '../../../src/criu/decode-image.ts'
import { decodePagemap, presentPages } from '../../../src/criu/pagemap.ts'
import { concat, encodeMessage, image, u32, varint } from '../../builders/image.ts'

const head = { pages_id: 3 }

function pagemap(...entries: readonly Readonly<Record<string, unknown>>[]): Uint8Array {
  return image('PAGEMAP', [head, ...entries])
}

/** An entry with fields that the schema does not have. */
function withRaw(raw: readonly number[], entry: Readonly<Record<string, unknown>>): Uint8Array {
  const payload = concat([encodeMessage('pagemap_entry', entry), Uint8Array.from(raw)])
  return concat([pagemap(), u32(payload.length), payload])
}

describe('decodePagemap', () => {
  test('reads page counts of both generations', () => {
    const found = decodePagemap(
      pagemap(
        { vaddr: 0x1000n, compat_nr_pages: 0, flags: 4, nr_pages: 5n },
        { vaddr: 0x2000n, compat_nr_pages: 7, flags: 4 },
      ),
      'pagemap-1.img',
    )
    expect(found).toMatchObject({ pagesId: 3, encrypted: false, defects: [] })
    expect([...found.pages]).toEqual([5, 7])
    expect([...found.vaddr]).toEqual([0x1000n, 0x2000n])
    expect([...found.firstPage]).toEqual([0, 5])
    expect(presentPages(found)).toBe(12)
  })

  test('flags are made complete as CRIU does', () => {
    const found = decodePagemap(
      pagemap(
        { vaddr: 0n, compat_nr_pages: 1 },
        { vaddr: 0n, compat_nr_pages: 1, in_parent: true },
        { vaddr: 0n, compat_nr_pages: 1, in_parent: false },
        { vaddr: 0n, compat_nr_pages: 1, flags: 6 },
        { vaddr: 0n, compat_nr_pages: 1, flags: 2 },
        { vaddr: 0n, compat_nr_pages: 1, flags: 0 },
      ),
      'pagemap-1.img',
    )
    expect([...found.flags]).toEqual([4, 1, 4, 6, 2, 0])
    expect(presentPages(found)).toBe(3)
    expect([...found.firstPage]).toEqual([0, 1, 1, 2, 3, 3])
  })

  test('says where each entry stands', () => {
    const bytes = pagemap({ vaddr: 1n, compat_nr_pages: 1 }, { vaddr: 2n, compat_nr_pages: 1 })
    const found = decodePagemap(bytes, 'pagemap-1.img')
    const generic = decodeImage(bytes, 'pagemap-1.img').records.slice(1)
    expect([...found.recordOffset]).toEqual(generic.map((item) => item.offset))
    expect([...found.recordLength]).toEqual(generic.map((item) => item.length))
  })

  test('an absurd page count is refused, not added up', () => {
    const found = decodePagemap(pagemap({ vaddr: 0n, compat_nr_pages: 0, nr_pages: 2n ** 64n - 1n }), 'x')
    expect(found.defects).toMatchObject([{ code: 'length-out-of-bounds' }])
    expect(Number.isSafeInteger(presentPages(found))).toBe(true)
  })

  test('a damaged entry leaves the others', () => {
    const bytes = concat([pagemap(), u32(1), Uint8Array.of(8), pagemap({ vaddr: 9n, compat_nr_pages: 2 }).subarray(14)])
    const found = decodePagemap(bytes, 'x')
    expect([...found.pages]).toEqual([0, 2])
    expect(found.defects).toMatchObject([{ code: 'truncated' }])
  })

  test('a tail that breaks off is reported', () => {
    const bytes = concat([pagemap({ vaddr: 9n, compat_nr_pages: 2 }), u32(50), Uint8Array.of(8)])
    const found = decodePagemap(bytes, 'x')
    expect([...found.pages]).toEqual([2])
    expect(found.defects).toMatchObject([{ code: 'truncated' }])
  })

  test('encrypted pages are called that, here and in the generic decoder', () => {
    const bytes = withRaw([0x2a, 2, 1, 2], { vaddr: 0n, compat_nr_pages: 1 })
    expect(decodePagemap(bytes, 'x')).toMatchObject({ encrypted: true, defects: [{ code: 'encrypted' }] })
    expect(decodeImage(bytes, 'x').defects).toMatchObject([{ code: 'encrypted', severity: 'error' }])
  })
})

describe('compressed pages', () => {
  const entry = { vaddr: 0n, compat_nr_pages: 0, flags: 4, nr_pages: 3n }

  test('final form: blocks as a message', () => {
    const blocks = concat([
      Uint8Array.of(0x0a, 3),
      varint(300n),
      Uint8Array.of(0),
      Uint8Array.of(0x10),
      varint(300n),
      Uint8Array.of(0x18, 2, 0x20, 0),
    ])
    const found = decodePagemap(withRaw([0x32, blocks.length, ...blocks], entry), 'x')
    expect(found.defects).toEqual([])
    expect(found.compression.get(0)).toMatchObject({
      form: 'final',
      blockSizes: Uint32Array.of(300, 0),
      totalSize: 300,
      pagesPerBlock: 2,
      padded: false,
    })
  })

  test('development form: sizes as plain numbers', () => {
    const found = decodePagemap(withRaw([0x30, 10, 0x30, 20, 0x38, 30, 0x40, 2], entry), 'x')
    expect(found.defects).toEqual([])
    expect(found.compression.get(0)).toMatchObject({
      form: 'development',
      blockSizes: Uint32Array.of(10, 20),
      totalSize: 30,
      pagesPerBlock: 2,
    })
  })

  test.each([
    ['sizes that do not add up', [0x30, 10, 0x30, 20, 0x38, 31, 0x40, 2]],
    ['a wrong number of blocks', [0x30, 30, 0x38, 30, 0x40, 2]],
    ['no message', [0x32, 2, 0xff, 0xff]],
  ])('%s: said to be unknown', (_, raw) => {
    const found = decodePagemap(withRaw(raw, entry), 'x')
    expect(found.compression.size).toBe(0)
    expect(found.defects).toMatchObject([{ code: 'unsupported' }])
  })
})

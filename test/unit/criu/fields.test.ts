import { describe, expect, test } from 'vitest'
import { fieldText } from '../../../src/criu/field-text.ts'
import { listChildren, listFields, locateField } from '../../../src/criu/fields.ts'

/** pstree_entry { pid 7, threads [7, 300] unpacked, unknown 9 "hi", unknown 10 { 1: 5 } }. */
const PSTREE = Uint8Array.of(8, 7, 40, 7, 40, 0xac, 2, 0x4a, 2, 0x68, 0x69, 0x52, 2, 8, 5)

describe('listFields', () => {
  test('gives each occurrence with its place and path', () => {
    const { spans, defect } = listFields(PSTREE, 'pstree_entry', 0, PSTREE.length)
    expect(defect).toBeUndefined()
    expect(spans.map(({ path, type, offset, length }) => [path, type, offset, length])).toEqual([
      ['pid', 'uint32', 0, 2],
      ['threads[0]', 'uint32', 2, 2],
      ['threads[1]', 'uint32', 4, 3],
      ['#9[0]', 'text', 7, 4],
      ['#10[0]', 'message', 11, 4],
    ])
    expect(spans[2]).toMatchObject({ value: 300, valueOffset: 5, valueLength: 2 })
  })

  test('lists inside a message without a schema', () => {
    const unknown = listFields(PSTREE, 'pstree_entry', 0, PSTREE.length).spans.at(-1)
    if (!unknown) throw new Error('no span')
    const [inner] = listChildren(PSTREE, unknown).spans
    expect(inner).toMatchObject({ path: '#10[0].#1[0]', type: 'varint', value: 5n })
  })

  test('packed items are occurrences of their own', () => {
    const bytes = Uint8Array.of(0x2a, 3, 1, 0xac, 2)
    const { spans } = listFields(bytes, 'pstree_entry', 0, 5)
    expect(spans.map(({ path, value, offset }) => [path, value, offset])).toEqual([
      ['threads[0]', 1, 2],
      ['threads[1]', 300, 3],
    ])
  })

  test('keeps what came before the place where a message breaks off', () => {
    const { spans, defect } = listFields(PSTREE, 'pstree_entry', 0, 6)
    expect(spans.map((span) => span.path)).toEqual(['pid', 'threads[0]'])
    expect(defect).toMatchObject({ code: 'truncated', at: { offset: 5 } })
  })

  test('words of an IPv6 address carry the address, never an IPv4 one', () => {
    // inet_sk_entry.src_addr ::1
    const bytes = Uint8Array.of(0x58, 0, 0x58, 0, 0x58, 0, 0x58, 0x80, 0x80, 0x80, 8)
    const { spans } = listFields(bytes, 'inet_sk_entry', 0, bytes.length)
    expect(spans.map(fieldText)).toEqual(['0x0 of ::1', '0x0 of ::1', '0x0 of ::1', '0x1000000 of ::1'])
    expect(fieldText(listFields(bytes, 'inet_sk_entry', 6, 11).spans[0] ?? never())).toBe('0.0.0.1')
  })
})

function never(): never {
  throw new Error('no span')
}

describe('locateField', () => {
  const whole = { offset: 0, length: PSTREE.length }

  test.each([
    ['pid', { offset: 1, length: 1 }],
    ['threads[1]', { offset: 5, length: 2 }],
    ['#10.#1', { offset: 14, length: 1 }],
    ['threads[2]', undefined],
    ['pid.threads', undefined],
    ['', undefined],
    ['threads[1', undefined],
    ['__proto__', undefined],
  ])('%s', (path, at) => {
    expect(locateField(PSTREE, 'pstree_entry', whole, path)).toEqual(at)
  })

  test('the last of repeated occurrences of a single field counts', () => {
    const bytes = Uint8Array.of(8, 7, 8, 9)
    expect(locateField(bytes, 'pstree_entry', { offset: 0, length: 4 }, 'pid')).toEqual({ offset: 3, length: 1 })
  })
})

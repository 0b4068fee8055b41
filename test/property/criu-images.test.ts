import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/base/errors.ts'
import { critJson } from '../../src/criu/crit-json.ts'
import { decodeImage, type DecodedImage } from '../../src/criu/decode-image.ts'
import { listChildren, listFields, locateField, type FieldList } from '../../src/criu/fields.ts'
import { imageTypes } from '../../src/criu/image-types.ts'
import { decodePagemap } from '../../src/criu/pagemap.ts'
import { arbitraryMessage } from '../builders/arbitrary-message.ts'
import { concat, encodeMessage, image } from '../builders/image.ts'
import { exampleOf } from '../builders/image-examples.ts'

const withRecords = imageTypes.filter((type) => type.message !== undefined)

/** Types whose records are followed by nothing: any value makes a valid image. */
const plain = withRecords.filter((type) => type.extra === undefined && type.message !== 'pagemap_head')

describe.each(plain.map((type) => [type.name, type] as const))('%s', (name, type) => {
  test('what is encoded is decoded, exactly', () => {
    const message = type.message
    if (message === undefined) throw new Error('no message')
    fc.assert(
      fc.property(fc.array(arbitraryMessage(message), { maxLength: 2 }), (values) => {
        const bytes = image(name, values)
        const decoded = decodeImage(bytes, 'unnamed')
        expect(decoded.records.length).toBe(values.length)
        for (const [i, record] of decoded.records.entries()) {
          expect(record.value).toEqual({ ...decoded.records[i]?.value, ...values[i] })
          expect(record.defect).toBeUndefined()
          const again = encodeMessage(message, record.value as never)
          expect(bytes.subarray(record.offset, record.offset + record.length)).toEqual(again)
        }
      }),
      { numRuns: 12 },
    )
  })
})

/** Decodes by every door; returns undefined when the bytes are refused as no image. */
function decodeAll(bytes: Uint8Array): DecodedImage | undefined {
  try {
    const decoded = decodeImage(bytes, 'unnamed')
    JSON.parse([...critJson(bytes, 'unnamed', { pretty: true })].join(''))
    for (const { message, offset, length } of decoded.records)
      walk(bytes, listFields(bytes, message, offset, offset + length))
    if (decoded.type.message === 'pagemap_head') decodePagemap(bytes, 'unnamed')
    return decoded
  } catch (error) {
    if (error instanceof FormatError) return undefined
    throw error
  }
}

function walk(bytes: Uint8Array, list: FieldList, depth = 0): void {
  for (const span of list.spans) {
    expect(span.offset + span.length).toBeLessThanOrEqual(bytes.length)
    if (depth < 8) walk(bytes, listChildren(bytes, span), depth + 1)
  }
}

describe.each(withRecords.map((type) => [type.name] as const))('%s, damaged', (name) => {
  const bytes = exampleOf(name)

  test('cut anywhere: a defect, or fewer records', () => {
    const whole = decodeAll(bytes)
    for (let length = 0; length < bytes.length; length++) {
      const cut = decodeAll(bytes.subarray(0, length))
      if (!cut || !whole) continue
      const fewer = cut.records.length < whole.records.length
      expect(cut.defects.some((item) => item.severity !== 'info') || fewer, `cut at ${length}`).toBe(true)
    }
  })

  test('any byte changed: still decodes or is refused, nothing else', () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] ?? 0) ^ change
        decodeAll(damaged)
      }),
      { numRuns: 60 },
    )
  })

  test('any bytes after the magic: still decodes or is refused, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (rest) => {
        decodeAll(concat([bytes.subarray(0, name === 'INVENTORY' ? 4 : 8), rest]))
      }),
      { numRuns: 30 },
    )
  })
})

test('every field that is listed is found again by its path', () => {
  fc.assert(
    fc.property(arbitraryMessage('core_entry', 3), (value) => {
      const bytes = encodeMessage('core_entry', value)
      const check = (list: FieldList): void => {
        for (const span of list.spans) {
          const found = locateField(bytes, 'core_entry', { offset: 0, length: bytes.length }, span.path)
          expect(found).toEqual({ offset: span.valueOffset, length: span.valueLength })
          check(listChildren(bytes, span))
        }
      }
      check(listFields(bytes, 'core_entry', 0, bytes.length))
    }),
    { numRuns: 10 },
  )
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DefectList } from '../../../src/criu/defects.ts'
import { readNetlink, type NetlinkMessage } from '../../../src/criu/netlink.ts'
import { concat, padded, u32 } from '../../builders/image.ts'

const u16 = (value: number): Uint8Array => Uint8Array.of(value, value >>> 8)

function attribute(type: number, value: Uint8Array): Uint8Array {
  return padded(concat([u16(4 + value.length), u16(type), value]), 4)
}

function message(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  const content = concat(body)
  return padded(concat([u32(16 + content.length), u16(type), u16(2), u32(9), u32(77), content]), 4)
}

function read(bytes: Uint8Array): { messages: NetlinkMessage[]; codes: string[] } {
  const defects = new DefectList()
  const messages = [...readNetlink(bytes, 0, defects)]
  return { messages, codes: defects.all().map((item) => item.code) }
}

const address = message(
  20,
  Uint8Array.of(2, 8, 128, 254),
  u32(1),
  attribute(1, Uint8Array.of(127, 0, 0, 1)),
  attribute(3, Buffer.from('lo\0')),
  attribute(99, Uint8Array.of(1, 2)),
)

describe('readNetlink', () => {
  test('addresses', () => {
    const { messages, codes } = read(concat([address, address]))
    expect(codes).toEqual([])
    expect(messages).toHaveLength(2)
    expect(messages[0]).toMatchObject({ type: 'RTM_NEWADDR', flags: 2, sequence: 9, port: 77, offset: 0 })
    expect([...(messages[0]?.header ?? [])]).toEqual([
      ['family', 2],
      ['prefix_length', 8],
      ['flags', 128],
      ['scope', 254],
      ['interface', 1],
    ])
    expect([...(messages[0]?.attributes ?? [])]).toEqual([
      ['IFA_ADDRESS', '127.0.0.1'],
      ['IFA_LABEL', 'lo'],
      ['#99', '0102'],
    ])
  })

  test('tracked connections: nested, big-endian', () => {
    const tuple = concat([
      attribute(0x8001, concat([attribute(1, Uint8Array.of(10, 0, 0, 1)), attribute(2, Uint8Array.of(10, 0, 0, 2))])),
      attribute(0x8002, concat([attribute(1, Uint8Array.of(6)), attribute(2, Uint8Array.of(0x1f, 0x90))])),
    ])
    const { messages } = read(
      message(256, Uint8Array.of(2, 0, 0, 0), attribute(0x8001, tuple), attribute(7, u32(0x100))),
    )
    const found = messages[0]?.attributes
    expect(found?.get('CTA_TIMEOUT')).toBe(0x10000)
    const orig = found?.get('CTA_TUPLE_ORIG') as ReadonlyMap<string, ReadonlyMap<string, unknown>>
    expect(orig.get('CTA_TUPLE_IP')?.get('CTA_IP_V4_DST')).toBe('10.0.0.2')
    expect(orig.get('CTA_TUPLE_PROTO')?.get('CTA_PROTO_SRC_PORT')).toBe(8080)
  })

  test('unknown messages keep their bytes', () => {
    const { messages } = read(message(999, Uint8Array.of(1, 2, 3, 4)))
    expect(messages[0]).toMatchObject({ type: '#999' })
    expect(messages[0]?.attributes.get('data')).toBe('01020304')
  })

  test('lengths that lie end the list with a defect', () => {
    expect(read(concat([address, u32(0), u32(0), u32(0), u32(0)])).codes).toEqual(['length-out-of-bounds'])
    expect(read(concat([u32(1000), new Uint8Array(40)])).codes).toEqual(['length-out-of-bounds'])
    expect(read(address.subarray(0, 10)).codes).toEqual(['length-out-of-bounds'])
  })

  test('any bytes are read in bounded time', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(64), (noise, at) => {
        const bytes = concat([address, message(24, noise)])
        bytes[at] = noise[0] ?? 0
        expect(read(bytes).messages.length).toBeLessThan(20)
      }),
    )
  })
})

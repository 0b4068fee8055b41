import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytesSource } from '../../../src/archive/byte-sources.ts'
import { crc32 } from '../../../src/archive/crc32.ts'
import { gunzip } from '../../../src/archive/gzip.ts'
import { concat, toBytes } from '../../builders/tar.ts'
import { inflateWith, noise } from '../../builders/packed.ts'

const data = concat(noise(300_000, 1), toBytes('so it goes, '.repeat(60_000)), noise(100_000, 2))
const packed = gzipSync(data)
const open = (bytes: Uint8Array) => inflateWith(gunzip, bytesSource(bytes))

afterEach(() => {
  vi.unstubAllGlobals()
})

describe.each(['native stream', 'own decoder'])('gzip, %s', (which) => {
  const prepare = () => {
    if (which === 'own decoder') vi.stubGlobal('DecompressionStream', undefined)
  }

  it.each([0, 1, 6, 9])('round trip at level %i', async (level) => {
    prepare()
    const { bytes, defects } = await open(gzipSync(data, { level }))
    expect(Buffer.compare(bytes, data)).toBe(0)
    expect(defects).toEqual([])
  })

  it('nothing inside', async () => {
    prepare()
    const { bytes, defects } = await open(gzipSync(new Uint8Array(0)))
    expect(bytes.length).toBe(0)
    expect(defects).toEqual([])
  })

  it('several members are one stream', async () => {
    prepare()
    const { bytes, defects } = await open(concat(packed, gzipSync(toBytes('second')), gzipSync(data)))
    expect(Buffer.compare(bytes, concat(data, toBytes('second'), data))).toBe(0)
    expect(defects).toEqual([])
  })

  it('zero padding behind the data is noted', async () => {
    prepare()
    const { bytes, defects } = await open(concat(packed, new Uint8Array(5000)))
    expect(Buffer.compare(bytes, data)).toBe(0)
    expect(defects).toMatchObject([{ severity: 'info', code: 'gzip-padding' }])
  })

  it('other bytes behind the data are noted', async () => {
    prepare()
    const { bytes, defects } = await open(concat(packed, toBytes('appended signature')))
    expect(Buffer.compare(bytes, data)).toBe(0)
    expect(defects).toMatchObject([{ severity: 'warning', code: 'gzip-trailing-data' }])
  })

  it.each([0.1, 0.5, 0.9, 0.9999])('cut at %f: everything before it comes out, the offset is said', async (share) => {
    prepare()
    const { bytes, defects } = await open(packed.subarray(0, Math.floor(packed.length * share)))
    expect(bytes.length).toBeGreaterThan(share < 0.5 ? 20_000 : 100_000)
    expect(Buffer.compare(bytes, data.subarray(0, bytes.length))).toBe(0)
    expect(defects).toMatchObject([{ severity: 'error', code: 'gzip-truncated', offset: bytes.length }])
  })

  it('cut inside the trailer', async () => {
    prepare()
    const { bytes, defects } = await open(packed.subarray(0, packed.length - 3))
    expect(Buffer.compare(bytes, data)).toBe(0)
    expect(defects).toMatchObject([{ code: 'gzip-truncated' }])
  })

  it('a wrong checksum is said, the data is kept', async () => {
    prepare()
    const spoilt = Uint8Array.from(packed)
    spoilt[packed.length - 8] = (spoilt[packed.length - 8] ?? 0) ^ 1
    const { bytes, defects } = await open(spoilt)
    expect(Buffer.compare(bytes, data)).toBe(0)
    expect(defects).toMatchObject([{ severity: 'error', code: 'gzip-checksum' }])
  })

  it('name, comment, extra field and header checksum are passed over', async () => {
    prepare()
    const header = Uint8Array.of(0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 65, 0, 66, 67, 0)
    // The header checksum is the low half of the CRC-32 of the header before it.
    const sum = crc32(header)
    const bytes = concat(header, Uint8Array.of(sum & 255, (sum >>> 8) & 255), gzipSync(toBytes('hello')).subarray(10))
    const found = await open(bytes)
    expect(new TextDecoder().decode(found.bytes)).toBe('hello')
    expect(found.defects).toEqual([])
  })

  it('a source that fails is not a defect of the data', async () => {
    prepare()
    const source = { size: packed.length, read: () => Promise.reject(new RangeError('gone')) }
    await expect(inflateWith(gunzip, source)).rejects.toThrow('gone')
  })

  it('cancel stops it', async () => {
    prepare()
    const controller = new AbortController()
    const source = bytesSource(packed)
    const read: typeof source.read = (offset, length) => {
      controller.abort()
      return source.read(offset, length)
    }
    const work = inflateWith(gunzip, { size: source.size, read }, controller.signal)
    await expect(work).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('crc32', () => {
  it('check value of the catalogue', () => {
    expect(crc32(toBytes('123456789'))).toBe(0xcbf43926)
  })

  it('continues over pieces of any length', () => {
    const bytes = noise(1003, 5)
    expect(crc32(bytes.subarray(7), crc32(bytes.subarray(0, 7)))).toBe(crc32(bytes))
  })
})

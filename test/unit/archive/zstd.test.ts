import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/archive/byte-sources.ts'
import { Xxh64 } from '../../../src/archive/xxh64.ts'
import { unzstd } from '../../../src/archive/zstd.ts'
import { inflateWith, noise, rawZstdFrame, runProgram } from '../../builders/packed.ts'
import { countingSource } from '../../builders/sources.ts'
import { concat, toBytes } from '../../builders/tar.ts'

const data = concat(noise(300_000, 1), toBytes('so it goes, '.repeat(60_000)), noise(100_000, 2))
const open = (bytes: Uint8Array) => inflateWith(unzstd, bytesSource(bytes))
const compress = (...options: string[]) => runProgram('zstd', ['-q', '-c', ...options], data)
const hasProgram = compress() !== undefined
if (!hasProgram) console.log('The program zstd is not installed: tests against it are left out.')

describe('zstd, frames made here', () => {
  it('raw blocks, several frames, skippable frames between and first', async () => {
    const skip = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3)
    const frame = rawZstdFrame([toBytes('hello '), toBytes('world')])
    const { bytes, defects } = await open(concat(skip, frame, skip, frame))
    expect(new TextDecoder().decode(bytes)).toBe('hello worldhello world')
    expect(defects).toEqual([])
  })

  it('a skippable frame longer than what is read at a time is not read', async () => {
    const length = 9_000_000
    const skip = new Uint8Array(8 + length)
    skip.set([0x50, 0x2a, 0x4d, 0x18, length & 255, (length >> 8) & 255, (length >> 16) & 255, 0])
    const source = countingSource(bytesSource(concat(skip, rawZstdFrame([toBytes('behind')]))))
    const { bytes, defects } = await inflateWith(unzstd, source)
    expect(new TextDecoder().decode(bytes)).toBe('behind')
    expect(defects).toEqual([])
    expect(source.bytes).toBeLessThan(length)
  })

  it('a skippable frame that is cut', async () => {
    const { defects } = await open(
      concat(rawZstdFrame([toBytes('x')]), Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0)),
    )
    expect(defects).toMatchObject([{ severity: 'error', code: 'zstd-truncated', offset: 1 }])
  })

  it('thirty thousand tiny frames neither overflow the stack nor take long', async () => {
    const frame = rawZstdFrame([toBytes('x')])
    const { bytes } = await open(concat(...Array.from({ length: 30_000 }, () => frame)))
    expect(bytes.length).toBe(30_000)
  }, 10_000)

  it('a frame of 20 bytes that declares a window of 1.9 GB is refused at once', async () => {
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0xa7)
    const started = performance.now()
    await expect(open(rawZstdFrame([new Uint8Array(11)], header))).rejects.toMatchObject({ limit: 'zstdWindow' })
    expect(performance.now() - started).toBeLessThan(200)
  })

  it('tiny frames that declare a window of 128 MiB take no room', async () => {
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 17 << 3)
    const frame = rawZstdFrame([toBytes('abc')], header)
    const started = performance.now()
    const { bytes } = await open(concat(...Array.from({ length: 500 }, () => frame)))
    expect(bytes.length).toBe(1500)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('a bomb of RLE blocks is stopped', async () => {
    const block = Uint8Array.of(((0x20000 << 3) & 255) | 2, ((0x20000 << 3) >> 8) & 255, (0x20000 << 3) >> 16, 0)
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38)
    const bomb = concat(header, ...Array.from({ length: 8000 }, () => block))
    await expect(open(bomb)).rejects.toMatchObject({ limit: 'inflateRatio' })
  })

  it('blocks beyond 128 KiB and reserved ones are damage', async () => {
    for (const value of [(0x20001 << 3) | 2, 6]) {
      const block = Uint8Array.of(value & 255, (value >> 8) & 255, value >> 16, 0)
      const { defects } = await open(
        concat(rawZstdFrame([toBytes('ok')]), Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38), block),
      )
      expect(defects).toMatchObject([{ code: 'zstd-damaged', offset: 2 }])
    }
  })

  it('a dictionary that is not there', async () => {
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0x38, 42)
    await expect(open(rawZstdFrame([toBytes('x')], header))).rejects.toMatchObject({ code: 'unsupported-compression' })
  })

  it('other bytes behind the data are noted', async () => {
    const { defects } = await open(concat(rawZstdFrame([toBytes('x')]), toBytes('tail')))
    expect(defects).toMatchObject([{ severity: 'warning', code: 'zstd-trailing-data' }])
  })

  it('a declared size that is not met', async () => {
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 9)
    const { defects } = await open(rawZstdFrame([toBytes('x')], header))
    expect(defects).toMatchObject([{ code: 'zstd-size' }])
  })

  it('more content than declared', async () => {
    const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 1)
    const { defects } = await open(rawZstdFrame([toBytes('xyz')], header))
    expect(defects).toMatchObject([{ code: 'zstd-damaged' }])
  })
})

describe('zstd, malformed compressed blocks', () => {
  /** A frame of one compressed block. */
  const frame = (...block: number[]) =>
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, ((block.length << 3) | 5) & 255, block.length >> 5, 0, ...block)

  it('a good one, made by hand: one literal, one match', async () => {
    // Raw literals "A"; one sequence with single-symbol tables: length 1, offset 1, match 3.
    const { bytes, defects } = await open(frame(0x08, 0x41, 1, 0x54, 1, 2, 0, 0x04))
    expect(new TextDecoder().decode(bytes)).toBe('AAAA')
    expect(defects).toEqual([])
  })

  it.each([
    ['a Huffman description that never ends', [0xa2, 0x40, 0x01, 3, 0xf0, 0x03, 0x80, 0xff, 0]],
    ['a match that reaches before the data', [0x08, 0x41, 1, 0x54, 1, 5, 0, 0x20]],
    ['98 thousand sequences in a dozen bytes', [0x08, 0x41, 255, 255, 255, 0x54, 35, 2, 52, 0x80, 0x80, 0x80]],
    ['more literals used than there are', [0x08, 0x41, 1, 0x54, 5, 2, 0, 0x04]],
    ['a table repeated that was never given', [0x08, 0x41, 1, 0xfc, 0x04]],
    ['literals by a Huffman table that was never given', [0x13, 0x40, 0, 0xff, 0]],
    ['literals that leave the block', [0xf8, 0x41, 0]],
    ['a bit stream without end mark', [0x08, 0x41, 1, 0x54, 1, 2, 0, 0x00]],
    ['nothing at all', []],
    ['literals alone, without a count of sequences', [0x08, 0x41]],
    ['bytes behind a count of no sequences', [0x08, 0x41, 0, 0]],
    ['reserved bits of the table modes', [0x08, 0x41, 1, 0x55, 1, 2, 0, 0x04]],
    ['a length code that does not exist', [0x08, 0x41, 1, 0x54, 36, 2, 0, 0x04]],
    ['an offset code of 31', [0x08, 0x41, 1, 0x54, 1, 31, 0, 255, 255, 255, 255, 1]],
    ['an offset of a gigabyte', [0x08, 0x41, 1, 0x54, 1, 30, 0, 255, 255, 255, 255, 1]],
    ['bits left over behind the last sequence', [0x08, 0x41, 1, 0x54, 1, 2, 0, 0x08]],
    // Type compressed, 128 Ki literals in 17 bytes: codes of up to 11 bits, four streams of the end mark alone.
    [
      '128 thousand literals of 11 bits each in four empty streams',
      [0x0e, 0, 0x60, 0x04, 0, 138, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0],
    ],
    ['streams that begin behind the block', [0x16, 0x80, 0x04, 0x81, 0x11, 255, 255, 1, 0, 1, 0, 1, 1, 1, 1, 0]],
    ['a Huffman code without symbols', [0xa2, 0x40, 0x01, 0x83, 0, 0, 1, 1, 0]],
    ['a Huffman code that is not complete', [0xa2, 0x40, 0x01, 0x82, 0x51, 0x10, 1, 1, 0]],
    ['a Huffman code of more than 11 bits', [0xa2, 0x40, 0x01, 0x82, 0xcc, 0x10, 1, 1, 0]],
  ])('%s', async (_name, block) => {
    const started = performance.now()
    const { bytes, defects } = await open(frame(...block))
    expect(bytes.length).toBe(0)
    expect(defects).toMatchObject([{ severity: 'error', code: 'zstd-damaged', offset: 0 }])
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe.skipIf(!hasProgram)('zstd, frames of the reference program', () => {
  it.each([['-1'], ['-3'], ['-19'], ['--ultra', '-22', '--long=25'], ['--no-check'], ['--fast=5']])(
    'round trip with %s %s %s',
    async (...options) => {
      const { bytes, defects } = await open(compress(...options) ?? new Uint8Array(0))
      expect(Buffer.compare(bytes, data)).toBe(0)
      expect(defects).toEqual([])
    },
  )

  it.each([0.1, 0.5, 0.9, 0.99999])('cut at %f: whole blocks before it come out, the offset is said', async (share) => {
    const packed = compress('-3') ?? new Uint8Array(0)
    const { bytes, defects } = await open(packed.subarray(0, Math.floor(packed.length * share)))
    expect(Buffer.compare(bytes, data.subarray(0, bytes.length))).toBe(0)
    expect(defects).toMatchObject([{ severity: 'error', code: 'zstd-truncated', offset: bytes.length }])
    if (share > 0.2) expect(bytes.length).toBeGreaterThan(100_000)
  })

  it('a flipped byte that still decodes is found by the content checksum', async () => {
    const packed = compress('-1') ?? new Uint8Array(0)
    packed[2000] = (packed[2000] ?? 0) ^ 0x10
    const { defects } = await open(packed)
    expect(defects).toMatchObject([{ severity: 'error', code: 'zstd-checksum' }])
  })
})

describe('xxh64', () => {
  const low = (bytes: Uint8Array) => {
    const hash = new Xxh64()
    hash.update(bytes)
    return hash.digestLow()
  }

  it('known values', () => {
    // Low halves of ef46db3751d8e999 (nothing) and 44bc2cf5ad770999 (abc), as xxhsum prints them.
    expect(low(new Uint8Array(0))).toBe(0x51d8e999)
    expect(low(toBytes('abc'))).toBe(0xad770999)
  })

  it('pieces give the same as the whole', () => {
    const bytes = noise(1000, 3)
    for (const step of [1, 7, 31, 32, 33, 100]) {
      const hash = new Xxh64()
      for (let at = 0; at < bytes.length; at += step) hash.update(bytes.subarray(at, at + step))
      expect(hash.digestLow()).toBe(low(bytes))
    }
  })

  it('is fast enough to run over every archive', () => {
    const bytes = noise(32 * 1024 * 1024, 4)
    low(bytes)
    const started = performance.now()
    low(bytes)
    const rate = bytes.length / (performance.now() - started) / 1000
    console.log(`xxh64: ${Math.round(rate)} MB/s`)
    expect(rate).toBeGreaterThan(60)
  })
})

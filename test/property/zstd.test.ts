/** Damage and cuts of zstd frames, and how their input is read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../src/archive/byte-sources.ts'
import { unzstd } from '../../src/archive/zstd.ts'
import { memoryLike } from '../builders/memory-like.ts'
import { inflateWith, rawZstdFrame } from '../builders/packed.ts'
import { concat } from '../builders/tar.ts'

const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures/zstd', name)))
const content = memoryLike(64, 7)
const frames = ['level-1.zst', 'level-19.zst', 'small-window.zst'].map((name) => [name, fixture(name)] as const)
const small = fixture('small.zst')
const smallContent = memoryLike(6, 3)

/** Changes a byte to another value. */
function damage(bytes: Uint8Array, changes: readonly (readonly [number, number])[]): Uint8Array {
  const damaged = bytes.slice()
  for (const [at, flip] of changes) damaged[at] = (damaged[at] ?? 0) ^ flip
  return damaged
}

const errors = ['FormatError', 'LimitError', 'OpenError']

describe.each(frames)('zstd, %s', (_name, packed) => {
  it('cut anywhere: a part of the content and the offset of the break', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 18, max: packed.length - 1 }), async (length) => {
        const { bytes, defects } = await inflateWith(unzstd, bytesSource(packed.subarray(0, length)))
        expect(Buffer.compare(bytes, content.subarray(0, bytes.length))).toBe(0)
        expect(defects).toMatchObject([{ code: 'zstd-truncated', offset: bytes.length }])
      }),
      { numRuns: 60 },
    )
  })

  it('a changed byte never passes in silence', async () => {
    // Behind the header: there, a larger window changes nothing.
    const change = fc.tuple(fc.integer({ min: 9, max: packed.length - 1 }), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(change, async (flip) => {
        const { bytes, defects } = await inflateWith(unzstd, bytesSource(damage(packed, [flip])))
        if (Buffer.compare(bytes, content) !== 0) expect(defects.length).toBeGreaterThan(0)
      }),
      { numRuns: 150 },
    )
  })
})

describe('zstd, small frames', () => {
  it('every cut', async () => {
    for (let length = 4; length < small.length; length++) {
      const { bytes, defects } = await inflateWith(unzstd, bytesSource(small.subarray(0, length)))
      expect(Buffer.compare(bytes, smallContent.subarray(0, bytes.length))).toBe(0)
      expect(defects).toMatchObject([{ code: 'zstd-truncated', offset: bytes.length }])
    }
  })

  it('any changes end soon, in a defect or an error of ours', async () => {
    const change = fc.tuple(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        const started = performance.now()
        await inflateWith(unzstd, bytesSource(damage(small, changes))).catch((error: unknown) => {
          expect(errors).toContain((error as Error).name)
        })
        expect(performance.now() - started).toBeLessThan(2000)
      }),
      { numRuns: 2000 },
    )
  })

  it('any bytes as a compressed block end soon', async () => {
    const block = fc.uint8Array({ minLength: 1, maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(block, async (bytes) => {
        const value = (bytes.length << 3) | 5
        const header = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38, value & 255, value >> 8, value >> 16)
        const { defects } = await inflateWith(unzstd, bytesSource(concat(header, bytes)))
        for (const defect of defects) expect(defect.code).toBe('zstd-damaged')
      }),
      { numRuns: 2000 },
    )
  })

  it('where input is read in pieces of any length, the output is the same', async () => {
    const packed = concat(small, rawZstdFrame([content.subarray(0, 300)]), small)
    const whole = concat(smallContent, content.subarray(0, 300), smallContent)
    const inPieces = (perRead: number) => async () => {
      const decode: typeof unzstd = (source, meter, defects, signal) => unzstd(source, meter, defects, signal, perRead)
      const { bytes, defects } = await inflateWith(decode, bytesSource(packed))
      expect(defects).toEqual([])
      expect(Buffer.compare(bytes, whole)).toBe(0)
    }
    await inPieces(1)()
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: packed.length }), (perRead) => inPieces(perRead)()),
      { numRuns: 40 },
    )
  })
})

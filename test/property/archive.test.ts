import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OpenError } from '../../src/base/errors.ts'
import { bytesSource } from '../../src/archive/byte-sources.ts'
import { CachedSource } from '../../src/archive/cached-source.ts'
import { gunzip } from '../../src/archive/gzip.ts'
import { foldName } from '../../src/archive/names.ts'
import { readPax } from '../../src/archive/pax.ts'
import { indexTar } from '../../src/archive/tar-index.ts'
import { unzstd } from '../../src/archive/zstd.ts'
import { layerBlob, layoutTar, manifestBlob, ociLayout } from '../builders/oci.ts'
import { inflateWith, rawZstdFrame, runProgram } from '../builders/packed.ts'
import { inputFile, openAll } from '../builders/sources.ts'
import { checkpointTar, concat, gnuLong, pax, paxRecord, tar } from '../builders/tar.ts'
import type { TarEntry } from '../builders/tar.ts'

const name = fc
  .string({ unit: fc.constantFrom(...Array.from('abcde/.é\udc80 ')), minLength: 1, maxLength: 40 })
  .filter((text) => !text.endsWith('/'))
const entry: fc.Arbitrary<TarEntry> = fc.record({
  name,
  body: fc.uint8Array({ maxLength: 2000 }),
  base256: fc.boolean(),
  magic: fc.constantFrom('ustar' as const, 'gnu' as const, 'v7' as const),
})

describe('archive properties', () => {
  it('tar: what was built is what is listed and read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), async (entries) => {
        const index = await indexTar(bytesSource(tar(...entries)))
        expect(index.members.map((member) => member.path)).toEqual(entries.map((item) => item.name))
        for (const [i, member] of index.members.entries()) {
          const body = await index.open(member).read(0, member.size)
          expect(Buffer.compare(body, entries[i]?.body as Uint8Array)).toBe(0)
        }
      }),
      { numRuns: 100 },
    )
  })

  it('tar: the size of the read-ahead changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 8 }), fc.integer({ min: 7, max: 5000 }), async (entries, block) => {
        const bytes = tar(...entries)
        const whole = await indexTar(bytesSource(bytes))
        const cached = await indexTar(new CachedSource(bytesSource(bytes), { block, capacity: 3 * block }))
        expect(cached.members).toEqual(whole.members)
        expect(cached.defects).toEqual(whole.defects)
      }),
      { numRuns: 50 },
    )
  })

  it('pax: records come back whatever bytes their values have', () => {
    const record = fc.tuple(fc.stringMatching(/^[a-zA-Z.]{1,20}$/), fc.uint8Array({ maxLength: 300 }))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const read = readPax(concat(...records.map(([key, value]) => paxRecord(key, value))))
        expect(read.brokenAt).toBeUndefined()
        expect(read.records.map(({ key, value }) => [key, [...value]])).toEqual(
          records.map(([key, value]) => [key, [...value]]),
        )
      }),
    )
  })

  it('folded names fold to themselves', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...Array.from('ab./')), maxLength: 20 }),
        (path) => foldName(foldName(path)) === foldName(path),
      ),
    )
  })

  it('gzip: our own decoder agrees with zlib', async () => {
    const native = globalThis.DecompressionStream
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      fc.tuple(fc.nat(255), fc.nat(70_000)).map(([byte, count]) => new Uint8Array(count).fill(byte)),
    )
    Reflect.deleteProperty(globalThis, 'DecompressionStream')
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), fc.integer({ min: 0, max: 9 }), async (chunks, level) => {
          const data = concat(...chunks)
          const { bytes, defects } = await inflateWith(gunzip, bytesSource(gzipSync(data, { level })))
          expect(Buffer.compare(bytes, data)).toBe(0)
          expect(defects).toEqual([])
        }),
        { numRuns: 60 },
      )
    } finally {
      globalThis.DecompressionStream = native
    }
  })
})

const plain = checkpointTar()
const layer = layerBlob(gzipSync(plain), 'tar+gzip')
const worlds: readonly (readonly [string, Uint8Array])[] = [
  ['tar', plain],
  [
    'tar with pax and GNU names',
    tar(
      pax([
        ['path', 'checkpoint/inventory.img'],
        ['size', '3'],
      ]),
      { name: 'x', body: 'abc' },
      gnuLong('L', 'config.dump'),
      { name: 'y' },
    ),
  ],
  ['gzip', gzipSync(plain)],
  ['zstd, raw blocks', rawZstdFrame([plain.subarray(0, 3000), plain.subarray(3000)])],
  ['zstd', runProgram('zstd', ['-q', '-c'], plain) ?? rawZstdFrame([plain])],
  ['OCI layout', layoutTar(ociLayout([manifestBlob([layer])], [layer]))],
]

describe('zstd of real data', () => {
  const text = Array.from({ length: 3000 }, (_, i) => `line ${i * i} of ${i % 7}`).join('\n')
  const packed = runProgram('zstd', ['-q', '-c', '-19', '--no-check'], new TextEncoder().encode(text))

  it.skipIf(!packed)('any changed bytes end soon, in output or a defect', async () => {
    const bytes = packed ?? new Uint8Array(1)
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        const damaged = bytes.slice()
        for (const [at, value] of changes) damaged[at] = value
        const started = performance.now()
        await inflateWith(unzstd, bytesSource(damaged)).catch((error: unknown) => {
          expect(['FormatError', 'LimitError', 'OpenError']).toContain((error as Error).name)
        })
        expect(performance.now() - started).toBeLessThan(3000)
      }),
      { numRuns: 300 },
    )
  })
})

/** Opens and reads everything; whatever happens must be a result, never another exception. */
async function survive(bytes: Uint8Array): Promise<void> {
  for (const result of await openAll([inputFile('x', bytes)])) {
    if (result.kind === 'failed') {
      expect(result.error).toBeInstanceOf(OpenError)
      continue
    }
    const { archive } = result
    for (const member of archive.members) {
      const source = archive.open(member)
      expect(source.size).toBeLessThanOrEqual(1e9)
      await source.read(0, Math.min(source.size, 10_000)).catch((error: unknown) => {
        expect((error as Error).name).toBe('FormatError')
      })
    }
    await archive.close()
  }
}

describe.each(worlds)('%s: any damage ends in a result', (_name, bytes) => {
  it('cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length), (length) => survive(bytes.slice(0, length))),
      { numRuns: 60 },
    )
  })

  it('bytes changed anywhere', async () => {
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const damaged = bytes.slice()
        for (const [at, value] of changes) damaged[at] = value
        return survive(damaged)
      }),
      { numRuns: 100 },
    )
  })
})

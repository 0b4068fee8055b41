import { describe, expect, test } from 'vitest'
import { readMetadata } from '../../../src/ingest/metadata.ts'
import { image } from '../../builders/image.ts'
import { evidenceOf } from '../../builders/small-evidence.ts'

async function factsOf(files: Readonly<Record<string, Uint8Array>>): Promise<Record<string, unknown>> {
  const { more } = await readMetadata(evidenceOf(files))
  const found = more.filter(({ group }) => group === 'Processor')
  return Object.fromEntries(found.map(({ label, fact }) => [label, fact.value]))
}

/** Words of `capability` with the given bits set, of the version that CRIU writes. */
function words(bits: readonly (readonly [word: number, bit: number])[], count = 19): number[] {
  return Array.from({ length: count }, (_, at) =>
    bits.filter(([word]) => word === at).reduce((sum, [, bit]) => sum + 2 ** bit, 0),
  )
}

const XEON = { vendor_id: 1, cpu_family: 6, model: 85, stepping: 7, capability_ver: 2, model_id: 'Intel(R) Xeon(R)  ' }

describe('cpuinfo.img', () => {
  test('says which processor it was and what programs could use', async () => {
    // sse4_2, avx, the highest bit of a word (avx512vl), pku; and bits that programs do not ask for.
    const capability = words([
      [4, 20],
      [4, 28],
      [9, 31],
      [11, 3],
      [0, 0],
      [12, 1],
    ])
    expect(
      await factsOf({ 'checkpoint/cpuinfo.img': image('CPUINFO', [{ x86_entry: [{ ...XEON, capability }] }]) }),
    ).toEqual({
      Processor: 'Intel(R) Xeon(R) (Intel, family 6, model 85, stepping 7)',
      Features: 'sse4_2 avx pku avx512vl',
    })
  })

  test('is traced to its record', async () => {
    const { more } = await readMetadata(
      evidenceOf({
        'checkpoint/cpuinfo.img': image('CPUINFO', [{ x86_entry: [{ ...XEON, capability: words([]) }] }]),
      }),
    )
    const fact = more.find(({ label }) => label === 'Features')?.fact
    expect(fact?.value).toBe('none of those that programs look for')
    expect(fact?.from).toMatchObject({ origin: { member: 0, offset: 12 }, path: 'x86_entry.0.capability' })
  })

  test('of a version that is not known has no features said of it', async () => {
    const entry = { ...XEON, vendor_id: 0, model_id: undefined, capability_ver: 3, capability: words([[4, 28]]) }
    expect(await factsOf({ 'checkpoint/cpuinfo.img': image('CPUINFO', [{ x86_entry: [entry] }]) })).toEqual({
      Processor: 'unknown maker, family 6, model 85, stepping 7',
    })
  })

  test.each([
    ['short of words', { ...XEON, capability: words([[4, 28]], 5) }, 'avx'],
    ['without words', { ...XEON, capability: [] }, 'none of those that programs look for'],
  ])('that is %s is read as far as it goes', async (_what, entry, features) => {
    const facts = await factsOf({ 'checkpoint/cpuinfo.img': image('CPUINFO', [{ x86_entry: [entry] }]) })
    expect(facts['Features']).toBe(features)
  })

  test('of another architecture says nothing', async () => {
    expect(
      await factsOf({ 'checkpoint/cpuinfo.img': image('CPUINFO', [{ ppc64_entry: [{ endian: 1, hwcap: [] }] }]) }),
    ).toEqual({})
  })
})

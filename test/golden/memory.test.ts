/**
 * The memory of real checkpoints through the whole door, against an independent reading of the same archives: mappings,
 * every stored byte, every place of what was planted. Each case is opened once.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SearchHit, SearchScope, SearchTerm } from '../../src/model/search.ts'
import { corpusCases, corpusFolder, fileUnderFalseName } from '../builders/sources.ts'
import { caseText, cases } from '../builders/joined.ts'
import { critMaps, oracleMemory, placesIn, type OracleMemory, type OraclePlace } from '../builders/memory-oracle.ts'
import { plantedIn, type CaseTruth } from '../builders/planted.ts'
import { openAnalysis, runSearch, runStrings, type OpenedAnalysis } from '../builders/search.ts'
import { storedStretches } from '../builders/layout.ts'

if (cases.length === 0) test.skip('left out: there is no corpus of real checkpoints', () => undefined)

interface Truth extends CaseTruth {
  readonly truth?: CaseTruth
  readonly env?: Readonly<Record<string, string>>
  readonly redis?: { readonly requirepass: string; readonly secrets_hash: Readonly<Record<string, string>> }
}

/** What is known to stand in memory: planted needles, else settings and secrets that the program was given. */
function textsOf({ truth, needles, env = {}, redis }: Truth): readonly string[] {
  const planted = Object.values(truth?.needles ?? needles ?? {})
  const secrets = redis ? [redis.requirepass, ...Object.values(redis.secrets_hash)] : []
  return planted.length > 0 ? planted : [...Object.entries(env).map((pair) => pair.join('=')), ...secrets]
}

/** A list of quoted texts: each line gives one pattern. */
function listOf(texts: readonly string[]): SearchTerm {
  return { kind: 'list', list: texts.map((text) => `"${text}"`).join('\n') }
}

function lineOfHit({ pid, shmid, address, pattern, form, mapping }: SearchHit): string {
  const where = mapping && `${mapping.start.toString(16)}-${mapping.end.toString(16)} ${mapping.permissions}`
  return `${pid ?? `object ${shmid}`} ${address.toString(16)} ${pattern} ${form} ${where ?? 'no mapping'}`
}

function protection(prot: number): string {
  return [prot & 1 ? 'r' : '-', prot & 2 ? 'w' : '-', prot & 4 ? 'x' : '-'].join('')
}

function lineOfPlace({ pid, shmid, address, text, form, mapping }: OraclePlace): string {
  const where =
    mapping &&
    `${mapping.start.toString(16)}-${mapping.end.toString(16)} ${protection(mapping.prot)}${mapping.flags & 1 ? 's' : 'p'}`
  return `${pid ?? `object ${shmid}`} ${address.toString(16)} ${text} ${form} ${where ?? 'no mapping'}`
}

describe.each(cases)('%s', (name) => {
  const facts = JSON.parse(caseText(name, 'case.json')) as Truth
  const truth = facts.truth ?? facts
  const texts = textsOf(facts)
  const needles = Object.keys(truth.needles ?? {})
  if (needles.length === 0)
    console.log(
      `${name}: no needles are planted; ${texts.length > 0 ? 'settings and secrets' : 'nothing'} is searched for`,
    )
  let opened: OpenedAnalysis
  let oracle: OracleMemory
  let places: readonly OraclePlace[]
  let hits: readonly SearchHit[]

  const find = async (term: SearchTerm, scope: SearchScope): Promise<readonly SearchHit[]> => {
    const found = await runSearch(opened, { term, scope })
    expect(found.summary).toMatchObject({ found: found.hits.length, kept: found.hits.length })
    return found.hits
  }

  beforeAll(async () => {
    const archive = corpusCases(corpusFolder() ?? '').find((item) => item.name === name)?.archive ?? ''
    opened = await openAnalysis(await fileUnderFalseName(archive))
    oracle = oracleMemory(name)
    places = placesIn(oracle, texts)
    hits = texts.length === 0 ? [] : await find(listOf(texts), { where: 'all' })
  }, 120_000)

  afterAll(async () => {
    await opened.analysis.close(opened.checkpoint.id)
  })

  test('every stored byte of every process is that of the pages images, and nothing else is stored', async () => {
    const { analysis, checkpoint } = opened
    expect(oracle.processes.length).toBeGreaterThan(0)
    for (const { pid, stretches } of oracle.processes) {
      const space = { kind: 'process', pid } as const
      const layout = await analysis.memoryLayout(checkpoint.id, space)
      expect(storedStretches(layout)).toEqual(stretches.map(({ base, bytes }) => [base, bytes.length]))
      for (const { base, bytes } of stretches)
        for (let at = 0; at < bytes.length; at += 2 ** 20) {
          const part = bytes.subarray(at, at + 2 ** 20)
          const read = await analysis.readMemory(checkpoint.id, space, BigInt(base + at), part.length)
          const got = Buffer.concat(read.map((segment) => ('bytes' in segment ? segment.bytes : Buffer.alloc(0))))
          expect(got.equals(part), `process ${pid} from ${base + at}`).toBe(true)
        }
    }
    for (const [shmid, stretches] of oracle.objects)
      for (const { base, bytes } of stretches) {
        const read = await analysis.readMemory(checkpoint.id, { kind: 'shared', shmid }, BigInt(base), bytes.length)
        expect(read).toMatchObject([{ address: BigInt(base) }])
        expect('bytes' in (read[0] ?? {}) && bytes.equals((read[0] as { bytes: Uint8Array }).bytes)).toBe(true)
      }
  }, 60_000)

  test('the mappings are those that crit prints', async () => {
    const printed = critMaps(name)
    expect(printed.size).toBeGreaterThan(0)
    for (const [pid, lines] of printed) {
      const { mappings } = await opened.analysis.memoryLayout(opened.checkpoint.id, { kind: 'process', pid })
      const ours = mappings.map(({ vma: { start, end, prot } }) => [start, end, protection(prot)])
      expect(ours).toEqual(lines.map(({ start, end, protection: printed }) => [start, end, printed]))
      for (const [index, { path, offset }] of lines.entries())
        if (path?.startsWith('/')) {
          const { name: shown = '', offset: from } = mappings[index]?.vma ?? {}
          // crit knows nothing of what was deleted.
          expect([typeof shown === 'string' ? shown.replace(/ \(deleted\)$/, '') : shown, from]).toEqual([path, offset])
        }
    }
  })

  test.runIf(texts.length > 0)('what was planted is found in its processes and mappings, and nowhere else', () => {
    expect(places.length).toBeGreaterThan(texts.length)
    expect(hits.map(lineOfHit).sort()).toEqual(places.map(lineOfPlace).sort())
  })

  test.runIf(needles.length > 0)('the needles stand where the program put them', () => {
    const planted = plantedIn(truth)
    if (planted.length === 0) console.log(`${name}: where its program puts its needles is not known here`)
    for (const { needle, pids, mapping, offset, address, utf16 = false } of planted) {
      const there = hits.filter((hit) => {
        if (hit.pattern !== needles.indexOf(needle) || (hit.form === 'utf-16le') !== utf16) return false
        if (hit.mapping?.permissions !== mapping?.permissions) return false
        const named = mapping?.name
        if (named instanceof RegExp ? !named.test(hit.mapping?.name ?? '') : hit.mapping?.name !== named) return false
        const from = Number(hit.address - (hit.mapping?.start ?? 0n))
        return (offset === undefined || from === offset) && (address === undefined || Number(hit.address) === address)
      })
      expect([...new Set(there.map(({ pid }) => pid))].sort(), needle).toEqual((pids ?? [undefined]).toSorted())
    }
  })

  test.runIf(texts.length > 0)('kinds of memory narrow it to the same places', async () => {
    const chosen: readonly (readonly [SearchScope, (place: OraclePlace) => boolean])[] = [
      [{ where: 'all', kinds: ['heap'] }, ({ mapping }) => mapping !== undefined && (mapping.status & 32) !== 0],
      [{ where: 'all', kinds: ['shared'] }, ({ pid, mapping }) => pid === undefined || (mapping?.flags ?? 0) % 2 === 1],
      [{ where: 'all', executable: true, writable: true }, ({ mapping }) => ((mapping?.prot ?? 0) & 6) === 6],
      [{ where: 1 }, ({ pid }) => pid === 1],
    ]
    for (const [scope, isIn] of chosen)
      expect((await find(listOf(texts), scope)).map(lineOfHit).sort()).toEqual(
        places.filter(isIn).map(lineOfPlace).sort(),
      )
    const objects = [...oracle.objects].flatMap(([shmid]) =>
      placesIn({ ...oracle, processes: [], unmapped: new Set([shmid]) }, texts),
    )
    expect((await find(listOf(texts), { where: 'shared' })).map(lineOfHit).sort()).toEqual(
      objects.map(lineOfPlace).sort(),
    )
  })

  test.runIf(texts.length > 0)('regular expressions for them find the same, with what stands around', async () => {
    const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    const found = await find(
      { kind: 'list', list: texts.map((text) => `re:${escape(text)}`).join('\n') },
      { where: 'all' },
    )
    const where = ({ pid, address, pattern }: SearchHit) => `${pid} ${address} ${pattern}`
    expect(found.map(where).sort()).toEqual(
      hits
        .filter(({ form }) => form === 'utf-8')
        .map(where)
        .sort(),
    )
    for (const { context, before, length, pattern, form } of hits)
      expect(
        Buffer.from(context.subarray(before, before + length)).toString(form === 'utf-8' ? 'utf8' : 'utf16le'),
      ).toBe(texts[pattern])
  })

  test.runIf(needles.includes('page-boundary'))('a text across a page border is found once in each process', () => {
    const across = hits.filter(({ address, length }) => address / 4096n !== (address + BigInt(length) - 1n) / 4096n)
    expect(across.map(({ pattern }) => needles[pattern])).toContain('page-boundary')
    expect(new Set(across.map(lineOfHit)).size).toBe(across.length)
  })

  test.runIf(needles.length > 0)(
    'a hit leads to the byte of the pages image that an independent search names',
    async () => {
      const { analysis, checkpoint } = opened
      const named = JSON.parse(caseText(name, 'oracle/needles.json')) as Record<string, Record<string, number[]>>
      const some = hits.filter(({ form }, index) => form === 'utf-8' && index % 7 === 0)
      expect(some.length).toBeGreaterThan(0)
      for (const hit of some) {
        const { address, bytes, origin } = await analysis.placeBytes(checkpoint.id, hit, hit.length)
        const at = Number(hit.address - address)
        expect(Buffer.from(bytes.subarray(at, at + hit.length)).toString()).toBe(texts[hit.pattern])
        const offsets = named[needles[hit.pattern] ?? '']?.[checkpoint.members[origin?.member ?? -1]?.name ?? '']
        expect(offsets).toContain(origin?.offset)
      }
    },
  )

  test.runIf(needles.includes('heap'))('one mapping, or a range that cuts a match off', async () => {
    const hit = hits.find(({ pid, pattern }) => pid === 1 && needles[pattern] === 'heap')
    if (!hit?.mapping) throw new Error('the needle is in no mapping')
    const { address, length, mapping } = hit
    const heap = listOf([truth.needles?.['heap'] ?? ''])
    const end = address + BigInt(length)
    const counts = async (from: bigint, below: bigint, more: object = {}) =>
      (await find(heap, { where: 1, range: { from, below }, ...more })).length
    const inside = hits.filter(
      (one) => one.pattern === hit.pattern && one.pid === 1 && one.mapping?.start === mapping.start,
    )
    expect(await counts(mapping.start, mapping.end)).toBe(inside.length)
    expect(await counts(mapping.start, mapping.end, { kinds: ['kernel'] })).toBe(0)
    expect(await counts(address, end)).toBe(1)
    expect(await counts(address, end, { writable: true })).toBe(1)
    expect(await counts(address + 1n, end)).toBe(0)
    expect(await counts(address, end - 1n, { writable: true })).toBe(0)
    const scope = { where: 1, range: { from: mapping.start, below: mapping.end } } as const
    const strings = await runStrings(opened, { scope, minLength: 8, encodings: ['ascii'] })
    expect(strings.map(({ text }) => text).join('\n')).toContain(truth.needles?.['heap'])
    for (const found of strings) expect(found.mapping).toEqual(mapping)
  })

  test.runIf(facts.redis)('strings with counts hold the keys', { timeout: 120_000 }, async () => {
    const strings = await runStrings(opened, { scope: { where: 'all' }, minLength: 6, encodings: ['ascii'] })
    expect(strings.length).toBeGreaterThan(10_000)
    expect(new Set(strings.map(({ text }) => text)).size).toBe(strings.length)
  })
})

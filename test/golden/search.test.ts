/** Searching the memory of real checkpoints: what was planted is found where an independent search finds it, only there. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SearchHit, SearchTerm } from '../../src/model/search.ts'
import { caseText, cases, joinedCase, joinedFixture, type Joined } from '../builders/joined.ts'
import { openAnalysis, runSearch, runStrings, type OpenedAnalysis } from '../builders/search.ts'
import { corpusCases, corpusFolder, fileUnderFalseName } from '../builders/sources.ts'

interface Truth {
  readonly needles?: Readonly<Record<string, string>>
  readonly truth?: { readonly needles?: Readonly<Record<string, string>> }
}

function needlesOf(name: string): Readonly<Record<string, string>> {
  const parsed = JSON.parse(caseText(name, 'case.json')) as Truth
  return parsed.truth?.needles ?? parsed.needles ?? {}
}

/** Stored ranges of a process in the order of their addresses, contiguous ones joined: made without the planner. */
async function stretches({ joined }: Joined, pid: number): Promise<{ base: bigint; bytes: Buffer }[]> {
  const space = await joined.index.memory.process(pid)
  const found: { base: bigint; parts: Buffer[]; end: bigint }[] = []
  for (const extent of space?.extents(0n, 1n << 64n) ?? []) {
    if (extent.gap) continue
    const bytes = Buffer.from(await extent.image.read(extent.offset, Number(extent.length)))
    const last = found.at(-1)
    if (last?.end === extent.address) {
      last.parts.push(bytes)
      last.end += extent.length
    } else found.push({ base: extent.address, parts: [bytes], end: extent.address + extent.length })
  }
  return found.map(({ base, parts }) => ({ base, bytes: Buffer.concat(parts) }))
}

function occurrences(bytes: Buffer, needle: Buffer): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) found.push(at)
  return found
}

/** Every place of every text in every process, as `pid address text`. */
async function places(joined: Joined, texts: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (const pid of joined.joined.index.tasks.keys())
    for (const { base, bytes } of await stretches(joined, pid))
      for (const [index, text] of texts.entries())
        for (const form of ['utf8', 'utf16le'] as const)
          for (const at of occurrences(bytes, Buffer.from(text, form)))
            found.push(`${pid} ${base + BigInt(at)} ${index}`)
  return found.sort()
}

function placesOf(hits: readonly SearchHit[]): string[] {
  return hits.map(({ pid, address, pattern }) => `${pid ?? 'none'} ${address} ${pattern}`).sort()
}

/** A list of quoted texts: each line gives one pattern. */
function listOf(texts: readonly string[]): SearchTerm {
  return { kind: 'list', list: texts.map((text) => `"${text}"`).join('\n') }
}

const opened = new Map<string, Promise<OpenedAnalysis>>()

function analysisOf(name: string): Promise<OpenedAnalysis> {
  const known = opened.get(name)
  if (known) return known
  const found = corpusCases(corpusFolder() ?? '').find((item) => item.name === name)
  if (!found) throw new Error(`no case ${name}`)
  const made = fileUnderFalseName(found.archive).then(openAnalysis)
  opened.set(name, made)
  return made
}

const withNeedles = cases.filter((name) => Object.keys(needlesOf(name)).length > 0)

describe.each(withNeedles)('%s', (name) => {
  const texts = Object.values(needlesOf(name))

  test('every needle is found in its processes and nowhere else', { timeout: 120_000 }, async () => {
    const { hits, summary } = await runSearch(await analysisOf(name), { term: listOf(texts), scope: { where: 'all' } })
    const expected = await places(await joinedCase(name), texts)
    expect(expected.length).toBeGreaterThan(10)
    expect(placesOf(hits.filter(({ pid }) => pid !== undefined))).toEqual(expected)
    expect(summary).toMatchObject({ complete: true, found: hits.length, kept: hits.length })
  })

  test('a regular expression for all of them finds the same', { timeout: 120_000 }, async () => {
    const escape = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    const list = texts.map((text) => `re:${escape(text)}`).join('\n')
    const { hits } = await runSearch(await analysisOf(name), { term: { kind: 'list', list }, scope: { where: 'all' } })
    const texted = await runSearch(await analysisOf(name), { term: listOf(texts), scope: { where: 'all' } })
    const utf8 = texted.hits.filter(({ form }) => form === 'utf-8')
    expect(placesOf(hits)).toEqual(placesOf(utf8))
  })
})

describe.runIf(cases.includes('webapp'))('webapp', () => {
  const needles = cases.includes('webapp') ? needlesOf('webapp') : {}
  const find = async (needle: string, more: object = {}): Promise<readonly SearchHit[]> => {
    const term: SearchTerm = { kind: 'text', text: needles[needle] ?? 'none', utf16: true }
    return (await runSearch(await analysisOf('webapp'), { term, scope: { where: 'all', ...more } })).hits
  }

  test('needles stand in mappings of their kind', async () => {
    for (const needle of ['shared-anon', 'memfd', 'sysv-shm']) {
      const hits = await find(needle, { kinds: ['shared'] })
      expect(
        hits.map(({ pid }) => pid),
        needle,
      ).toContain(1)
      for (const { mapping } of hits) expect(mapping?.permissions[3], needle).toBe('s')
    }
    const heap = await find('heap', { kinds: ['heap'] })
    for (const { mapping } of heap) expect(mapping?.name).toBe('[heap]')
    const cow = await find('file-cow', { kinds: ['file'] })
    expect(cow.map(({ mapping }) => mapping?.name)).toContain('/srv/app/cow.bin')
    const run = await find('rwx', { executable: true, writable: true })
    expect(run.map(({ mapping }) => mapping?.permissions)).toContain('rwxp')
  })

  test('one mapping, or a range that cuts a match off', async () => {
    const [hit] = (await find('heap')).filter(({ mapping }) => mapping?.permissions === 'rw-p')
    if (hit?.pid === undefined || !hit.mapping) throw new Error('the needle is in no process')
    const { pid, address, length, mapping } = hit
    const all = await find('heap', { where: pid })
    const inside = all.filter((one) => one.address >= mapping.start && one.address < mapping.end)
    const range = { from: mapping.start, below: mapping.end }
    expect(placesOf(await find('heap', { where: pid, range }))).toEqual(placesOf(inside))
    expect(await find('heap', { where: pid, range, kinds: ['kernel'] })).toEqual([])
    const end = address + BigInt(length)
    expect(await find('heap', { where: pid, range: { from: address, below: end } })).toHaveLength(1)
    expect(await find('heap', { where: pid, range: { from: address, below: end }, writable: true })).toHaveLength(1)
    expect(await find('heap', { where: pid, range: { from: address + 1n, below: end } })).toEqual([])
    expect(await find('heap', { where: pid, range: { from: address, below: end - 1n }, writable: true })).toEqual([])
    const query = { scope: { where: pid, range }, minLength: 8, encodings: ['ascii'] } as const
    const strings = await runStrings(await analysisOf('webapp'), query)
    expect(strings.map(({ text }) => text).join('\n')).toContain(needles['heap'])
    for (const found of strings) expect(found.mapping).toEqual(mapping)
  })

  test('a text in UTF-16 is found as such, with what stands around it', async () => {
    const hits = (await find('utf16')).filter(({ form }) => form === 'utf-16le')
    expect(hits.length).toBeGreaterThan(0)
    for (const { context, before, length } of hits)
      expect(Buffer.from(context.subarray(before, before + length)).toString('utf16le')).toBe(needles['utf16'])
  })

  test('a text across a page border is found once in each process', async () => {
    const hits = (await find('page-boundary')).filter(
      ({ address, length }) => address / 4096n !== (address + BigInt(length) - 1n) / 4096n,
    )
    expect(hits.length).toBeGreaterThan(0)
    expect(new Set(placesOf(hits)).size).toBe(hits.length)
  })

  test('shared memory objects are searched as such too', async () => {
    const hits = await find('sysv-shm', { where: 'shared' })
    expect(hits).toMatchObject([{ pid: undefined, mapping: undefined }])
  })

  test('the bytes around a hit lead back to the pages image that an independent search names', async () => {
    const { analysis, checkpoint } = await analysisOf('webapp')
    const oracle = JSON.parse(caseText('webapp', 'oracle/needles.json')) as Record<string, Record<string, number[]>>
    for (const hit of await find('child-anon')) {
      const { address, bytes, origin } = await analysis.placeBytes(checkpoint.id, hit, hit.length)
      const at = Number(hit.address - address)
      expect(Buffer.from(bytes.subarray(at, at + hit.length)).toString()).toBe(needles['child-anon'])
      const path = checkpoint.members[origin?.member ?? -1]?.name ?? ''
      expect(oracle['child-anon']?.[path]).toContain(origin?.offset)
    }
  })
})

describe.runIf(cases.includes('redis'))('redis', () => {
  test('strings with counts hold the keys', { timeout: 120_000 }, async () => {
    const strings = await runStrings(await analysisOf('redis'), {
      scope: { where: 'all' },
      minLength: 6,
      encodings: ['ascii'],
    })
    expect(strings.length).toBeGreaterThan(10_000)
    expect(new Set(strings.map(({ text }) => text)).size).toBe(strings.length)
  })
})

describe('small archives', () => {
  const KUBERNETES = 'containerd/2.2.1/counters.tar'
  const path = join(import.meta.dirname, '../fixtures/checkpoints', KUBERNETES)

  test('what the shell holds in its environment is found where a naive search finds it', async () => {
    const file = await openAnalysis(await fileUnderFalseName(path))
    const texts = ['PATH=/usr', 'KUBERNETES_SERVICE_HOST', 'while true', '\\x00\\x00\\x00sh']
    const { hits } = await runSearch(file, { term: listOf(texts), scope: { where: 'all' } })
    const plain = texts.map((text) => text.replaceAll('\\x00', '\0'))
    expect(placesOf(hits)).toEqual(await places(await joinedFixture(KUBERNETES), plain))
    expect(hits.length).toBeGreaterThan(0)
  })

  test('further hits than wanted are counted', async () => {
    const file = await openAnalysis(await fileUnderFalseName(path))
    const term: SearchTerm = { kind: 'regex', source: '[a-z]' }
    const { hits, summary } = await runSearch(file, { term, scope: { where: 1 }, limit: 10 })
    expect(hits).toHaveLength(10)
    expect(summary?.kept).toBe(10)
    expect(summary?.found).toBeGreaterThan(1000)
    expect(new Set(hits.map(({ pid }) => pid))).toEqual(new Set([1]))
  })

  test('a faulty pattern is refused with its place', async () => {
    const file = await openAnalysis(await fileUnderFalseName(path))
    const { events } = await runSearch(file, { term: { kind: 'regex', source: 'a(b' }, scope: { where: 'all' } })
    expect(events).toMatchObject([{ kind: 'refused', errors: [{ line: undefined }] }])
    const list = await runSearch(file, {
      term: { kind: 'list', list: 'good\nhex:4g\n10.0.0.0/8' },
      scope: { where: 'all' },
    })
    expect(list.events).toMatchObject([{ kind: 'refused', errors: [{ line: 2 }, { line: 3 }] }])
  })

  test('a cancelled search ends without a summary', async () => {
    const { analysis, checkpoint } = await openAnalysis(await fileUnderFalseName(path))
    const kinds: string[] = []
    const query = { term: { kind: 'text', text: 'sh' }, scope: { where: 'all' } } as const
    await analysis.search(9, checkpoint.id, query, (event) => {
      kinds.push(event.kind)
      void analysis.cancel(9)
    })
    expect(kinds).not.toContain('done')
  })

  test('strings of one process with the place of the first', async () => {
    const file = await openAnalysis(await fileUnderFalseName(path))
    const query = { scope: { where: 1 }, minLength: 8, encodings: ['ascii'] } as const
    const strings = await runStrings(file, query)
    const joined = await joinedFixture(KUBERNETES)
    const memory = await stretches(joined, 1)
    expect(strings.length).toBeGreaterThan(30)
    for (const { text, address, count, length } of strings) {
      const home = memory.find(({ base, bytes }) => base <= address && address < base + BigInt(bytes.length))
      const at = Number(address - (home?.base ?? 0n))
      expect(home?.bytes.subarray(at, at + length).toString('latin1')).toBe(text)
      expect(count).toBeGreaterThan(0)
    }
  })
})

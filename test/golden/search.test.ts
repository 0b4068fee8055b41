/** Searching memory as the analysis worker does it, over small archives. The corpus: memory.test.ts. */
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { SearchHit, SearchTerm } from '../../src/model/search.ts'
import { joinedFixture, type Joined } from '../builders/joined.ts'
import { openAnalysis, runSearch, runStrings } from '../builders/search.ts'
import { fileUnderFalseName } from '../builders/sources.ts'

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

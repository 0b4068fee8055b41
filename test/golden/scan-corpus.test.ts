/** Searching the memory of real checkpoints for what was planted in it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Pattern } from '../../src/scan/pattern.ts'
import { corpusArchive, corpusRoot } from '../builders/corpus.ts'
import { compiled, cutAt, scanPieces } from '../builders/scan.ts'

if (corpusRoot === undefined) console.log('scan: the corpus of real checkpoints is not there, its tests are left out')

interface Truth {
  readonly needles: Readonly<Record<string, string>>
}

describe.skipIf(corpusRoot === undefined)('needles in the memory of the intrusion checkpoint', () => {
  test('are all found, in all forms, where an independent search finds them', () => {
    const raw = JSON.parse(readFileSync(join(corpusRoot ?? '', 'intrusion/case.json'), 'utf8')) as {
      truth?: Truth
    } & Truth
    const { needles } = raw.truth ?? raw
    const texts = Object.values(needles)
    const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
    const patterns: Pattern[] = texts.flatMap((text): Pattern[] => [
      { kind: 'text', text, utf8: true, utf16le: true },
      { kind: 'hex', hex: Buffer.from(text).toString('hex') },
      { kind: 'regex', source: escape(text) },
    ])
    const set = compiled(...patterns)
    let total = 0
    for (const { path, bytes } of corpusArchive('intrusion')) {
      if (!/pages-\d+\.img$/.test(path)) continue
      const memory = Buffer.from(bytes)
      const expected = texts.flatMap((text, i) => {
        const utf8 = offsets(memory, Buffer.from(text))
        const utf16 = offsets(memory, Buffer.from(text, 'utf16le'))
        return [
          [...utf8, ...utf16].map((at) => `${3 * i}@${at}`),
          utf8.map((at) => `${3 * i + 1}@${at}`),
          utf8.map((at) => `${3 * i + 2}@${at}`),
        ].flat()
      })
      const hits = scanPieces(set, cutAt(bytes, 0n, [4096, 16_612, 43_340, 1_000_001, 6_696_180]))
      expect(hits.map(({ pattern, address }) => `${pattern}@${address}`).sort()).toEqual(expected.sort())
      total += hits.length
    }
    expect(total).toBeGreaterThan(30)
  })
})

function offsets(memory: Buffer, needle: Buffer): number[] {
  const found: number[] = []
  for (let at = memory.indexOf(needle); at >= 0; at = memory.indexOf(needle, at + 1)) found.push(at)
  return found
}

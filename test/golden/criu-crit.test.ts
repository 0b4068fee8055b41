import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { critJson } from '../../src/criu/crit-json.ts'
import { corpusArchive, corpusCases, corpusRoot } from '../builders/corpus.ts'

if (corpusRoot === undefined) console.warn('No corpus: the comparison with crit over real checkpoints is left out.')

/** Where ours differs from crit on purpose: what crit wrote → what stands there. Each reason is checked to occur. */
const EXCEPTIONS: readonly { reason: string; pretty?: boolean; theirs: RegExp; ours: string }[] = [
  {
    reason: 'this crit has no name for a dead task',
    pretty: true,
    theirs: /"task_state": 2\b/g,
    ours: '"task_state": "Dead"',
  },
  // Names that are not UTF-8: crit writes how Python would print the bytes, which a name may also look like.
  { reason: 'bytes as Python prints them', theirs: /"b'\/d\\\\xff\\\\xfe'"/g, ours: '"/d\\udcff\\udcfe"' },
  {
    reason: 'bytes as Python prints them',
    theirs: /"b'\/d\\\\xff\\\\xfe\/f\\\\x80.txt'"/g,
    ours: '"/d\\udcff\\udcfe/f\\udc80.txt"',
  },
  { reason: 'bytes as Python prints them', theirs: /"b'\/del\\\\xffeted'"/g, ours: '"/del\\udcffeted"' },
  { reason: 'bytes as Python prints them', theirs: /"b'\\\\xc3\('"/g, ours: '"\\udcc3("' },
  {
    reason: 'bytes as Python prints them',
    theirs: /"b'\\\\xed\\\\xa0\\\\x80surr'"/g,
    ours: '"\\udced\\udca0\\udc80surr"',
  },
  { reason: 'bytes as Python prints them', theirs: /"b'\\\\xff\\\\xfe\\\\xad'"/g, ours: '"\\udcff\\udcfe\\udcad"' },
  { reason: 'bytes as Python prints them', theirs: /"b'caf\\\\xe9 latin1'"/g, ours: '"caf\\udce9 latin1"' },
]

const used = new Set<string>()

function expected(text: string, pretty: boolean): string {
  let result = text
  for (const { theirs, ours, pretty: only } of EXCEPTIONS) {
    if (only !== undefined && only !== pretty) continue
    const next = result.replace(theirs, () => ours)
    if (next !== result) used.add(String(theirs))
    result = next
  }
  return result
}

describe.skipIf(corpusRoot === undefined).each(corpusCases())('%s', (name) => {
  const members = new Map(
    corpusArchive(name)
      .filter((member) => /^(checkpoint\/|stats-dump$)/.test(member.path))
      .map((member) => [basename(member.path), member.bytes]),
  )

  test.each([
    ['crit', false],
    ['crit-pretty', true],
  ])('%s: the text is the same, byte for byte', (directory, pretty) => {
    const root = join(corpusRoot ?? '', name, 'oracle', directory)
    const files = existsSync(root) ? readdirSync(root).filter((file) => file.endsWith('.json')) : []
    expect(files.length).toBeGreaterThan(10)
    for (const file of files) {
      const image = file.slice(0, -'.json'.length)
      const bytes = members.get(image)
      if (!bytes) throw new Error(`no member ${image}`)
      const ours = [...critJson(bytes, image, { pretty })].join('')
      expect(ours === expected(readFileSync(join(root, file), 'utf8'), pretty), `${name} ${file}`).toBe(true)
    }
  })
})

test.skipIf(corpusRoot === undefined)('every exception is still needed', () => {
  expect(EXCEPTIONS.filter(({ theirs }) => !used.has(String(theirs))).map(({ theirs }) => String(theirs))).toEqual([])
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { critJson } from '../../src/criu/crit-json.ts'
import { critExceptions, expectedOf, usedExceptions } from '../builders/crit-exceptions.ts'
import { corpusArchive, corpusCases, corpusRoot } from '../builders/corpus.ts'

if (corpusRoot === undefined) console.warn('No corpus: the comparison with crit over real checkpoints is left out.')

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
      expect(ours === expectedOf(readFileSync(join(root, file), 'utf8'), pretty), `${name} ${file}`).toBe(true)
    }
  })
})

test.skipIf(corpusRoot === undefined)('every exception is still needed', () => {
  expect(
    critExceptions.filter(({ theirs }) => !usedExceptions.has(String(theirs))).map(({ theirs }) => String(theirs)),
  ).toEqual([])
})

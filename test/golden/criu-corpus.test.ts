import { describe, expect, test } from 'vitest'
import { decodeImage } from '../../src/criu/decode-image.ts'
import { matchName } from '../../src/criu/image-types.ts'
import { corpusArchive, corpusCases, corpusRoot } from '../builders/corpus.ts'

if (corpusRoot === undefined) console.warn('No corpus: the golden tests over real checkpoints are left out.')

if (corpusRoot === undefined) test.skip('left out: there is no corpus of real checkpoints', () => undefined)

describe.skipIf(corpusRoot === undefined).each(corpusCases())('%s', (name) => {
  const members = corpusArchive(name).filter((member) => matchName(member.path) && member.bytes.length > 0)

  test('every image decodes without a defect', () => {
    expect(members.length).toBeGreaterThan(10)
    for (const { path, bytes } of members) {
      const image = decodeImage(bytes, path)
      expect(image.defects, path).toEqual([])
      if (image.version !== 'raw') expect(image.records.length, path).toBeGreaterThan(0)
    }
  })

  test('every image with a magic decodes under a false name', () => {
    for (const { path, bytes } of members) {
      const image = decodeImage(bytes, path)
      if (image.version === 'raw') continue
      const anonymous = decodeImage(bytes, 'unnamed')
      expect(anonymous.records.length, path).toBe(image.records.length)
      expect(anonymous.type.message, path).toBe(image.type.message)
    }
  })
})

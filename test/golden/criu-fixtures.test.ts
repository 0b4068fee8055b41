import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { critJson } from '../../src/criu/crit-json.ts'
import { decodeImage } from '../../src/criu/decode-image.ts'
import { imageType } from '../../src/criu/image-types.ts'
import { expectedOf } from '../builders/crit-exceptions.ts'

const root = join(import.meta.dirname, '../fixtures/images')

/** A file name that such an image might have. */
function nameOf(magic: string): string {
  return (imageType(magic).pattern.split(' | ')[0] ?? '').replace(/%l?[udx]/, '1')
}

const types = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

describe.each(types)('%s', (magic) => {
  const images = readdirSync(join(root, magic)).filter((file) => file.endsWith('.img'))

  test.each(images)('%s', (file) => {
    const bytes = readFileSync(join(root, magic, file))
    const decoded = decodeImage(bytes, nameOf(magic))
    expect(decoded.type.name).toBe(magic)
    expect(decoded.defects).toEqual([])
    for (const [ending, pretty] of [
      ['crit.json', false],
      ['pretty.json', true],
    ] as const) {
      const golden = join(root, magic, file.replace(/img$/, ending))
      if (!existsSync(golden)) continue
      expect([...critJson(bytes, nameOf(magic), { pretty })].join('')).toBe(
        expectedOf(readFileSync(golden, 'utf8'), pretty),
      )
    }
    const own = join(root, magic, file.replace(/img$/, 'own.json'))
    if (existsSync(own))
      expect([...critJson(bytes, nameOf(magic), { pretty: true })].join('')).toBe(readFileSync(own, 'utf8'))
    const comparable = readdirSync(join(root, magic)).some((name) => name.endsWith('.json'))
    expect(comparable).toBe(true)
  })
})

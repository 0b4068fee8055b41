/** What the documents state about the code, compared with the code. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createConsole } from '../../src/app/console.ts'
import { fields } from '../../src/commands/fields.ts'
import { limits } from '../../src/base/limits.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('documents', () => {
  test('every limit stands in formats-and-limits.md, and none that is gone', () => {
    const named = [...read('docs/formats-and-limits.md').matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)
    expect(named.toSorted()).toEqual(Object.keys(limits).toSorted())
  })

  test('every function of the console stands in console.md, and none that is gone', () => {
    const functions = Object.keys(createConsole(undefined as never))
    const named = [...read('docs/console.md').matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name)
    expect(named.toSorted()).toEqual(functions.toSorted())
  })

  test('every value of the commands stands in console.md', () => {
    const text = read('docs/console.md')
    for (const field of fields) {
      expect(text).toContain(`\`${field.id}\``)
      if (field.type === 'choice') for (const option of field.options) expect(text).toContain(`\`${option.id}\``)
    }
  })

  test('every npm command that is mentioned exists', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const texts = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'].map(read).join('\n')
    const named = [...texts.matchAll(/npm (?:run )?([a-z]+(?::[a-z\d]+)?)/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => name !== 'i' && !(name in scripts))).toEqual([])
  })

  test('links between documents lead somewhere', () => {
    for (const path of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'src/README.md', 'docs/guide.md'])
      for (const [, target = ''] of read(path).matchAll(/\]\((?!https?:)([^)#]+)/g))
        expect(existsSync(join(root, path, '..', target)), `${path} → ${target}`).toBe(true)
  })

  test('every picture of the guide is shown, and none is large', () => {
    const shown = [...read('docs/guide.md').matchAll(/\]\(guide\/([^)]+)\)/g)].map(([, name]) => name)
    const kept = readdirSync(join(root, 'docs/guide'))
    expect(shown.toSorted()).toEqual(kept.toSorted())
    for (const name of kept) expect(statSync(join(root, 'docs/guide', name)).size, name).toBeLessThan(150_000)
  })
})

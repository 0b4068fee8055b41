import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Ref } from '../../../src/model/ref.ts'
import { views } from '../../../src/views/index.ts'
import { viewOf } from '../../../src/views/parts/view-of.ts'

const folder = join(import.meta.dirname, '../../../src/views')

test('views: every folder with a screen is listed', () => {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'parts')
    .map((entry) => entry.name)
  expect(
    views
      .all()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(folders.sort())
})

test('views: keys lead to one screen each', () => {
  const keys = views.all().flatMap((view) => view.keys ?? [])
  expect(new Set(keys).size).toBe(keys.length)
})

test('views: every kind of thing has a screen that shows it', () => {
  const refs: readonly Ref[] = [
    { kind: 'process', pid: 1 },
    { kind: 'thread', pid: 1, tid: 2 },
    { kind: 'fd', pid: 1, fd: 0 },
    { kind: 'file', id: 1 },
    { kind: 'socket', id: 1 },
    { kind: 'mount', ns: 1, id: 1 },
    { kind: 'member', index: 0 },
    { kind: 'memory', space: { kind: 'process', pid: 1 }, address: 0n },
  ]
  for (const ref of refs) expect(views.get(viewOf(ref)).reveals).toContain(ref.kind)
  expect(viewOf({ kind: 'member', index: 0, record: 0 })).toBe('images')
})

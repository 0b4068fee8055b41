import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import { absent } from '../../../src/model/absent.ts'
import { checkpointSaveName, saveName } from '../../../src/views/parts/save.ts'

test('save: the name is the last part of the path, made harmless', () => {
  expect(saveName('checkpoint/core-1.img')).toBe('core-1.img')
  expect(saveName('../../etc/passwd')).toBe('passwd')
  expect(saveName('..')).toBe('_')
  expect(saveName('')).toBe('member')
  expect(saveName('a\u202egpj.exe')).toBe('a_gpj.exe')
})

test('save: the whole checkpoint keeps pod and container, however long and odd', () => {
  const none = absent('not-recorded', 'not recorded')
  const nameOf = (name: string, pod: string | typeof none, container: string | typeof none) =>
    checkpointSaveName({ name, metadata: { pod: { value: pod }, container: { value: container } } } as Checkpoint)
  expect(nameOf('counters / counter', 'counters', 'counter')).toBe('counters_counter')
  expect(nameOf('web', none, 'web')).toBe('web')
  expect(nameOf('a/b.tar', none, none)).toBe('a_b.tar')
  expect(nameOf('', 'p'.repeat(300), '../c')).toBe(`${'p'.repeat(60)}_.._c`)
})

test('save: no path gives a name with separators, controls or a leading dot', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (path) => {
      expect(saveName(path)).toMatch(/^[\w@+=,-][\w.@+=,-]{0,119}$/)
    }),
  )
})

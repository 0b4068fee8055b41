import fc from 'fast-check'
import { expect, test } from 'vitest'
import { saveName } from '../../../src/views/parts/save.ts'

test('save: the name is the last part of the path, made harmless', () => {
  expect(saveName('checkpoint/core-1.img')).toBe('core-1.img')
  expect(saveName('../../etc/passwd')).toBe('passwd')
  expect(saveName('..')).toBe('_')
  expect(saveName('')).toBe('member')
  expect(saveName('a\u202egpj.exe')).toBe('a_gpj.exe')
})

test('save: no path gives a name with separators, controls or a leading dot', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (path) => {
      expect(saveName(path)).toMatch(/^[\w@+=,-][\w.@+=,-]{0,119}$/)
    }),
  )
})

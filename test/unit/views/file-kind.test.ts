import { expect, test } from 'vitest'
import { absent, type Maybe } from '../../../src/model/absent.ts'
import type { FileRow } from '../../../src/query/files.ts'
import { cellText } from '../../../src/ui/cell.ts'
import { fileKindCell } from '../../../src/views/parts/files.ts'

function kind(type: string, mode: Maybe<number> | undefined): string {
  const file = mode === undefined ? undefined : ({ mode } as FileRow['file'])
  return cellText(fileKindCell({ descriptor: { type } as FileRow['descriptor'], file }))
}

test('what CRIU saves by path is named as lsof does, as far as its mode tells', () => {
  expect(kind('REG', 0o100644)).toBe('REG')
  expect(kind('REG', 0o040755)).toBe('DIR')
  expect(kind('REG', 0o020666)).toBe('CHR')
  expect(kind('REG', 0o060660)).toBe('BLK')
})

test('without a mode, and for other types, CRIU’s name stands', () => {
  expect(kind('REG', absent('not-recorded', 'no mode'))).toBe('REG')
  expect(kind('REG', undefined)).toBe('REG')
  expect(kind('FIFO', 0o010600)).toBe('FIFO')
})

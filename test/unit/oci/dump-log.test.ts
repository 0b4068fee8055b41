import { expect, test } from 'vitest'
import { encodeText } from '../../../src/base/text.ts'
import { parseDumpLog } from '../../../src/oci/dump-log.ts'

function parse(text: string, offset = 0) {
  return parseDumpLog([{ offset, bytes: encodeText(text) }])
}

test('versions and host, with the offset of their lines', () => {
  const log = parse(
    '(00.000445) Version: 4.2 (gitid v4.2-22-g2cf8f13ca)\n(00.000451) Running on vm Linux 6.18.44 #1 SMP @0 x86_64\n',
    100,
  )
  expect(log.version).toEqual({ value: '4.2', offset: 100, length: 51 })
  expect(log.gitId?.value).toBe('v4.2-22-g2cf8f13ca')
  expect([log.host, log.kernelRelease, log.kernelVersion, log.machine].map((item) => item?.value)).toEqual([
    'vm',
    '6.18.44',
    '#1 SMP @0',
    'x86_64',
  ])
})

test('of two runs in one log the last one counts', () => {
  expect(parse('(00.000001) Version: 3.17\n(00.000001) Version: 4.2\n').version?.value).toBe('4.2')
})

test('errors and warnings are found at the start of a message only', () => {
  const log = parse(
    '(00.000001) Error (a.c:1): x\nno Error here\n(00.2) Warn  (b.c:2): y\n(00.000002) Warn  (b.c:2): z\n',
  )
  expect(log.errors.map((line) => line.offset)).toEqual([0])
  expect(log.warnings.map((line) => line.text)).toEqual(['Warn  (b.c:2): z'])
})

test('bytes that are no text, one endless line, and nothing at all', () => {
  expect(parse('').version).toBeUndefined()
  expect(parse('\0'.repeat(100_000)).errors).toEqual([])
  const log = parseDumpLog([{ offset: 0, bytes: new Uint8Array(2_000_000).fill(0xff) }])
  expect(log).toMatchObject({ finished: false, errors: [] })
})

test('a host name that fits the pattern badly is not split wrongly for ever', () => {
  const started = performance.now()
  expect(parse(`(00.000001) Running on ${'a '.repeat(4000)}\n`).machine?.value).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(1000)
})

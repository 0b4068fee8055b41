/** The sample of the empty page is the archive that .ci/sample.mjs makes of a real one, and says what was changed. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decompress } from 'fzstd'
import { expect, test } from 'vitest'
import { sampleOf } from '../../../.ci/sample.mjs'
import { root } from '../../../.ci/steps.mjs'
import { corpusRoot } from '../../builders/corpus.ts'
import { readTar } from '../../builders/read-archive.ts'

const sample = decompress(readFileSync(join(root, 'src/app/sample.tar.zst')))
const member = (path: string) => readTar(sample).find((one) => one.path === path)?.bytes ?? new Uint8Array()
const stored = (path: string) => Buffer.from(member(path)).toString('latin1').replaceAll('\0', '').length

test('it names what was changed, and of the C library nothing is left', () => {
  const text = Buffer.from(member('README.txt')).toString()
  for (const path of ['checkpoint/ghost-file-1.img', 'checkpoint/pages-4.img']) {
    expect(text).toContain(path)
    expect(member(path).length).toBeGreaterThan(600_000)
    expect(stored(path)).toBeLessThan(3 * 4096)
    expect(Buffer.from(member(path)).includes('GLIBC_TUNABLES')).toBe(false)
  }
})

const original = join(corpusRoot ?? '', 'intrusion/checkpoint.tar.gz')
const isThere = existsSync(original)
if (!isThere) console.warn('the sample is not compared with its original: the corpus has no intrusion/')
test.runIf(isThere)('it is the original but for that', () => {
  expect(Buffer.from(sample).equals(sampleOf(readFileSync(original)))).toBe(true)
})

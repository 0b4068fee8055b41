/** What a release is made of: an archive that any tar reads, and a bill of materials that names what is in the build. */
import { expect, test } from 'vitest'
import { billOfMaterials } from '../../../.ci/sbom.mjs'
import { tarOf } from '../../../.ci/tar.mjs'
import { readTar } from '../../builders/read-archive.ts'

const LICENCES = 'svelte 5.57.3 (MIT)\ncomlink 4.4.2 (Apache-2.0)\n'

test('the archive has the files, sorted, and the same bytes whatever the order they come in', () => {
  const files = new Map([
    ['b/two.txt', Buffer.from('two')],
    ['a.txt', Buffer.alloc(513, 7)],
  ])
  const archive = tarOf(files)
  expect(tarOf(new Map([...files].reverse())).equals(archive)).toBe(true)
  expect(readTar(archive).map(({ path, bytes }) => [path, bytes.length])).toEqual([
    ['a.txt', 513],
    ['b/two.txt', 3],
  ])
})

test('the bill of materials tells what is in the build from what builds it', () => {
  const bill = billOfMaterials(LICENCES)
  const scopeOf = (name: string) => bill.components.find((one) => one.name === name)?.scope
  expect(scopeOf('svelte')).toBe('required')
  expect(scopeOf('comlink')).toBe('required')
  expect(scopeOf('vitest')).toBe('excluded')
  for (const { hashes, purl } of bill.components) {
    expect(hashes[0]?.content, purl).toMatch(/^[0-9a-f]{128}$/)
    expect(purl).toMatch(/^pkg:npm\/(%40[^/]+\/)?[^@]+@\d/)
  }
  const known = new Set([...bill.components.map(({ purl }) => purl), bill.metadata.component.purl])
  expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((one) => !known.has(one))).toEqual([])
  expect(billOfMaterials(LICENCES)).toEqual(bill)
})

test('a package in the build that the lock file does not know is an error', () => {
  expect(() => billOfMaterials('stranger 1.0.0 (MIT)\n')).toThrow('stranger@1.0.0')
})

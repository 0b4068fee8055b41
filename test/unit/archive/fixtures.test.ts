import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { blobSource } from '../../../src/archive/byte-sources.ts'
import { indexTar } from '../../../src/archive/tar-index.ts'
import { fileUnderFalseName, openOne } from '../../builders/sources.ts'

const fixtures = resolve(import.meta.dirname, '../../fixtures/checkpoints')

describe('real checkpoints under a false name', () => {
  it.each([
    ['containerd/2.2.1/counters.tar', 'none', 36],
    ['cri-o/1.34.0/counters.tar', 'none', 35],
    ['podman/5.4.2/counters.tar.gz', 'gzip', 45],
    ['podman/5.4.2/counters.tar.zst', 'zstd', 45],
  ])('%s', async (path, compression, count) => {
    const archive = await openOne([await fileUnderFalseName(join(fixtures, path))])
    expect(archive).toMatchObject({ label: 'holiday.jpg', shape: 'tar', compression, defects: [] })
    expect(archive.members).toHaveLength(count)
    const names = archive.members.map((member) => member.name)
    expect(names).toEqual(
      expect.arrayContaining(['config.dump', 'spec.dump', 'checkpoint/pstree.img', 'checkpoint/inventory.img']),
    )
    const config = archive.members.find((member) => member.name === 'config.dump')
    const source = config && archive.open(config)
    const text = new TextDecoder().decode(await source?.read(0, source.size))
    expect(Object.keys(JSON.parse(text) as object)).toContain('id')
  })
})

const version = spawnSync('tar', ['--version'], { encoding: 'utf8' })
const hasTar = version.status === 0 && version.stdout.includes('GNU tar')
if (!hasTar) console.log('GNU tar is not installed: tests against it are left out.')

describe.skipIf(!hasTar)('archives of GNU tar', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-'))
  const long = 'n'.repeat(180)
  const holes = join(folder, 'holes')
  writeFileSync(join(folder, long), 'long')
  symlinkSync('t'.repeat(150), join(folder, 'link'))
  writeFileSync(holes, '')
  truncateSync(holes, 3_000_000)
  const file = openSync(holes, 'r+')
  for (const at of [8192, 1_000_000, 2_500_000]) writeSync(file, 'data', at)
  closeSync(file)
  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['gnu', []],
    ['oldgnu', []],
    ['posix', ['--sparse-version=0.0']],
    ['posix', ['--sparse-version=0.1']],
    ['posix', ['--sparse-version=1.0']],
  ])('format %s %s: long names, links, holes', async (format, options) => {
    const run = spawnSync('tar', ['-C', folder, `--format=${format}`, ...options, '-Scf', '-', long, 'link', 'holes'], {
      maxBuffer: 1e8,
    })
    const index = await indexTar(blobSource(new Blob([new Uint8Array(run.stdout)])))
    expect(index.defects).toEqual([])
    expect(index.members.map(({ name, type, size }) => [name, type, size])).toEqual([
      [long, 'file', 4],
      ['link', 'symlink', 0],
      ['holes', 'file', 3_000_000],
    ])
    expect(index.members[1]?.linkTarget).toBe('t'.repeat(150))
    const [, , member] = index.members
    const bytes = member && (await index.open(member).read(0, 3_000_000))
    for (const at of [8192, 1_000_000, 2_500_000]) {
      expect(new TextDecoder().decode(bytes?.subarray(at, at + 4))).toBe('data')
    }
    expect(bytes?.reduce((sum, byte) => sum + byte, 0)).toBe(3 * (100 + 97 + 116 + 97))
  })
})

import { describe, expect, test } from 'vitest'
import { gzipSync } from 'node:zlib'
import { planLayer } from '../../../src/package/layer.ts'
import { buildImage, collectPieces } from '../../builders/oci-image.ts'
import { archiveOf } from '../../builders/small-evidence.ts'
import { inputFile, openOne } from '../../builders/sources.ts'
import { checkpointTar, concat, inventoryImage, tar, tarMember, toBytes, type TarEntry } from '../../builders/tar.ts'

const base: readonly TarEntry[] = [
  { name: 'checkpoint/inventory.img', body: inventoryImage() },
  { name: 'config.dump', body: '{}' },
  { name: 'spec.dump', body: '{}' },
]
const opened = (bytes: Uint8Array) => openOne([inputFile('a.tar', bytes)])
const withMember = (...entries: readonly TarEntry[]) => opened(tar(...base, ...entries))

describe('the layer', () => {
  test('of a plain tar is the tar itself', async () => {
    const bytes = checkpointTar()
    const layer = planLayer(await opened(bytes))
    expect(layer).toMatchObject({ made: 'as-dropped', size: bytes.length, notes: [] })
    expect(await collectPieces(layer.pieces())).toEqual(bytes)
  })

  test('of a compressed tar is what is inside', async () => {
    const bytes = checkpointTar()
    const layer = planLayer(await opened(gzipSync(bytes)))
    expect(layer).toMatchObject({ made: 'inflated', size: bytes.length })
    expect(await collectPieces(layer.pieces())).toEqual(bytes)
  })

  test('of a checkpoint image is the layer that it came in', async () => {
    const bytes = checkpointTar()
    const { bytes: image } = await buildImage(await opened(bytes))
    const again = planLayer(await opened(image))
    expect(await collectPieces(again.pieces())).toEqual(bytes)
  })

  test('of a folder is a tar of its files, the same each time', async () => {
    const long = `checkpoint/${'n'.repeat(150)}\udcff.img`
    const archive = await openOne([
      inputFile('dir/checkpoint/inventory.img', inventoryImage()),
      inputFile(`dir/${long}`, toBytes('long')),
      inputFile('dir/config.dump', toBytes('{}')),
      inputFile('dir/spec.dump', toBytes('{}')),
    ])
    const layer = planLayer(archive)
    const written = await collectPieces(layer.pieces())
    expect(layer).toMatchObject({ made: 'written', size: written.length, notes: [] })
    expect(await collectPieces(layer.pieces())).toEqual(written)
    const back = await opened(written)
    expect(back.defects).toEqual([])
    expect(back.members.map(({ path, size }) => [path, size])).toEqual(
      archive.members.map(({ name, size }) => [name, size]),
    )
    const member = back.members.find(({ path }) => path === long)
    expect(member && (await back.open(member).read(0, 4))).toEqual(toBytes('long'))
  })

  test('of a part of an archive stands at the root', async () => {
    const inside = (prefix: string) => base.map((entry) => ({ ...entry, name: prefix + entry.name }))
    const archive = await opened(
      tar(
        ...inside('pod/one/'),
        { name: 'pod/one/checkpoint/hard', type: '1', link: 'pod/one/config.dump' },
        { name: 'pod/one/checkpoint/soft', type: '2', link: '../config.dump', mode: 0o777, uid: 7 },
        { name: 'pod/one/checkpoint/null', type: '3', device: [1, 3] },
      ),
    )
    const back = await opened(await collectPieces(planLayer(archive).pieces()))
    expect(
      back.members.map(({ path, type, linkTarget, uid, device }) => ({ path, type, linkTarget, uid, device })),
    ).toEqual([
      { path: 'checkpoint/inventory.img', type: 'file', linkTarget: undefined, uid: 0, device: undefined },
      { path: 'config.dump', type: 'file', linkTarget: undefined, uid: 0, device: undefined },
      { path: 'spec.dump', type: 'file', linkTarget: undefined, uid: 0, device: undefined },
      { path: 'checkpoint/hard', type: 'hardlink', linkTarget: 'config.dump', uid: 0, device: undefined },
      { path: 'checkpoint/soft', type: 'symlink', linkTarget: '../config.dump', uid: 7, device: undefined },
      { path: 'checkpoint/null', type: 'char-device', linkTarget: undefined, uid: 0, device: { major: 1, minor: 3 } },
    ])
  })

  test('holds sizes beyond 8 GiB and names of any bytes', async () => {
    const size = 9 * 1024 ** 3
    const archive = archiveOf({ 'checkpoint/pages-1.img': { size }, 'config.dump': '{}', 'spec.dump': '{}' })
    const { value: header } = await planLayer(archive).pieces().next()
    expect(header && Buffer.from(header).readUIntBE(130, 6)).toBe(size)
    expect(header?.[124]).toBe(0x80)
  })
})

describe('is refused with its reason:', () => {
  test.each([
    ['../etc/cron.d/x', 'leads out of the archive'],
    ['checkpoint/../../x', 'leads out of the archive'],
    ['checkpoint/.wh.core-1.img', 'deletion mark'],
    ['.wh..wh..opq', 'deletion mark'],
  ])('a member %s', async (name, why) => {
    const archive = await withMember({ name, body: 'x' })
    expect(() => planLayer(archive)).toThrow(why)
  })

  test('a cut archive', async () => {
    const bytes = tar(...base, { name: 'checkpoint/pages-1.img', body: new Uint8Array(4096) })
    const archive = await opened(bytes.subarray(0, bytes.length - 1024 - 2048))
    expect(() => planLayer(archive)).toThrow('is cut off')
  })

  test('a header that does not add up', async () => {
    const archive = await withMember({ name: 'x', body: 'x', spoil: (block) => block.set([0x31], 0) })
    expect(() => planLayer(archive)).toThrow('checksum')
  })

  test('a checkpoint of ctr', () => {
    expect(() => planLayer(archiveOf({}, { shape: 'ctr-image' }))).toThrow('ctr images import')
  })

  test('a socket, and a hard link to something else', () => {
    expect(() => planLayer(archiveOf({ s: { type: 'socket' } }))).toThrow('no tar holds')
    expect(() => planLayer(archiveOf({ s: { type: 'hardlink', linkTarget: 'else' } }))).toThrow('no part of it')
  })
})

describe('is noted:', () => {
  test('what engines treat in their own way', async () => {
    const archive = await withMember(
      { name: '/etc/passwd', body: 'x' },
      { name: 'config.dump', body: '{}' },
      { name: 'checkpoint/null', type: '3', device: [1, 3] },
    )
    expect(planLayer(archive).notes.map((note) => note.split('.')[0])).toEqual([
      'Members with an absolute path: 1',
      'Members whose name occurs before: 1',
      'Device nodes: 1',
    ])
  })

  test('data behind the end mark, which stays in the layer', async () => {
    const bytes = concat(checkpointTar(), new Uint8Array(512).fill(0x55))
    const layer = planLayer(await opened(bytes))
    expect(layer.notes).toEqual([expect.stringContaining('end mark')])
    expect(await collectPieces(layer.pieces())).toEqual(bytes)
  })

  test('that no engine restores images alone', async () => {
    const archive = await opened(tar({ name: 'inventory.img', body: inventoryImage() }))
    expect(planLayer(archive).notes).toEqual([expect.stringContaining('no config.dump and no spec.dump')])
  })
})

test('a member of a header alone is no reason', async () => {
  const archive = await opened(concat(tarMember({ name: 'checkpoint/', type: '5' }), tar(...base)))
  expect(planLayer(archive).made).toBe('as-dropped')
})

import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { OpenError } from '../../../src/base/errors.ts'
import type { OpenedArchive, Progress } from '../../../src/archive/member.ts'
import { makeSpillStore } from '../../../src/archive/spill.ts'
import { indexBlob, layerBlob, layoutFolder, layoutTar, manifestBlob, ociLayout } from '../../builders/oci.ts'
import type { Blob_ } from '../../builders/oci.ts'
import { inputFile, openAll, openOne } from '../../builders/sources.ts'
import { checkpointTar, concat, inventoryImage, tar, toBytes } from '../../builders/tar.ts'

const names = (archive: OpenedArchive) => archive.members.map((member) => member.name)
const CHECKPOINT = ['checkpoint', 'checkpoint/inventory.img', 'checkpoint/pages-1.img', 'config.dump', 'spec.dump']
const serviceImage = Uint8Array.of(0x40, 0x59, 0x10, 0x55, 6, 0x33, 9, 0x57)

async function readAll(archive: OpenedArchive, name: string): Promise<Uint8Array> {
  const member = archive.members.find((item) => item.name === name)
  if (!member) throw new Error(`no ${name}`)
  const source = archive.open(member)
  return source.read(0, source.size)
}

async function failure(...files: Parameters<typeof openAll>[0]): Promise<OpenError> {
  const [result] = await openAll(files)
  if (result?.kind !== 'failed') throw new Error('it opened')
  return result.error
}

describe('one file, decided by its bytes', () => {
  it('a plain tar is read in place', async () => {
    const bytes = checkpointTar()
    const archive = await openOne([inputFile('cat.png', bytes)])
    expect(archive).toMatchObject({
      label: 'cat.png',
      shape: 'tar',
      compression: 'none',
      spill: 'none',
      size: bytes.length,
      unpackedSize: bytes.length,
    })
    expect(names(archive)).toEqual(CHECKPOINT)
    expect(await readAll(archive, 'checkpoint/inventory.img')).toEqual(inventoryImage())
  })

  it('gzip is inflated once, with progress', async () => {
    const progress: Progress[] = []
    const packed = gzipSync(checkpointTar())
    const archive = await openOne([inputFile('x', packed)], { onProgress: (item) => progress.push(item) })
    expect(archive).toMatchObject({
      compression: 'gzip',
      spill: 'memory',
      size: packed.length,
      unpackedSize: checkpointTar().length,
    })
    expect(progress.find(({ phase }) => phase === 'inflating')).toMatchObject({
      done: packed.length,
      total: packed.length,
    })
    await archive.close()
    await archive.close()
  })

  it.each(['./', 'my-copy/', './a/b/'])(
    'members under %s get the usual names, paths stay as recorded',
    async (prefix) => {
      const archive = await openOne([inputFile('x', checkpointTar(prefix))])
      expect(names(archive)).toEqual(CHECKPOINT)
      expect(archive.members[1]?.path).toBe(`${prefix}checkpoint/inventory.img`)
    },
  )

  it('a bare tar of images: they stay at the top', async () => {
    const archive = await openOne([inputFile('x', tar({ name: 'pstree.img', body: 'x' }, { name: 'core-1.img' }))])
    expect(names(archive)).toEqual(['pstree.img', 'core-1.img'])
  })

  it('a damaged tar still opens as far as it goes', async () => {
    const bytes = checkpointTar()
    const archive = await openOne([inputFile('x', bytes.subarray(0, 4000))])
    expect(archive.defects).toMatchObject([{ code: 'tar-truncated-body', offset: 4000 }])
  })

  it('a cut gzip still opens as far as it goes', async () => {
    const packed = gzipSync(checkpointTar(), { level: 0 })
    const archive = await openOne([inputFile('x', packed.subarray(0, 4000))])
    expect(archive.defects.map((defect) => defect.code)).toEqual(['gzip-truncated', 'tar-truncated-body'])
  })

  it('a file that changed since it was dropped: no talk of permissions', async () => {
    const file = new Blob([new Uint8Array(checkpointTar())])
    file.slice = () => {
      throw new DOMException(
        'permission problems that have occurred after a reference was acquired',
        'NotReadableError',
      )
    }
    const error = await failure({ path: 'x', file })
    expect(error.code).toBe('unreadable')
    expect(error.message).toMatch(/changed, moved or removed/)
    expect(error.message).not.toMatch(/permission/i)
  })
})

describe('not a checkpoint: what was found instead', () => {
  it.each([
    ['nothing', new Uint8Array(0), 'empty', /empty/],
    [
      'an ELF file',
      concat(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46), new Uint8Array(2000)),
      'not-a-checkpoint',
      /ELF executable/,
    ],
    ['a PNG', concat(Uint8Array.of(0x89, 0x50, 0x4e, 0x47), new Uint8Array(2000)), 'not-a-checkpoint', /PNG image/],
    ['text', toBytes('dear diary'), 'not-a-checkpoint', /text file/],
    ['JSON', toBytes(' {"a": 1}'), 'not-a-checkpoint', /JSON/],
    ['zeros', new Uint8Array(4096), 'not-a-checkpoint', /zeros/],
    ['xz', Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0), 'unsupported-compression', /xz/],
    ['bzip2', toBytes('BZh91AY&SY'), 'unsupported-compression', /bzip2/],
    ['lz4', Uint8Array.of(4, 0x22, 0x4d, 0x18, 0), 'unsupported-compression', /lz4/],
    ['zip', toBytes('PK\x03\x04rest'), 'unsupported-compression', /zip/],
    ['an encrypted file', toBytes('age-encryption.org/v1\n'), 'encrypted', /age/],
    ['a gzip of text', gzipSync(toBytes('hello')), 'not-a-checkpoint', /gzip data holding a text file/],
    ['a gzip without content', gzipSync(new Uint8Array(0)), 'not-a-checkpoint', /empty file/],
    ['a gzip header alone', gzipSync(toBytes('x')).subarray(0, 5), 'unreadable', /gzip header/],
    [
      'a tar of other things',
      tar({ name: 'notes/a.txt', body: 'x' }, { name: 'b' }),
      'not-a-checkpoint',
      /tar of 2 members.*notes\/a\.txt, b/,
    ],
    [
      'a gzipped tar of other things',
      gzipSync(tar({ name: 'b' })),
      'not-a-checkpoint',
      /gzip-compressed tar of 1 member /,
    ],
  ] as const)('%s', async (_name, bytes, code, message) => {
    const error = await failure(inputFile('checkpoint.tar', bytes))
    expect(error.code).toBe(code)
    expect(error.message).toMatch(message)
    expect(error.advice).not.toBe('')
  })

  it.each([
    ['gzip', gzipSync(gzipSync(checkpointTar())), /twice.*gzip -dc FILE/],
    ['zstd', gzipSync(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0)), /twice.*zstd -dc FILE/],
    ['xz', gzipSync(Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0)), /xz -dc FILE/],
  ])('%s inside gzip: says how to unpack it', async (_name, bytes, advice) => {
    expect((await failure(inputFile('checkpoint.tar.gz.gz', bytes))).advice).toMatch(advice)
  })

  it('one bad file does not keep the others from opening', async () => {
    const results = await openAll([
      inputFile('a', toBytes('no')),
      inputFile('b', checkpointTar()),
      inputFile('c', new Uint8Array(0)),
    ])
    expect(results.map((result) => result.kind)).toEqual(['failed', 'archive', 'failed'])
  })
})

describe('folders and loose files', () => {
  it('loose CRIU images are one checkpoint, archives beside them stand alone', async () => {
    const results = await openAll([
      inputFile('inventory.img', inventoryImage()),
      inputFile('other', checkpointTar()),
      inputFile('stats-dump', serviceImage),
      inputFile('pages-1.img', new Uint8Array(4096)),
      inputFile('descriptors.json', toBytes('[]')),
    ])
    const archives = results.flatMap((result) => (result.kind === 'archive' ? [result.archive] : []))
    expect(archives.map((archive) => [archive.label, archive.shape])).toEqual([
      ['other', 'tar'],
      ['inventory.img and 3 more', 'directory'],
    ])
    expect(archives[1] && names(archives[1])).toEqual([
      'inventory.img',
      'stats-dump',
      'pages-1.img',
      'descriptors.json',
    ])
  })

  it('a bare folder of images, as docker, nerdctl, runc and crun leave it', async () => {
    const archive = await openOne([
      inputFile('cp1/inventory.img', inventoryImage()),
      inputFile('cp1/pstree.img', toBytes('x')),
      inputFile('cp1/descriptors.json', toBytes('[]')),
    ])
    expect(archive).toMatchObject({ label: 'cp1', shape: 'directory', spill: 'none' })
    expect(names(archive)).toEqual(['inventory.img', 'pstree.img', 'descriptors.json'])
    expect(await readAll(archive, 'pstree.img')).toEqual(toBytes('x'))
  })

  it('an unpacked archive, deeper in the folder', async () => {
    const archive = await openOne([
      inputFile('work/case7/readme', toBytes('x')),
      inputFile('work/case7/cp/checkpoint/inventory.img', inventoryImage()),
      inputFile('work/case7/cp/spec.dump', toBytes('{}')),
    ])
    expect(names(archive)).toEqual(['case7/readme', 'checkpoint/inventory.img', 'spec.dump'])
  })

  it('two checkpoints in one folder', async () => {
    const results = await openAll([
      inputFile('all/a/inventory.img', inventoryImage()),
      inputFile('all/b/checkpoint/inventory.img', inventoryImage()),
      inputFile('all/b/config.dump', toBytes('{}')),
    ])
    const archives = results.flatMap((result) => (result.kind === 'archive' ? [result.archive] : []))
    expect(archives.map((archive) => [archive.label, names(archive)])).toEqual([
      ['all: a', ['inventory.img']],
      ['all: b', ['checkpoint/inventory.img', 'config.dump']],
    ])
  })

  it('images under other names are known by their magic', async () => {
    const image = Uint8Array.of(0x19, 0x43, 0x56, 0x54, 0x30, 0x30, 0x27, 0x50)
    const archive = await openOne([inputFile('d/one', image), inputFile('d/two', toBytes('x'))])
    expect(archive.shape).toBe('directory')
  })

  it('a folder of archives: each is opened', async () => {
    const results = await openAll([
      inputFile('kubelet/a.tar', checkpointTar()),
      inputFile('kubelet/note.txt', toBytes('x')),
      inputFile('kubelet/b.tar', gzipSync(checkpointTar())),
    ])
    expect(
      results.map((result) =>
        result.kind === 'archive' ? [result.archive.label, result.archive.size] : result.error.code,
      ),
    ).toEqual([
      ['kubelet/a.tar', checkpointTar().length],
      ['kubelet/b.tar', gzipSync(checkpointTar()).length],
    ])
  })

  it('a folder of other things', async () => {
    const error = await failure(inputFile('holidays/a.png', Uint8Array.of(0x89, 0x50, 0x4e, 0x47)))
    expect(error.message).toMatch(/folder of 1 member without CRIU images/)
  })
})

describe('container images', () => {
  const annotations = { 'org.criu.checkpoint.container.name': 'counter' }

  it.each([
    ['plain', layerBlob(checkpointTar()), 'none'],
    ['gzip', layerBlob(gzipSync(checkpointTar()), 'tar+gzip'), 'gzip'],
  ] as const)('an OCI layout with a %s checkpoint layer, as tar and as folder', async (_name, layer, compression) => {
    const files = ociLayout([manifestBlob([layer], annotations)], [layer], { top: 'yes' })
    for (const input of [
      [inputFile('x', layoutTar(files))],
      [inputFile('x', layoutTar(files, './'))],
      layoutFolder(files, 'image'),
    ]) {
      const archive = await openOne(input)
      expect(archive).toMatchObject({ shape: 'oci-layout', compression, unpackedSize: checkpointTar().length })
      expect(names(archive)).toEqual(CHECKPOINT)
      expect(archive.annotations.map(({ key, value }) => [key, value])).toEqual([
        ['top', 'yes'],
        ...Object.entries(annotations),
      ])
      expect(await readAll(archive, 'checkpoint/inventory.img')).toEqual(inventoryImage())
      await archive.close()
    }
  })

  it('nested indexes, and a compressed layout', async () => {
    const layer = layerBlob(checkpointTar())
    const manifest = manifestBlob([layer])
    const files = ociLayout([indexBlob([manifest])], [manifest, layer])
    const archive = await openOne([inputFile('x', gzipSync(layoutTar(files)))])
    expect(names(archive)).toEqual(CHECKPOINT)
    expect(await readAll(archive, 'config.dump')).toEqual(toBytes('{"id":"abc"}'))
  })

  it('an index that points to itself ends', async () => {
    const loop = toBytes('{"manifests":[]}')
    const files = ociLayout([{ mediaType: 'application/vnd.oci.image.index.v1+json', bytes: loop }], [])
    expect((await failure(inputFile('x', layoutTar(files)))).code).toBe('not-a-checkpoint')
  })

  it('an ordinary image says what it is', async () => {
    const layer = layerBlob(tar({ name: 'bin/sh', body: 'x' }))
    const error = await failure(inputFile('x', layoutTar(ociLayout([manifestBlob([layer])], [layer]))))
    expect(error.message).toMatch(/ordinary container image/)
  })

  it('an encrypted layer', async () => {
    const layer = layerBlob(toBytes('secret'), 'tar+gzip+encrypted')
    const error = await failure(inputFile('x', layoutTar(ociLayout([manifestBlob([layer])], [layer]))))
    expect(error.code).toBe('encrypted')
  })

  it('a docker archive whose layers are links, as podman save writes them', async () => {
    const bytes = tar(
      { name: 'abc.tar', body: checkpointTar() },
      { name: 'def/layer.tar', type: '2', link: '../abc.tar' },
      {
        name: 'manifest.json',
        body: JSON.stringify([{ Config: 'c.json', RepoTags: ['cp:latest'], Layers: ['def/layer.tar'] }]),
      },
    )
    const archive = await openOne([inputFile('x', bytes)])
    expect(archive.shape).toBe('docker-archive')
    expect(names(archive)).toEqual(CHECKPOINT)
  })

  it('a link in a docker archive that climbs out matches nothing', async () => {
    const bytes = tar(
      { name: 'layer.tar', type: '2', link: '../../../etc/passwd' },
      { name: 'manifest.json', body: JSON.stringify([{ Layers: ['layer.tar', '/etc/passwd'] }]) },
    )
    expect((await failure(inputFile('x', bytes))).message).toMatch(/docker archive whose 2 layers/)
  })

  describe('a ctr checkpoint', () => {
    const images = tar(
      { name: 'inventory.img', body: inventoryImage() },
      { name: 'pstree.img', body: 'x' },
      { name: 'pages-1.img', body: new Uint8Array(8192) },
    )
    const spec = '{"hostname":"web"}'
    const type = 'types.containerd.io/opencontainers/runtime-spec/1/Spec'
    const config = Uint8Array.from([0x0a, type.length, ...toBytes(type), 0x12, spec.length, ...toBytes(spec)])
    const part = 'application/vnd.containerd.container.checkpoint'
    const criu = { mediaType: 'application/vnd.containerd.container.criu.checkpoint.criu.tar', bytes: images }
    const blobs: Blob_[] = [
      { mediaType: `${part}.config.v1+proto`, bytes: config },
      criu,
      { mediaType: `${part}.options.v1+proto`, bytes: toBytes('options') },
      { mediaType: `${part}.runtime.name`, bytes: toBytes('io.containerd.runc.v2') },
      { mediaType: `${part}.runtime.options+proto`, bytes: toBytes('runtime') },
      layerBlob(gzipSync(tar({ name: 'etc/new', body: 'x' })), 'tar+gzip'),
    ]
    const files = ociLayout([indexBlob(blobs)], blobs)
    const pathOf = (bytes: Uint8Array) => files.find((file) => file[1] === bytes)?.[0] ?? ''
    const [CONFIG, IMAGES, OTHERS] = [
      ['ctr.config.pb', 'spec.dump'],
      ['checkpoint/inventory.img', 'checkpoint/pstree.img', 'checkpoint/pages-1.img'],
      ['ctr.options.pb', 'ctr.runtime.name', 'ctr.runtime.options.pb', 'rootfs-diff.tar'],
    ] as const
    /** The files with another body for one of them, or without it. */
    const but = (bytes: Uint8Array, instead?: Uint8Array) =>
      files.flatMap((file): typeof files => (file[1] !== bytes ? [file] : instead ? [[file[0], instead]] : []))

    it.each(['tar', 'folder'] as const)('one flat list under the names of its parts, as a %s', async (form) => {
      const archive = await openOne(form === 'tar' ? [inputFile('x', layoutTar(files))] : layoutFolder(files, 'image'))
      expect(archive.shape).toBe('ctr-image')
      expect(names(archive)).toEqual([...CONFIG, ...IMAGES, ...OTHERS])
      expect(archive.members.map(({ path }) => path)).toEqual(names(archive))
      const storedIn = (name: string) => archive.members.find((member) => member.name === name)?.storedIn
      expect(storedIn('ctr.config.pb')).toBe(pathOf(config))
      expect(storedIn('checkpoint/pages-1.img')).toBe(`${pathOf(images)}: pages-1.img`)
      expect(await readAll(archive, 'ctr.runtime.name')).toEqual(toBytes('io.containerd.runc.v2'))
      expect(await readAll(archive, 'spec.dump')).toEqual(toBytes(spec))
      expect(archive.defects).toEqual([])
      await archive.close()
    })

    it('bodies are where they stand in the whole archive', async () => {
      const bytes = layoutTar(files)
      const archive = await openOne([inputFile('x', bytes)])
      for (const name of [...CONFIG, ...IMAGES]) {
        const { dataOffset = -1, size } = archive.members.find((member) => member.name === name) ?? { size: -1 }
        expect(await readAll(archive, name), name).toEqual(bytes.subarray(dataOffset, dataOffset + size))
      }
    })

    it.each(['tar', 'folder'] as const)('a part that is missing is said, the rest of the %s opens', async (form) => {
      const open = (left: typeof files) =>
        openOne(form === 'tar' ? [inputFile('x', layoutTar(left))] : layoutFolder(left, 'image'))
      const lost = await open(but(images))
      expect(names(lost)).toEqual([...CONFIG, ...OTHERS])
      expect(lost.defects).toMatchObject([{ severity: 'error', code: 'ctr-part-missing' }])
      expect(lost.defects[0]?.message).toContain(`the CRIU images of its processes and their memory (${images.length}`)
      const noConfig = await open(but(config))
      expect(names(noConfig)).toEqual([...IMAGES, ...OTHERS])
      expect(noConfig.defects[0]?.message).toMatch(/the configuration of the container .* missing/)
    })

    it('half of the images: how much is there, and inside which image they end', async () => {
      const half = images.subarray(0, 4096)
      const archive = await openOne(layoutFolder(but(images, half), 'image'))
      expect(names(archive)).toEqual([...CONFIG, ...IMAGES, ...OTHERS])
      expect(archive.defects.map(({ message }) => message)).toEqual([
        expect.stringContaining(`only 4096 of ${images.length} bytes`),
        expect.stringContaining('inside pages-1.img: 1536 of its 8192 bytes are there'),
      ])
      const none = await openOne(layoutFolder(but(images, new Uint8Array()), 'image'))
      expect(none.defects[0]?.message).toContain(`only 0 of ${images.length} bytes`)
    })

    it('an archive cut inside the images says what it lacks once, and not in checksums alone', async () => {
      const index = files.filter(([name]) => !name.startsWith('blobs/'))
      const top = files.filter(([name]) => name.startsWith('blobs/'))
      const ordered = [...index, ...top.filter(([, bytes]) => bytes !== images), [pathOf(images), images] as const]
      const bytes = layoutTar(ordered)
      const archive = await openOne([inputFile('x', bytes.subarray(0, bytes.length - 1024 - 4096))])
      const messages = archive.defects.map(({ message }) => message)
      expect(messages).toHaveLength(2)
      expect(messages[0]).toMatch(
        /of the CRIU images of its processes and their memory only \d+ of \d+ bytes are there/,
      )
      expect(messages[1]).toContain('inside pages-1.img')
    })

    it('a part that is no tar is said, the rest opens', async () => {
      const archive = await openOne(
        layoutFolder(
          but(
            images,
            images.map(() => 0x41),
          ),
          'image',
        ),
      )
      expect(names(archive)).toEqual([...CONFIG, ...OTHERS])
      expect(archive.defects).toMatchObject([{ code: 'ctr-part-unreadable' }])
    })
  })

  it('a pod: each archive inside is opened', async () => {
    const pod = tar(
      { name: 'pod.options', body: '{}' },
      { name: 'web.tar', body: checkpointTar() },
      { name: 'db.tar', body: gzipSync(checkpointTar()) },
    )
    const results = await openAll([inputFile('pod', pod)])
    expect(results.map((result) => (result.kind === 'archive' ? result.archive.label : result.error.message))).toEqual([
      'pod: web.tar',
      'pod: db.tar',
    ])
  })

  it('archives in archives end at the depth limit', async () => {
    let bytes = checkpointTar()
    for (let i = 0; i < 8; i++) bytes = tar({ name: 'inner.tar', body: bytes })
    expect((await failure(inputFile('x', bytes))).code).toBe('not-a-checkpoint')
  })
})

describe('room and cancel', () => {
  it('an archive that cannot be held says so and what to do', async () => {
    const spill = makeSpillStore({ budget: 1024 })
    const [result] = await openAll([inputFile('x', gzipSync(checkpointTar()))], { spill })
    expect(result).toMatchObject({ kind: 'failed', error: { code: 'no-room' } })
  })

  it('closing gives the room back', async () => {
    const spill = makeSpillStore({ budget: 20_000 })
    for (let i = 0; i < 3; i++) await (await openOne([inputFile('x', gzipSync(checkpointTar()))], { spill })).close()
  })

  it('a cancelled opening throws AbortError', async () => {
    const signal = AbortSignal.abort()
    await expect(openAll([inputFile('x', checkpointTar())], { signal })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

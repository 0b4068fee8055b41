import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { OpenedArchive } from '../../../src/archive/member.ts'
import { planLayer } from '../../../src/package/layer.ts'
import { planImage } from '../../../src/package/oci-image.ts'
import { buildImage, plainFacts } from '../../builders/oci-image.ts'
import { inputFile, openOne } from '../../builders/sources.ts'
import { checkpointTar } from '../../builders/tar.ts'

const archive = () => openOne([inputFile('a.tar', checkpointTar())])
const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** Files of the layout by name, as a simple reader of tars sees them. */
function filesOf(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  const text = (at: number, length: number) =>
    Buffer.from(bytes.subarray(at, at + length))
      .toString()
      .split('\0')[0] ?? ''
  for (let at = 0; bytes[at] !== 0;) {
    const size = parseInt(text(at + 124, 12), 8)
    files.set(text(at, 100), bytes.subarray(at + 512, at + 512 + size))
    at += 512 + Math.ceil(size / 512) * 512
  }
  return files
}

interface Pointer {
  digest: string
  size: number
  mediaType: string
  annotations?: Record<string, string>
}

function layoutOf(bytes: Uint8Array) {
  const files = filesOf(bytes)
  const json = (name: string): unknown => JSON.parse(Buffer.from(files.get(name) ?? []).toString())
  const blob = ({ digest }: Pointer) => files.get(`blobs/sha256/${digest.slice(7)}`)
  const index = json('index.json') as { manifests: Pointer[]; annotations: Record<string, string> }
  const [pointer] = index.manifests
  if (!pointer) throw new Error('no manifest')
  const manifest = json(`blobs/sha256/${pointer.digest.slice(7)}`) as {
    config: Pointer
    layers: Pointer[]
    annotations: Record<string, string>
  }
  const config = json(`blobs/sha256/${manifest.config.digest.slice(7)}`) as {
    rootfs: { diff_ids: string[] }
    architecture: string
    created?: string
  }
  return { files, blob, index, pointer, manifest, config }
}

describe('the image', () => {
  test('has digests and sizes that fit its blobs, one layer, and the size that was told', async () => {
    const { image, bytes } = await buildImage(await archive())
    const { blob, pointer, manifest, config, files } = layoutOf(bytes)
    expect(bytes.length).toBe(image.size)
    for (const one of [pointer, manifest.config, ...manifest.layers]) {
      const content = blob(one) ?? new Uint8Array()
      expect(one).toMatchObject({ digest: digestOf(content), size: content.length })
    }
    expect(manifest.layers).toHaveLength(1)
    expect(config.rootfs.diff_ids).toEqual([manifest.layers[0]?.digest])
    expect(digestOf(checkpointTar())).toBe(image.layerDigest)
    expect([pointer.digest, manifest.config.digest]).toEqual([image.manifestDigest, image.configDigest])
    expect(JSON.parse(Buffer.from(files.get('oci-layout') ?? []).toString())).toEqual({ imageLayoutVersion: '1.0.0' })
  })

  test('has its annotations on the manifest, on the index and where the index points to it', async () => {
    const annotations = [
      { key: 'org.criu.checkpoint.container.name', value: '"\n$(id)😀' },
      { key: 'io.kubernetes.cri-o.annotations.checkpoint.name', value: 'counter' },
    ]
    const { index, pointer, manifest } = layoutOf((await buildImage(await archive(), { annotations })).bytes)
    const expected = Object.fromEntries(annotations.map(({ key, value }) => [key, value]))
    expect(manifest.annotations).toEqual(expected)
    expect(index.annotations).toEqual(expected)
    expect(pointer.annotations).toEqual(expected)
  })

  test('is named when a name is given', async () => {
    const reference = 'quay.example/team/counter:v1'
    const { pointer } = layoutOf((await buildImage(await archive(), { reference })).bytes)
    expect(pointer.annotations).toMatchObject({
      'org.opencontainers.image.ref.name': reference,
      'io.containerd.image.name': reference,
    })
  })

  test.each(['', ' ', 'a b', '-x', 'a\nb', 'a$(id)', 'x'.repeat(600), 'ünï'])(
    'refuses the name %j',
    async (reference) => {
      await expect(buildImage(await archive(), { reference })).rejects.toThrow('no name for an image')
    },
  )

  test('is the same each time and says no more than is known', async () => {
    const facts = { architecture: undefined, created: undefined }
    const [one, other] = [await buildImage(await archive(), facts), await buildImage(await archive(), facts)]
    expect(one.bytes).toEqual(other.bytes)
    const { config } = layoutOf(one.bytes)
    expect(config).not.toHaveProperty('created')
    expect(config.architecture).toBe('unknown')
  })

  test('opens again as the checkpoint that it was made of', async () => {
    const before = await archive()
    const after = await openOne([inputFile('image.tar', (await buildImage(before)).bytes)])
    const seen = ({ members }: OpenedArchive) =>
      members.map(({ path, size, mode, mtime }) => ({ path, size, mode, mtime }))
    expect(seen(after)).toEqual(seen(before))
    expect(after.annotations).toContainEqual(expect.objectContaining(plainFacts.annotations[0]))
  })

  test('can be cancelled while its layer is hashed', async () => {
    const layer = planLayer(await archive())
    const cancel = new AbortController()
    cancel.abort()
    await expect(planImage(layer, plainFacts, () => undefined, cancel.signal)).rejects.toThrow('abort')
  })

  test.each(['9999-12-31T23:59:59Z', '1066-10-14T09:00:00Z', 'yesterday'])(
    'stands in a sound tar at %s',
    async (created) => {
      const { bytes } = await buildImage(await archive(), { created })
      expect((await openOne([inputFile('image.tar', bytes)])).defects).toEqual([])
    },
  )
})

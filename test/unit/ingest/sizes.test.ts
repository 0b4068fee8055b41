import { describe, expect, test } from 'vitest'
import { readSizes } from '../../../src/ingest/sizes.ts'
import { evidenceOf, imageBytes } from '../../builders/small-evidence.ts'

describe('readSizes', () => {
  test('groups add up, and pages of shared memory are told by the pagemap that names them', async () => {
    const sizes = await readSizes(
      evidenceOf({
        'checkpoint/inventory.img': 'inventory',
        'checkpoint/pagemap-shmem-7.img': imageBytes(0x56084025, [0x08, 0x02]),
        'checkpoint/pages-1.img': new Uint8Array(4096),
        'checkpoint/pages-2.img': new Uint8Array(8192),
        'rootfs-diff.tar': Uint8Array.from([0x1f, 0x8b, 8]),
        'dump.log': 'log',
        'spec.dump': '{}',
        'what.bin': 'x',
        link: { type: 'symlink', size: 0 },
      }),
    )
    expect(Object.fromEntries(sizes.groups.map((group) => [group.id, group.bytes]))).toEqual({
      memory: 4096,
      shared: 8192,
      images: 9 + 14,
      rootfs: 3,
      logs: 3,
      metadata: 2,
      other: 1,
    })
    expect(sizes).toMatchObject({
      checkpoint: 9 + 14 + 4096 + 8192,
      memoryPages: 12288,
      rootfsDiff: 3,
      rootfsDiffCompressed: true,
    })
  })

  test('what is not there is absent, not 0', async () => {
    const sizes = await readSizes(evidenceOf({ 'config.dump': '{}' }))
    expect(sizes.checkpoint).toMatchObject({ absent: 'not-in-archive' })
    expect(sizes.memoryPages).toMatchObject({ absent: 'not-in-archive' })
    expect(sizes.rootfsDiff).toMatchObject({ absent: 'not-in-archive' })
    expect(sizes.rootfsDiffCompressed).toMatchObject({ absent: 'not-in-archive' })
  })

  test('in a bare folder only what CRIU wrote counts as checkpoint', async () => {
    const sizes = await readSizes(evidenceOf({ 'inventory.img': 'abc', 'pages-1.img': 'abcd', 'config.json': '{}' }))
    expect(sizes).toMatchObject({ checkpoint: 7, memoryPages: 4 })
  })
})

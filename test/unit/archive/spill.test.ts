import { describe, expect, it } from 'vitest'
import { opfsBacking } from '../../../src/archive/opfs-spill.ts'
import { blobBacking, makeSpillStore } from '../../../src/archive/spill.ts'
import type { SpillStore } from '../../../src/archive/spill.ts'
import { FakeFolder, fakeOpfs } from '../../builders/opfs.ts'
import { noise } from '../../builders/packed.ts'

const data = noise(300_000, 9)

async function fill(store: SpillStore, step = 70_001) {
  const writer = store.create()
  for (let at = 0; at < data.length; at += step) await writer.write(data.slice(at, at + step))
  return writer.finish()
}

async function check(store: SpillStore, kind: string): Promise<void> {
  const spill = await fill(store)
  expect(spill.kind).toBe(kind)
  expect(spill.source.size).toBe(data.length)
  expect(Buffer.compare(await spill.source.read(0, data.length), data)).toBe(0)
  expect(Buffer.compare(await spill.source.read(99_999, 12_345), data.subarray(99_999, 112_344))).toBe(0)
  await expect(spill.source.read(data.length - 1, 2)).rejects.toMatchObject({ code: 'truncated' })
  await spill.close()
  await spill.close()
}

describe('spill', () => {
  it('small ones stay in memory', async () => {
    await check(makeSpillStore({ backing: blobBacking }), 'memory')
  })

  it('larger ones move to a blob', async () => {
    await check(makeSpillStore({ small: 100_000, backing: blobBacking }), 'blob')
  })

  it('larger ones move to the private file system, and closing removes the file', async () => {
    const root = new FakeFolder()
    const backing = await opfsBacking(fakeOpfs(root))
    expect(backing).toBeDefined()
    const store = makeSpillStore({ small: 100_000, backing })
    const spill = await fill(store)
    const session = [...(root.folders.get('cryoscope-spill')?.folders.values() ?? [])][0]
    expect(session?.files.size).toBe(1)
    await spill.close()
    expect(session?.files.size).toBe(0)
    await check(store, 'opfs')
  })

  it('memory is counted over all spills and given back', async () => {
    const store = makeSpillStore({ budget: 500_000 })
    const first = await fill(store)
    await expect(fill(store)).rejects.toMatchObject({ code: 'no-room' })
    await first.close()
    const writer = store.create()
    await writer.write(data)
    await writer.discard()
    await (await fill(store)).close()
  })

  it('a full disk is said in plain words and leaves no file', async () => {
    const root = new FakeFolder({ left: 200_000 })
    const writer = makeSpillStore({ small: 1000, backing: await opfsBacking(fakeOpfs(root)) }).create()
    await writer.write(data)
    await expect(writer.finish()).rejects.toMatchObject({
      code: 'no-room',
      message: expect.stringMatching(/no more disk space/) as string,
    })
  })

  it('written again from the start after a reset', async () => {
    for (const backing of [blobBacking, await opfsBacking(fakeOpfs(new FakeFolder()))]) {
      const writer = makeSpillStore({ small: 1000, backing }).create()
      await writer.write(noise(5000, 1))
      await writer.reset()
      await writer.write(data)
      const spill = await writer.finish()
      expect(Buffer.compare(await spill.source.read(0, spill.source.size), data)).toBe(0)
    }
  })

  it('leftovers of crashed sessions go, those of living ones stay', async () => {
    const root = new FakeFolder()
    const top = await root.getDirectoryHandle('cryoscope-spill')
    await top.getDirectoryHandle('session-dead')
    await top.getDirectoryHandle('session-alive')
    await opfsBacking(fakeOpfs(root, new Set(['cryoscope-spill/session-alive'])))
    expect([...top.folders.keys()]).toHaveLength(2)
    expect(top.folders.has('session-alive')).toBe(true)
    expect(top.folders.has('session-dead')).toBe(false)
  })

  it('no private file system: undefined, not an error', async () => {
    expect(await opfsBacking({})).toBeUndefined()
    const storage = { getDirectory: () => Promise.reject(new DOMException('no', 'SecurityError')) }
    expect(await opfsBacking({ ...fakeOpfs(new FakeFolder()), storage })).toBeUndefined()
  })
})

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createContext, runInContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { bytesSource } from '../../../src/archive/byte-sources.ts'
import { listNestedTar } from '../../../src/archive/nested-tar.ts'
import { makeSpillStore } from '../../../src/archive/spill.ts'
import { makeUntarReader } from '../../../src/archive/untar-client.ts'
import type { UntarWorker } from '../../../src/archive/untar-client.ts'
import { gnuLong, pax, tar, tarMember, toBytes } from '../../builders/tar.ts'

const code = readFileSync(createRequire(import.meta.url).resolve('js-untar/build/dev/untar-worker.js'), 'utf8')

type Listener = (event: { readonly data?: unknown }) => void

/** js-untar's worker code in a context of its own, with a worker's surface. */
function untarInContext(): UntarWorker {
  const listeners: Listener[] = []
  let isOpen = true
  const self: { postMessage: (data: unknown) => void; onmessage?: Listener } = {
    postMessage: (data) => {
      if (isOpen) for (const listener of listeners) listener({ data })
    },
  }
  runInContext(code, createContext({ self, ArrayBuffer, Uint8Array, DataView }))
  return {
    postMessage: (data) => {
      setTimeout(() => self.onmessage?.({ data }))
    },
    addEventListener: (type, listener) => {
      if (type === 'message') listeners.push(listener)
    },
    terminate: () => {
      isOpen = false
    },
  }
}

/** A worker that answers with what it is told. */
function scripted(messages: readonly unknown[]): UntarWorker & { ended: boolean } {
  const listeners: Listener[] = []
  const worker = {
    ended: false,
    postMessage: () => {
      for (const data of messages) for (const listener of listeners) listener({ data })
    },
    addEventListener: (type: string, listener: Listener) => {
      if (type === 'message') listeners.push(listener)
    },
    terminate: () => {
      worker.ended = true
    },
  }
  return worker
}

const options = { spill: makeSpillStore(), crossCheck: makeUntarReader(untarInContext) }
const plain = tar(
  { name: 'shm/', type: '5' },
  { name: 'shm/queue', body: 'x'.repeat(700) },
  { name: 'caf\udce9', body: 'y' },
)

describe('nested tar', () => {
  it('a plain one: both readers agree', async () => {
    const nested = await listNestedTar(bytesSource(plain), options)
    expect(nested.crossCheck).toBe('agrees')
    expect(nested.members.map((member) => [member.name, member.size])).toEqual([
      ['shm', 0],
      ['shm/queue', 700],
      ['caf\udce9', 1],
    ])
    expect(nested.defects).toEqual([])
  })

  it('gzip, as tmpfs images are', async () => {
    const nested = await listNestedTar(bytesSource(gzipSync(plain)), options)
    expect(nested).toMatchObject({ compression: 'gzip', crossCheck: 'agrees' })
    await nested.close()
    await nested.close()
  })

  it.each([
    ['a GNU long name', tar(gnuLong('L', 'n'.repeat(200)), { name: 'n' })],
    ['a pax size', tar(pax([['size', '3']]), tarMember({ name: 'a', body: 'abc' }))],
    ['a binary xattr', tar(pax([['SCHILY.xattr.security.capability', Uint8Array.of(1, 0, 10)]]), { name: 'ping' })],
    ['a numeric path', tar(pax([['path', '12']]), { name: 'a' })],
    ['a base-256 size', tar({ name: 'a', base256: true, body: 'abc' })],
    ['a cut archive', plain.subarray(0, 1100)],
  ])('%s: js-untar is not asked', async (_name, bytes) => {
    const nested = await listNestedTar(bytesSource(bytes), options)
    expect(nested.crossCheck).toBe('not-asked')
    expect(nested.members.length).toBeGreaterThan(0)
  })

  it('a difference becomes an info defect', async () => {
    const worker = scripted([
      { type: 'extract', data: { name: 'other', type: '0', buffer: new ArrayBuffer(3) } },
      { type: 'complete' },
    ])
    const bytes = bytesSource(tar({ name: 'mine', body: 'abc' }))
    const nested = await listNestedTar(bytes, { ...options, crossCheck: makeUntarReader(() => worker) })
    expect(nested.crossCheck).toBe('differs')
    expect(nested.defects).toMatchObject([
      { severity: 'info', code: 'tar-readers-differ', message: 'a second tar reader differs: the name of mine' },
    ])
    expect(nested.members[0]?.name).toBe('mine')
    expect(worker.ended).toBe(true)
  })

  it('text that is no tar', async () => {
    await expect(listNestedTar(bytesSource(toBytes('hello')), options)).rejects.toMatchObject({
      code: 'not-a-checkpoint',
    })
  })
})

describe('js-untar worker', () => {
  it('one that never answers is ended', async () => {
    const worker = scripted([])
    await expect(makeUntarReader(() => worker, 10)(plain, 3)).rejects.toThrow('no answer within 10 ms')
    expect(worker.ended).toBe(true)
  })

  it('one that reports without end is ended', async () => {
    const worker = scripted(Array.from({ length: 100 }, () => ({ type: 'extract', data: {} })))
    await expect(makeUntarReader(() => worker)(plain, 3)).rejects.toThrow('more files than there are')
    expect(worker.ended).toBe(true)
  })

  it('one that fails', async () => {
    await expect(makeUntarReader(() => scripted([{ type: 'error', data: {} }]))(plain, 3)).rejects.toThrow(
      'reports an error',
    )
  })
})

import { expect, test, vi } from 'vitest'
import { BlobReader } from '../../../src/archive/blob-reader.ts'
import { Buffers } from '../../../src/archive/buffers.ts'

const MIB = 1024 * 1024
const bytes = new Uint8Array(24 * MIB)
for (let i = 0; i < bytes.length; i += 4) new DataView(bytes.buffer).setUint32(i, Math.imul(i, 2654435761))
const blob = new Blob([bytes])

function part(offset: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, offset, length)
}

/** Whether the reads, asked for at once, give what stands there; each buffer is given back when it was looked at. */
async function reads(reader: BlobReader, buffers: Buffers, ranges: readonly (readonly [number, number])[]) {
  const asked = ranges.map(async ([offset, length]) => {
    const got = await reader.read(offset, length)
    const same = part(offset, length).equals(got)
    buffers.giveBack(got.buffer)
    return same
  })
  return Promise.all(asked)
}

test('reads in order, over holes, back again, and small reads far away', async () => {
  const buffers = new Buffers()
  const reader = new BlobReader(blob, buffers)
  const ranges = [
    [0, 4 * MIB],
    [4 * MIB, 4 * MIB],
    [8 * MIB + 5000, MIB],
    [20 * MIB, 100],
    [9 * MIB + 5000, 3 * MIB],
    [MIB - 1, 2 * MIB + 3],
    [23 * MIB, MIB],
    [22 * MIB, 2 * MIB],
    [5, 0],
    [0, 24 * MIB],
  ] as const
  expect(await reads(reader, buffers, ranges)).toEqual(ranges.map(() => true))
})

test('one stream serves reads that follow each other, in memory that is used again', async () => {
  const slice = vi.spyOn(blob, 'slice')
  const buffers = new Buffers()
  const reader = new BlobReader(blob, buffers)
  for (let at = 0; at < 24 * MIB; at += 4 * MIB) {
    const got = await reader.read(at, 4 * MIB)
    expect(part(at, 4 * MIB).equals(got)).toBe(true)
    buffers.giveBack(got.buffer)
    expect(buffers.take(4 * MIB).buffer, 'what was given back').toBe(got.buffer)
    buffers.giveBack(got.buffer)
  }
  expect(slice).toHaveBeenCalledTimes(1)
  slice.mockRestore()
})

test('a reader that rests ends the reads it was asked for, and opens another stream for the next', async () => {
  const slice = vi.spyOn(blob, 'slice')
  const buffers = new Buffers()
  const reader = new BlobReader(blob, buffers)
  const first = reads(reader, buffers, [[0, 4 * MIB]])
  reader.rest()
  expect(await first).toEqual([true])
  expect(await reads(reader, buffers, [[4 * MIB, 4 * MIB]])).toEqual([true])
  expect(slice).toHaveBeenCalledTimes(2)
  slice.mockRestore()
})

test('what lies outside is refused, and the next read works', async () => {
  const buffers = new Buffers()
  const reader = new BlobReader(blob, buffers)
  await expect(reader.read(23 * MIB, 2 * MIB)).rejects.toThrow('only 25165824 are there')
  expect(await reads(reader, buffers, [[0, MIB]])).toEqual([true])
})

test('a stream that fails or ends early says that the file cannot be read, and later reads open another', async () => {
  const broken = new Blob([bytes])
  const stream = vi.spyOn(broken, 'slice').mockImplementationOnce(() => new Blob([bytes.subarray(0, MIB)]))
  const buffers = new Buffers()
  const reader = new BlobReader(broken, buffers)
  await expect(reader.read(0, 2 * MIB)).rejects.toThrow('changed, moved or removed')
  expect(await reads(reader, buffers, [[0, 2 * MIB]])).toEqual([true])
  expect(stream).toHaveBeenCalledTimes(2)
})

test('where a Blob has no stream that fills buffers, its slices are read', async () => {
  const plain = new Blob([bytes])
  const slice = plain.slice.bind(plain)
  vi.spyOn(plain, 'slice').mockImplementation((from, to) => {
    const got = slice(from, to)
    got.stream = () => new ReadableStream()
    return got
  })
  const buffers = new Buffers()
  expect(await reads(new BlobReader(plain, buffers), buffers, [[MIB, 2 * MIB]])).toEqual([true])
})

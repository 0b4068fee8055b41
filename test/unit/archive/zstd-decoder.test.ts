/** The zstd decoder against another one (fzstd), the reference program and its frames. */
import { createHash } from 'node:crypto'
import { openAsBlob, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decompress } from 'fzstd'
import { describe, expect, it } from 'vitest'
import { blobSource, bytesSource } from '../../../src/archive/byte-sources.ts'
import { DefectList } from '../../../src/archive/defects.ts'
import { UnpackMeter } from '../../../src/archive/unpack-types.ts'
import { unzstd } from '../../../src/archive/zstd.ts'
import { farMatch, memoryLike } from '../../builders/memory-like.ts'
import { inflateWith, noise, rawZstdFrame, runProgram } from '../../builders/packed.ts'
import { corpusCases, corpusFolder } from '../../builders/sources.ts'
import { concat, toBytes } from '../../builders/tar.ts'

const open = (bytes: Uint8Array) => inflateWith(unzstd, bytesSource(bytes))
const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../../fixtures/zstd', name))
const compress = (data: Uint8Array, ...options: string[]) => runProgram('zstd', ['-q', '-c', ...options], data)
const hasProgram = compress(toBytes('x')) !== undefined
const folder = corpusFolder()

const data = memoryLike(64, 7)

async function expectContent(packed: Uint8Array, content: Uint8Array): Promise<void> {
  const { bytes, defects } = await open(packed)
  expect(defects).toEqual([])
  expect(Buffer.compare(bytes, content)).toBe(0)
}

describe('zstd, stored frames', () => {
  it.each([
    ['level-1.zst', data],
    ['level-19.zst', data],
    ['small-window.zst', data],
    ['small.zst', memoryLike(6, 3)],
    ['far.zst', farMatch()],
  ])('%s', async (name, content) => {
    await expectContent(fixture(name), content)
  })

  it('frames one behind the other share no tables, offsets or history', async () => {
    const [first, second] = [fixture('level-19.zst'), fixture('small.zst')]
    const packed = concat(first, second, rawZstdFrame([toBytes('raw')]), first)
    await expectContent(packed, concat(data, memoryLike(6, 3), toBytes('raw'), data))
  })

  it('the history of a small window moves many times', async () => {
    const packed = concat(...Array.from({ length: 40 }, () => fixture('level-1.zst')))
    const { bytes } = await open(packed)
    expect(bytes.length).toBe(40 * data.length)
  })
})

describe('zstd, progress and cancel', () => {
  const packed = concat(...Array.from({ length: 100 }, () => fixture('level-19.zst')))

  it('progress ascends to the end and other work gets its turn', async () => {
    const done: number[] = []
    let turns = 0
    const timer = setInterval(() => turns++, 0)
    const sink = { write: () => Promise.resolve(), reset: () => Promise.resolve() }
    const onProgress = (progress: { done: number }) => done.push(progress.done)
    await unzstd(bytesSource(packed), new UnpackMeter(sink, packed.length, { onProgress }), new DefectList())
    clearInterval(timer)
    expect(done).toEqual(done.toSorted((a, b) => a - b))
    expect(done.at(-1)).toBe(packed.length)
    expect(turns).toBeGreaterThan(0)
  })

  it('a cancel ends it', async () => {
    const controller = new AbortController()
    const running = inflateWith(unzstd, bytesSource(packed), controller.signal)
    setTimeout(() => controller.abort())
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('a cancel arrives among blocks that take long and yield little', async () => {
    // One literal by a Huffman code of 11 bits, whose table is given again in each block.
    const block = Uint8Array.of(0x60, 0, 0, 0x12, 0, 2, 138, 0xba, 0x98, 0x76, 0x54, 0x32, 0x10, 3, 0)
    block[0] = ((block.length - 3) << 3) | 4
    const blocks = new Uint8Array(block.length * 800_000)
    for (let at = 0; at < blocks.length; at += block.length) blocks.set(block, at)
    const frame = concat(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x38), blocks, Uint8Array.of(1, 0, 0))
    const few = await open(concat(frame.subarray(0, 6 + 10 * block.length), Uint8Array.of(1, 0, 0)))
    expect(few).toEqual({ bytes: new Uint8Array(10), defects: [] })
    const controller = new AbortController()
    const running = inflateWith(unzstd, bytesSource(frame), controller.signal)
    setTimeout(() => controller.abort())
    await expect(running).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('a source that fails while it is read ahead is said once', async () => {
    const source = {
      size: packed.length,
      read: (offset: number, length: number) =>
        offset < 3_000_000
          ? Promise.resolve(packed.subarray(offset, offset + length))
          : Promise.reject(new Error('gone')),
    }
    await expect(inflateWith(unzstd, source)).rejects.toThrow('gone')
  })
})

describe.skipIf(!hasProgram)('zstd, the reference program', () => {
  const empty = new Uint8Array(0)
  const contents: readonly (readonly [string, Uint8Array])[] = [
    ['nothing', empty],
    ['one byte', Uint8Array.of(7)],
    ['memory', data],
    ['noise', noise(400_000, 9)],
    ['one byte repeated', new Uint8Array(700_000).fill(1)],
    ['text', toBytes('all was well, '.repeat(30_000))],
    ['two symbols', noise(200_000, 2).map((byte) => byte & 1)],
    ['fourteen symbols', noise(500_000, 3).map((byte) => byte % 14)],
  ]
  const settings = [
    ...['--fast=9', '-1', '-2', '-3', '-5', '-7', '-10', '-13', '-16', '-19'].map((level) => [level]),
    ['-3', '--long=27'],
    ['-3', '--no-check'],
    ['-6', '--zstd=wlog=10'],
    ['-12', '--zstd=wlog=17'],
    ['-4', '--rsyncable', '-T2', '-B65536'],
    ['-8', '--no-compress-literals'],
    ['-1', '--compress-literals'],
    ['-3', '--target-compressed-block-size=1400'],
  ]

  it.each(settings.map((options) => [options.join(' '), options] as const))('with %s', async (_name, options) => {
    for (const [what, content] of contents) {
      const packed = compress(content, ...options) ?? empty
      const { bytes, defects } = await open(packed)
      expect(defects, what).toEqual([])
      expect(Buffer.compare(bytes, content), what).toBe(0)
      if (content.length > 0) expect(Buffer.compare(decompress(packed), content), `${what}, fzstd`).toBe(0)
    }
  })

  it('a window that is passed several times over', async () => {
    const content = concat(...Array.from({ length: 60 }, (_, i) => memoryLike(64, i % 7)))
    await expectContent(compress(content, '-3', '--zstd=wlog=18') ?? empty, content)
    await expectContent(compress(content, '-3', '--zstd=wlog=22') ?? empty, content)
  })

  it('its own declared size, when the input is a file', async () => {
    const packed = runProgram('zstd', ['-q', '-c', '--stream-size=262144', '-3'], data) ?? empty
    await expectContent(packed, data)
  })
})

if (folder === undefined) console.log('No corpus beside the checkout: its zstd archives are left out.')

describe.skipIf(folder === undefined)('zstd, the corpus', () => {
  const archives = folder === undefined ? [] : corpusCases(folder).filter(({ archive }) => archive.endsWith('.zst'))

  it.each(archives)('$name: the same bytes as fzstd gives', async ({ archive }) => {
    const hash = createHash('sha256')
    const sink = {
      write: (bytes: Uint8Array) => {
        hash.update(bytes)
        return Promise.resolve()
      },
      reset: () => Promise.resolve(),
    }
    const source = blobSource(await openAsBlob(archive))
    const defects = new DefectList()
    await unzstd(source, new UnpackMeter(sink, source.size, {}), defects)
    expect(defects.list()).toEqual([])
    expect(hash.digest('hex')).toBe(
      createHash('sha256')
        .update(decompress(readFileSync(archive)))
        .digest('hex'),
    )
  })
})

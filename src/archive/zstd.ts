/**
 * zstd through fzstd, with everything around it done here, because that decoder trusts its input: it takes any
 * window, recurses once per frame, checks no checksum and sets no bound to its output. So frames and blocks are
 * parsed here, each frame gets a decoder of its own with a header made here (window as small as the frame can
 * need), blocks are handed over one by one, and sizes and checksums are compared afterwards.
 */
import { Decompress } from 'fzstd'
import { FormatError, LimitError, OpenError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { CachedSource } from './cached-source.ts'
import type { DefectList } from './defects.ts'
import type { ByteSource } from './source.ts'
import type { UnpackMeter } from './unpack-types.ts'
import { Xxh64 } from './xxh64.ts'
import { ZstdGuard } from './zstd-guard.ts'
import { ZSTD_BLOCK, ZSTD_HEADER, makeZstdHeader, readZstdBlock, readZstdUnit } from './zstd-frame.ts'
import type { ZstdUnit } from './zstd-frame.ts'

const READ = 1024 * 1024

type Frame = ZstdUnit & { kind: 'frame' }

/** Inflates `source` into `meter`. Defects of the data are noted; throws for cancel, limits and unreadable input. */
export async function unzstd(
  source: ByteSource,
  meter: UnpackMeter,
  defects: DefectList,
  signal?: AbortSignal,
): Promise<void> {
  const input = new CachedSource(source, { block: READ, capacity: 16 * READ })
  let at = 0
  for (let count = 0; at < source.size; count++) {
    const unit: ZstdUnit = readZstdUnit(await input.read(at, Math.min(ZSTD_HEADER, source.size - at), signal))
    if (unit.kind === 'skippable') {
      if (at + unit.length > source.size) {
        noteCut(defects, meter, source.size)
        return
      }
      at += unit.length
    } else if (unit.kind === 'frame') {
      checkFrame(unit, at)
      const end = await new FrameReader(input, unit, meter, defects, signal).run(at + unit.headerLength)
      if (end === undefined) return
      at = end
    } else if (unit.kind === 'cut') {
      noteCut(defects, meter, source.size)
      return
    } else {
      if (count === 0) throw new FormatError('bad-zstd', 'no zstd frame')
      const text = `${source.size - at} bytes that are not zstd follow the compressed data; they are not read`
      defects.add('warning', 'zstd-trailing-data', text, meter.output)
      return
    }
    meter.progress(at)
  }
}

function noteCut(defects: DefectList, meter: UnpackMeter, at: number): void {
  const text = `the compressed data ends at byte ${at} of the file: the archive breaks at byte ${meter.output} of its unpacked form`
  defects.add('error', 'zstd-truncated', text, meter.output)
}

function checkFrame(frame: Frame, at: number): void {
  if (frame.dictionary !== 0) {
    throw new OpenError(
      'unsupported-compression',
      `The zstd frame at byte ${at} needs dictionary ${frame.dictionary}, which is not in the file.`,
      'Unpack the archive with the dictionary and drop the tar.',
    )
  }
  if (frame.window > limits.zstdWindow && (frame.contentSize === undefined || frame.contentSize > limits.zstdWindow)) {
    throw new LimitError(
      'zstdWindow',
      `the zstd frame at byte ${at} asks for a window of ${frame.window} bytes (limit zstdWindow)`,
    )
  }
}

class FrameReader {
  readonly #input: ByteSource
  readonly #frame: Frame
  readonly #meter: UnpackMeter
  readonly #defects: DefectList
  readonly #signal: AbortSignal | undefined
  readonly #hash: Xxh64 | undefined
  readonly #start: number
  readonly #guard: ZstdGuard
  #pending: Uint8Array[] = []

  constructor(input: ByteSource, frame: Frame, meter: UnpackMeter, defects: DefectList, signal?: AbortSignal) {
    this.#input = input
    this.#frame = frame
    this.#meter = meter
    this.#defects = defects
    this.#signal = signal
    this.#start = meter.output
    this.#guard = new ZstdGuard(frame.window)
    this.#hash = frame.hasChecksum ? new Xxh64() : undefined
  }

  /** Decodes the blocks from `at` on; the frame's end, or undefined when the data breaks inside it. */
  async run(at: number): Promise<number | undefined> {
    const decoder = new Decompress((bytes) => this.#pending.push(bytes))
    let header: Uint8Array | undefined = makeZstdHeader(await this.#neededWindow(at))
    for (;;) {
      if (at + 3 > this.#input.size) return this.#cut()
      const block = readZstdBlock(await this.#input.read(at, 3, this.#signal))
      if (block.type === 'reserved' || block.size > ZSTD_BLOCK) return this.#broken(at)
      if (at + 3 + block.stored > this.#input.size) return this.#cut()
      const bytes = await this.#input.read(at, 3 + block.stored, this.#signal)
      const history = this.#meter.output - this.#start
      const isSound = block.type !== 'compressed' || this.#guard.check(bytes.subarray(3), history) !== undefined
      if (!isSound) return this.#broken(at)
      try {
        // A copy either way: the decoder keeps and may join what it is given.
        decoder.push(header ? join(header, bytes) : bytes.slice(), block.isLast)
      } catch {
        await this.#flush()
        return this.#broken(at)
      }
      header = undefined
      at += 3 + block.stored
      this.#meter.progress(at)
      await this.#flush()
      if (this.#isTooLong()) return this.#broken(at)
      if (block.isLast) return this.#finish(at)
    }
  }

  /**
   * Window for the decoder: never more than all blocks together can yield, so that thousands of tiny frames that
   * each declare a huge window cost nothing.
   */
  async #neededWindow(start: number): Promise<number> {
    const wanted = Math.min(this.#frame.window, this.#frame.contentSize ?? Infinity)
    let yielded = 0
    for (let at = start; yielded < wanted && at + 3 <= this.#input.size;) {
      const block = readZstdBlock(await this.#input.read(at, 3, this.#signal))
      yielded += block.type === 'compressed' ? ZSTD_BLOCK : Math.min(block.size, ZSTD_BLOCK)
      if (block.isLast || block.type === 'reserved') break
      at += 3 + block.stored
    }
    return Math.min(wanted, Math.max(yielded, 1024))
  }

  #isTooLong(): boolean {
    const { contentSize } = this.#frame
    return contentSize !== undefined && this.#meter.output - this.#start > contentSize
  }

  async #flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = []
    for (const bytes of pending) {
      this.#hash?.update(bytes)
      await this.#meter.emit(bytes)
    }
  }

  #cut(): number | undefined {
    noteCut(this.#defects, this.#meter, this.#input.size)
    return undefined
  }

  #broken(at: number): number | undefined {
    const { output } = this.#meter
    const text = `the compressed data is damaged near byte ${at} of the file: the archive breaks at byte ${output} of its unpacked form`
    this.#defects.add('error', 'zstd-damaged', text, output)
    return undefined
  }

  /** Behind the last block: declared size and checksum. */
  async #finish(at: number): Promise<number | undefined> {
    const { contentSize } = this.#frame
    const size = this.#meter.output - this.#start
    if (contentSize !== undefined && contentSize !== size) {
      const text = `a zstd frame holds ${size} bytes, ${contentSize} were declared`
      this.#defects.add('error', 'zstd-size', text, this.#start)
    }
    if (!this.#hash) return at
    if (at + 4 > this.#input.size) return this.#cut()
    const stored = await this.#input.read(at, 4, this.#signal)
    const view = new DataView(stored.buffer, stored.byteOffset, 4)
    if (view.getUint32(0, true) !== this.#hash.digestLow()) {
      const text = `the checksum of the zstd data does not match: something between bytes ${this.#start} and ${this.#meter.output} of the unpacked archive is wrong`
      this.#defects.add('error', 'zstd-checksum', text, this.#start)
    }
    return at + 4
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(a.length + b.length)
  bytes.set(a)
  bytes.set(b, a.length)
  return bytes
}

/**
 * zstd (RFC 8878), our own decoder: browsers have none. This file goes through the frames of a file and compares
 * declared sizes and checksums; `docs/adr/0002-zstd.md` says why it is not a package.
 */
import { FormatError, LimitError, OpenError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { DefectList } from './defects.ts'
import type { ByteSource } from './source.ts'
import type { UnpackMeter } from './unpack-types.ts'
import { Xxh64 } from './xxh64.ts'
import { ZstdBlocks } from './zstd-block.ts'
import { ZSTD_BLOCK, ZSTD_HEADER, readZstdBlock, readZstdUnit } from './zstd-frame.ts'
import type { ZstdUnit } from './zstd-frame.ts'
import { ZstdInput } from './zstd-input.ts'

/** Input per read; two are held, one of them on its way. */
const READ = 2 * 1024 * 1024
/** Output is handed on in pieces of about this size. */
const PIECE = 1024 * 1024

type Frame = ZstdUnit & { kind: 'frame' }

/**
 * Inflates `source` into `meter`, `perRead` bytes of input at a time. Defects of the data are noted; throws for cancel,
 * limits and unreadable input.
 */
export async function unzstd(
  source: ByteSource,
  meter: UnpackMeter,
  defects: DefectList,
  signal?: AbortSignal,
  perRead = READ,
): Promise<void> {
  const input = new ZstdInput(source, perRead, signal)
  const reader = new FrameReader(input, meter, defects)
  for (let count = 0; input.left > 0; count++) {
    if (!input.has(ZSTD_HEADER)) await input.fill(ZSTD_HEADER)
    const unit = readZstdUnit(input.peek(ZSTD_HEADER))
    if (unit.kind === 'cut' || (unit.kind === 'skippable' && unit.length > input.left)) {
      noteCut(defects, meter, source.size)
      return
    }
    if (unit.kind === 'other') {
      if (count === 0) throw new FormatError('bad-zstd', 'no zstd frame')
      const text = `${input.left} bytes that are not zstd follow the compressed data; they are not read`
      defects.add('warning', 'zstd-trailing-data', text, meter.output)
      return
    }
    if (unit.kind === 'skippable') input.skip(unit.length)
    else {
      checkFrame(unit, input.offset)
      input.skip(unit.headerLength)
      if (!(await reader.run(unit))) return
    }
    meter.progress(input.offset)
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
  if (neededWindow(frame) > limits.zstdWindow) {
    throw new LimitError(
      'zstdWindow',
      `the zstd frame at byte ${at} asks for a window of ${frame.window} bytes (limit zstdWindow)`,
    )
  }
}

/** A window larger than the whole content is never used. */
function neededWindow(frame: Frame): number {
  return Math.min(frame.window, frame.contentSize ?? Infinity)
}

/** Decodes frames one after the other, with one set of buffers and tables. */
class FrameReader {
  readonly #input: ZstdInput
  readonly #meter: UnpackMeter
  readonly #defects: DefectList
  readonly #blocks = new ZstdBlocks()

  constructor(input: ZstdInput, meter: UnpackMeter, defects: DefectList) {
    this.#input = input
    this.#meter = meter
    this.#defects = defects
  }

  /** Decodes the blocks of a frame whose header was read; false when the data breaks inside it. */
  async run(frame: Frame): Promise<boolean> {
    const hash = frame.hasChecksum ? new Xxh64() : undefined
    const start = this.#meter.output
    const most = start + (frame.contentSize ?? Infinity)
    this.#blocks.start(neededWindow(frame))
    for (;;) {
      const step = this.#decodeSome(most)
      if (step === 'more' && !(await this.#fill())) {
        await this.#flush(hash)
        noteCut(this.#defects, this.#meter, this.#input.offset + this.#input.left)
        return false
      }
      if (step === 'more') continue
      await this.#flush(hash)
      if (step === 'last') return this.#finish(frame, start, hash)
      if (step === 'bad') {
        this.#noteDamage()
        return false
      }
    }
  }

  /**
   * Decodes blocks as long as they are in the buffer. Ends before input is wanted (`more`), when a piece of output is
   * ready (`full`), at a malformed block (`bad`) or behind the last one.
   */
  #decodeSome(most: number): 'more' | 'full' | 'bad' | 'last' {
    const input = this.#input
    const { history } = this.#blocks
    while (history.pending < PIECE && !history.mustBeTaken) {
      if (!input.has(3)) return 'more'
      const block = readZstdBlock(input.bytes, input.at)
      // A malformed size is told apart from a cut before the input is asked for so many bytes.
      if (block.size > ZSTD_BLOCK) return 'bad'
      if (!input.has(3 + block.stored)) return 'more'
      history.reserve()
      if (!this.#blocks.decode(block, input, input.at + 3)) return 'bad'
      if (this.#meter.output + history.pending > most) return 'bad'
      input.at += 3 + block.stored
      if (block.isLast) return 'last'
    }
    return 'full'
  }

  /** Gets the next block of the frame; false when the file ends before. */
  async #fill(): Promise<boolean> {
    const input = this.#input
    if (!(await input.fill(3))) return false
    return input.fill(3 + readZstdBlock(input.bytes, input.at).stored)
  }

  /** Hands on what was decoded. */
  async #flush(hash: Xxh64 | undefined): Promise<void> {
    this.#meter.progress(this.#input.offset)
    const { history } = this.#blocks
    if (history.pending === 0) return
    const bytes = history.take()
    hash?.update(bytes)
    await this.#meter.emit(bytes)
  }

  #noteDamage(): void {
    const { output } = this.#meter
    const text = `the compressed data is damaged near byte ${this.#input.offset} of the file: the archive breaks at byte ${output} of its unpacked form`
    this.#defects.add('error', 'zstd-damaged', text, output)
  }

  /** Behind the last block: declared size and checksum. False when the checksum is cut off. */
  async #finish(frame: Frame, start: number, hash: Xxh64 | undefined): Promise<boolean> {
    const input = this.#input
    const { output } = this.#meter
    if (frame.contentSize !== undefined && frame.contentSize !== output - start) {
      const text = `a zstd frame holds ${output - start} bytes, ${frame.contentSize} were declared`
      this.#defects.add('error', 'zstd-size', text, start)
    }
    if (!hash) return true
    if (!(await input.fill(4))) {
      noteCut(this.#defects, this.#meter, input.offset + input.left)
      return false
    }
    if (input.view.getUint32(input.at, true) !== hash.digestLow()) {
      const text = `the checksum of the zstd data does not match: something between bytes ${start} and ${output} of the unpacked archive is wrong`
      this.#defects.add('error', 'zstd-checksum', text, start)
    }
    input.skip(4)
    return true
  }
}

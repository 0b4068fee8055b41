/** Memory as files: a hex dump as text, or the bytes themselves, with a map of what stands where. */
import { FormatError, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { MemoryFileFormat, MemoryFileQuery } from '../model/memory.ts'
import type { Origin } from '../model/origin.ts'
import type { AddressSpace, Extent, StoredExtent } from './address-space.ts'
import { DUMP_HEAD, dumpRows, dumpSize } from './hex-dump.ts'

export interface MemoryFile {
  /** Bytes. */
  readonly size: number
  /** The file in order, in pieces of at most a few MiB. They throw FormatError where stored bytes cannot be read. */
  readonly pieces: (signal?: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
}

/** Bytes of memory read at a time. */
const PIECE = 1024 * 1024

type Space = Pick<AddressSpace, 'extents' | 'bounds'>

/** Plans the file. Throws LimitError when it would be too large. */
export function planMemoryFile(space: Space, { format, range }: MemoryFileQuery): MemoryFile {
  const size = measure(space, format, range)
  if (size > limits.memoryFile) {
    const advice = format === 'sparse' ? ': choose a range, or the stored bytes one after the other' : ''
    throw new LimitError('memoryFile', `The file would have ${size} bytes, more than ${limits.memoryFile}${advice}.`)
  }
  return { size, pieces: (signal) => piecesOf(space, format, range, signal) }
}

/** The range asked for; of the whole space what lies between the first and the last stored byte. */
function rangeOf(space: Space, range: MemoryFileQuery['range']): { from: bigint; to: bigint } {
  return range ? { from: range.address, to: range.address + range.length } : space.bounds()
}

function measure(space: Space, format: MemoryFileFormat, range: MemoryFileQuery['range']): number {
  const { from, to } = rangeOf(space, range)
  if (format === 'sparse') return Number(to - from)
  let size = format === 'hexdump' ? DUMP_HEAD.length : 0
  let looked = 0
  for (const extent of space.extents(from, to - from)) {
    if (++looked > limits.coreExtents) throw tooMany(limits.coreExtents, 'coreExtents')
    if (extent.gap) continue
    size += format === 'hexdump' ? dumpSize(Number(extent.length)) : Number(extent.length)
  }
  return size
}

function tooMany(most: number, limit: string): LimitError {
  return new LimitError(limit, `The memory is in more than ${most} ranges.`)
}

async function* piecesOf(
  space: Space,
  format: MemoryFileFormat,
  range: MemoryFileQuery['range'],
  signal: AbortSignal | undefined,
): ReturnType<MemoryFile['pieces']> {
  const { from, to } = rangeOf(space, range)
  if (format === 'hexdump') yield DUMP_HEAD.slice()
  for (const extent of space.extents(from, to - from)) {
    const length = Number(extent.length)
    if (extent.gap) {
      if (format === 'sparse')
        for (let at = 0; at < length; at += PIECE) yield new Uint8Array(Math.min(PIECE, length - at))
      continue
    }
    for (let at = 0; at < length; at += PIECE) {
      signal?.throwIfAborted()
      const bytes = await readPart(extent, at, Math.min(PIECE, length - at), signal)
      yield format === 'hexdump' ? dumpRows(extent.address + BigInt(at), bytes) : bytes.slice()
    }
  }
}

async function readPart(extent: StoredExtent, at: number, length: number, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await extent.image.read(extent.offset + at, length, signal)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    const address = (extent.address + BigInt(at)).toString(16)
    throw new FormatError(error.code, `Memory from 0x${address} on cannot be read: ${error.message}`)
  }
}

/** Where a stored range comes from: path of the archive member, and the checkpoint when it is another one. */
export type SourceOf = (
  origin: Origin,
  checkpoint: string | undefined,
) => { readonly member: string; readonly archive?: string }

/** JSON text, in parts: each range with its place in the file and its origin, or why it is not there. */
export function* memoryRanges(
  space: Space,
  query: MemoryFileQuery,
  sourceOf: SourceOf,
): Generator<string, void, undefined> {
  const { from, to } = rangeOf(space, query.range)
  const head = { space: query.space, format: query.format, start: hex(from), end: hex(to) }
  yield `${JSON.stringify(head).slice(0, -1)},"ranges":[`
  let at = 0
  let count = 0
  for (const extent of space.extents(from, to - from)) {
    if (query.format === 'sparse') at = Number(extent.address - from)
    for (const row of rowsOf(extent, query.format === 'hexdump' ? undefined : at, sourceOf)) {
      if (++count > limits.layoutRanges) throw tooMany(limits.layoutRanges, 'layoutRanges')
      yield `${count > 1 ? ',' : ''}\n${JSON.stringify(row)}`
    }
    if (!extent.gap) at += Number(extent.length)
  }
  yield '\n]}\n'
}

function* rowsOf(extent: Extent, at: number | undefined, sourceOf: SourceOf): Generator<object, void, undefined> {
  if (extent.gap) {
    const { kind, why, file } = extent.gap
    const place = file && { file: file.id, fileOffset: hex(file.offset) }
    yield { address: hex(extent.address), length: Number(extent.length), gap: kind, why, ...place }
    return
  }
  const { address, image, offset, level } = extent
  for (const piece of image.pieces(offset, Number(extent.length))) {
    const skipped = piece.offset - offset
    const { origin } = piece
    yield {
      ...{ address: hex(address + BigInt(skipped)), length: piece.length },
      ...(at !== undefined && { offset: at + skipped }),
      ...sourceOf(origin, image.checkpoint),
      ...{ memberOffset: origin.offset, memberLength: origin.length },
      ...(image.compressed && { compressed: true }),
      ...(level > 0 && { parent: level }),
    }
  }
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`
}

/**
 * Memory as files: a hex dump as text, the bytes themselves, or a tar with a file for each mapping; and a map of what
 * stands where. What is damaged is left out, and told; what else there is, is written.
 */
import { BLOCK, padding, tarHeader } from '../archive/tar-writer.ts'
import { FormatError, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { MemoryDamage, MemoryFileFormat, MemoryFileQuery } from '../model/memory.ts'
import type { Origin } from '../model/origin.ts'
import type { AddressSpace, Extent, StoredExtent } from './address-space.ts'
import type { CheckedSpace, Span } from './checked-space.ts'
import { DUMP_HEAD, dumpRows, dumpSize } from './hex-dump.ts'

export interface MemoryFile {
  /** Bytes. */
  readonly size: number
  readonly damage: MemoryDamage
  /** The file in order, in pieces of at most a few MiB. They throw FormatError where stored bytes cannot be read. */
  readonly pieces: (signal?: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
}

/** Bytes of memory read at a time. */
const PIECE = 1024 * 1024
/** Longest stretch of bytes that are not stored within one file of a tar: behind it another file begins. */
const HOLE = 16n * 1024n * 1024n
const TAR_END = 2 * BLOCK

/** Plans the file. Throws LimitError when it would be too large. */
export function planMemoryFile(space: CheckedSpace, { format, range }: MemoryFileQuery): MemoryFile {
  const size = measure(space, format, range)
  if (size > limits.memoryFile) {
    const advice = format === 'sparse' ? ': choose a file for each mapping, a range, or only the stored bytes' : ''
    throw new LimitError('memoryFile', `The file would have ${size} bytes, more than ${limits.memoryFile}${advice}.`)
  }
  const damage = damageIn(space, range)
  return { size, damage, pieces: (signal) => piecesOf(space, format, range, signal) }
}

/** The range asked for; of the whole space what lies between the first and the last stored byte. */
export function rangeOf(space: Pick<AddressSpace, 'bounds'>, range: MemoryFileQuery['range']): Span {
  return range ? { from: range.address, to: range.address + range.length } : space.bounds()
}

function damageIn(space: CheckedSpace, range: MemoryFileQuery['range']): MemoryDamage {
  const { from, to } = rangeOf(space, range)
  let first: bigint | undefined
  let bytes = 0
  for (const extent of space.extents(from, to - from)) {
    if (extent.gap?.kind !== 'damaged') continue
    first ??= extent.address
    bytes += Number(extent.length)
  }
  return { first, bytes }
}

/** The whole, or for a tar what each of its files holds: of a mapping the bytes from the first stored one to the last. */
function* partsOf(
  space: CheckedSpace,
  format: MemoryFileFormat,
  range: MemoryFileQuery['range'],
): Generator<Span, void> {
  const { from, to } = rangeOf(space, range)
  if (format !== 'mappings') {
    yield { from, to }
    return
  }
  let part: Span | undefined
  let mapping: unknown
  let looked = 0
  for (const batch of space.batches(from, to - from))
    for (let i = 0; i < batch.count; i++) {
      if (++looked > limits.coreExtents) throw tooMany(limits.coreExtents, 'coreExtents')
      if (batch.answer[i]?.kind !== undefined) continue
      const start = batch.base + BigInt(batch.from[i] ?? 0)
      const end = batch.base + BigInt(batch.to[i] ?? 0)
      const goesOn: boolean = part !== undefined && mapping === batch.mapping && start - part.to <= HOLE
      if (part && !goesOn) yield part
      part = { from: part && goesOn ? part.from : start, to: end }
      mapping = batch.mapping
    }
  if (part) yield part
}

function measure(space: CheckedSpace, format: MemoryFileFormat, range: MemoryFileQuery['range']): number {
  if (format === 'mappings') {
    let size = TAR_END
    for (const { from, to } of partsOf(space, format, range)) size += tarSize(Number(to - from))
    return size
  }
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

function tarSize(bytes: number): number {
  return BLOCK + bytes + padding(bytes)
}

/** Of numbers only, nothing of the evidence. */
function partName({ from, to }: Span): string {
  return `${from.toString(16).padStart(12, '0')}-${to.toString(16).padStart(12, '0')}.bin`
}

function headOf(part: Span): Uint8Array<ArrayBuffer> {
  const size = Number(part.to - part.from)
  const owner = { mode: 0o644, uid: 0, gid: 0, mtime: 0, link: '', device: undefined }
  return tarHeader({ name: partName(part), type: '0', size, ...owner })
}

/** Each byte stands at the distance of its address; gaps are zeros. */
function isPlaced(format: MemoryFileFormat): boolean {
  return format === 'sparse' || format === 'mappings'
}

async function* piecesOf(
  space: CheckedSpace,
  format: MemoryFileFormat,
  range: MemoryFileQuery['range'],
  signal: AbortSignal | undefined,
): ReturnType<MemoryFile['pieces']> {
  if (format === 'hexdump') yield DUMP_HEAD.slice()
  for (const part of partsOf(space, format, range)) {
    if (format === 'mappings') yield headOf(part)
    for (const extent of space.extents(part.from, part.to - part.from)) {
      if (extent.gap && !isPlaced(format)) continue
      const length = Number(extent.length)
      for (let at = 0; at < length; at += PIECE) {
        signal?.throwIfAborted()
        const size = Math.min(PIECE, length - at)
        if (extent.gap) {
          yield new Uint8Array(size)
          continue
        }
        const bytes = await readPart(extent, at, size, signal)
        yield format === 'hexdump' ? dumpRows(extent.address + BigInt(at), bytes) : bytes.slice()
      }
    }
    if (format === 'mappings') yield new Uint8Array(padding(Number(part.to - part.from)))
  }
  if (format === 'mappings') yield new Uint8Array(TAR_END)
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

/** JSON text, in parts: each range with its place in the file (of a tar in the file named) and its origin, or why it is not there. */
export function* memoryRanges(
  space: CheckedSpace,
  query: MemoryFileQuery,
  sourceOf: SourceOf,
): Generator<string, void, undefined> {
  const { format } = query
  const whole = rangeOf(space, query.range)
  const head = { space: query.space, format, start: hex(whole.from), end: hex(whole.to) }
  yield `${JSON.stringify(head).slice(0, -1)},"ranges":[`
  let at = 0
  let count = 0
  for (const part of partsOf(space, format, query.range))
    for (const extent of space.extents(part.from, part.to - part.from)) {
      if (isPlaced(format)) at = Number(extent.address - part.from)
      for (const row of rowsOf(extent, format === 'hexdump' ? undefined : at, sourceOf)) {
        if (++count > limits.layoutRanges) throw tooMany(limits.layoutRanges, 'layoutRanges')
        const shown = format === 'mappings' ? { part: partName(part), ...row } : row
        yield `${count > 1 ? ',' : ''}\n${JSON.stringify(shown)}`
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

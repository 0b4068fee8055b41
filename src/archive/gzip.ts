/**
 * gzip (RFC 1952). The browser's own stream is fast but gives up on what real archives hold: it fails on several
 * members or zero padding behind the data, loses its last chunk then, and keeps back what came before a defect. So
 * whatever it does not like is inflated again by our own decoder, which says where and what is wrong.
 */
import { FormatError } from '../base/errors.ts'
import { CachedSource } from './cached-source.ts'
import { crc32 } from './crc32.ts'
import type { DefectList } from './defects.ts'
import { Inflater } from './inflate.ts'
import type { ByteSource } from './source.ts'
import type { UnpackMeter } from './unpack-types.ts'

/** Input per read, and per piece given to the native stream (a piece may expand a thousandfold). */
const READ = 1024 * 1024
const PIECE = 128 * 1024
/** Longest header: name and comment of this many bytes are more than any writer makes. */
const HEADER = 192 * 1024
const TRAILER = 8

/** Inflates `source` into `meter`. Defects of the data are noted; throws for cancel, limits and unreadable input. */
export async function gunzip(
  source: ByteSource,
  meter: UnpackMeter,
  defects: DefectList,
  signal?: AbortSignal,
): Promise<void> {
  if (typeof DecompressionStream !== 'undefined') {
    if (await gunzipNative(source, meter, signal)) return
    await meter.restart()
  }
  await gunzipMembers(source, meter, defects, signal)
}

/** True when the native stream took all of it for one sound member. */
async function gunzipNative(source: ByteSource, meter: UnpackMeter, signal?: AbortSignal): Promise<boolean> {
  let failure: Error | undefined
  const input = inputStream(
    source,
    meter,
    (error) => (failure = error instanceof Error ? error : new Error(String(error))),
    signal,
  )
  const reader = input.pipeThrough(new DecompressionStream('gzip')).getReader()
  let last: Uint8Array | undefined
  try {
    for (;;) {
      let step
      try {
        step = await reader.read()
      } catch {
        signal?.throwIfAborted()
        if (failure) throw failure
        return false
      }
      if (step.done) break
      last = step.value
      await meter.emit(step.value)
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
  // Some implementations pass silently over what stands behind the first member; the size field tells.
  return last !== undefined && (await endsWithSize(source, meter.output))
}

/** True when the last four bytes are the output's size modulo 2^32 (ISIZE), as they are for a single member. */
async function endsWithSize(source: ByteSource, size: number): Promise<boolean> {
  const tail = await source.read(source.size - 4, 4)
  return readU32(tail, 0) === size % 2 ** 32
}

function inputStream(
  source: ByteSource,
  meter: UnpackMeter,
  onFailure: (error: unknown) => void,
  signal?: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0
  let held = new Uint8Array(0)
  return new ReadableStream({
    async pull(controller) {
      try {
        if (held.length === 0 && at < source.size) {
          const length = Math.min(READ, source.size - at)
          held = new Uint8Array(await source.read(at, length, signal))
          at += length
        }
      } catch (error) {
        onFailure(error)
        controller.error(error)
        return
      }
      const piece = held.slice(0, PIECE)
      held = held.subarray(piece.length)
      meter.progress(at - held.length)
      if (piece.length > 0) controller.enqueue(piece)
      else controller.close()
    },
  })
}

/** Our own decoder, member by member. */
async function gunzipMembers(
  source: ByteSource,
  meter: UnpackMeter,
  defects: DefectList,
  signal?: AbortSignal,
): Promise<void> {
  const input = new CachedSource(source, { block: READ, capacity: 4 * READ })
  let at = 0
  for (let member = 0; at < source.size; member++) {
    const head = await input.read(at, Math.min(HEADER, source.size - at), signal)
    const length = gzipHeaderLength(head)
    if (length === undefined) {
      if (member === 0) throw new FormatError('bad-gzip', 'the gzip header is cut or malformed')
      await noteTrailing(input, at, meter.output, defects, signal)
      return
    }
    const end = await gunzipMember(input, at + length, meter, defects, signal)
    if (end === undefined) return
    at = end
    meter.progress(at)
  }
}

/** Inflates one member from its first block on; its end, or undefined when the data breaks inside it. */
async function gunzipMember(
  input: ByteSource,
  start: number,
  meter: UnpackMeter,
  defects: DefectList,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const inflater = new Inflater()
  const before = meter.output
  let crc = 0
  let fed = start
  let isFinal = false
  const flush = async () => {
    const bytes = inflater.take()
    crc = crc32(bytes, crc)
    await meter.emit(bytes)
  }
  const broken = async (code: string, what: string) => {
    await flush()
    const text = `the compressed data ${what} near byte ${fed} of the file: the archive breaks at byte ${meter.output} of its unpacked form`
    defects.add('error', code, text, meter.output)
    return undefined
  }
  for (;;) {
    const state = inflater.step()
    if (state === 'full') await flush()
    else if (state === 'bad') return broken('gzip-damaged', 'is damaged')
    else if (state === 'more') {
      if (isFinal) return broken('gzip-truncated', 'ends')
      const piece = await input.read(fed, Math.min(PIECE, input.size - fed), signal)
      fed += piece.length
      isFinal = fed >= input.size
      inflater.feed(piece, isFinal)
      meter.progress(fed)
    } else break
  }
  const end = fed - inflater.rest().length
  if (end + TRAILER > input.size) return broken('gzip-truncated', 'ends')
  await flush()
  const trailer = await input.read(end, TRAILER, signal)
  const isSound = readU32(trailer, 0) === crc && readU32(trailer, 4) === (meter.output - before) % 2 ** 32
  if (!isSound) {
    const text = `the checksum of the gzip data does not match: something between bytes ${before} and ${meter.output} of the unpacked archive is wrong`
    defects.add('error', 'gzip-checksum', text, before)
  }
  return end + TRAILER
}

async function noteTrailing(
  input: ByteSource,
  at: number,
  output: number,
  defects: DefectList,
  signal?: AbortSignal,
): Promise<void> {
  const bytes = input.size - at
  const look = await input.read(at, Math.min(READ, bytes), signal)
  if (look.every((byte) => byte === 0)) {
    defects.add('info', 'gzip-padding', `${bytes} zero bytes follow the compressed data`, output)
  } else {
    defects.add(
      'warning',
      'gzip-trailing-data',
      `${bytes} bytes that are not gzip follow the compressed data; they are not read`,
      output,
    )
  }
}

/** Length of the member header at the start of `head`; undefined when it is none. */
function gzipHeaderLength(head: Uint8Array): number | undefined {
  const [id1, id2, method, flags = 0] = head
  if (id1 !== 0x1f || id2 !== 0x8b || method !== 8 || (flags & 0xe0) !== 0 || head.length < 10) return undefined
  let at = 10
  if (flags & 4) at += 2 + (head[at] ?? 0) + 256 * (head[at + 1] ?? 0)
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue
    const nul = head.indexOf(0, at)
    if (nul < 0) return undefined
    at = nul + 1
  }
  if (flags & 2) at += 2
  return at <= head.length ? at : undefined
}

function readU32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
}

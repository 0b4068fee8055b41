/**
 * Reads the bytes of pieces in order, a few reads ahead of what is being scanned. Segments that lie beside each other in
 * their member are read together: absent pages take no room there, so that memory full of holes is still one read.
 */
import type { Piece } from './piece.ts'

/** Reads bytes of a member: at once, or when they come. */
export type ReadMember = (member: number, offset: number, length: number) => Promise<Uint8Array> | Uint8Array

/** Bytes of one read. */
const READ = 4 * 1024 * 1024
/** Reads under way at once. What is there at once is not read ahead. */
const AHEAD = 3
/** Bytes between two segments that are read along rather than skipped. */
const HOLE = 32 * 1024

/** Part of a read that belongs to a piece. */
interface Part {
  readonly piece: number
  /** Position in the piece, and in the read. */
  readonly at: number
  readonly from: number
  readonly length: number
}

interface Unit {
  readonly member: number
  readonly offset: number
  length: number
  readonly parts: Part[]
}

/** Bytes of a piece, or why they could not be read. */
export type Chunk = { readonly piece: number; readonly at: number; readonly length: number } & (
  { readonly bytes: Uint8Array; readonly error?: undefined } | { readonly bytes?: undefined; readonly error: string }
)

function* unitsOf(pieces: readonly Piece[]): Generator<Unit, void, undefined> {
  let unit: Unit | undefined
  for (const [piece, { segments }] of pieces.entries()) {
    let at = 0
    for (const { member, offset, length } of segments) {
      for (let done = 0; done < length;) {
        const place = offset + done
        const isNear =
          unit?.member === member &&
          place >= unit.offset &&
          place <= unit.offset + unit.length + HOLE &&
          place < unit.offset + READ
        if (!unit || !isNear) {
          if (unit) yield unit
          unit = { member, offset: place, length: 0, parts: [] }
        }
        const from = place - unit.offset
        const taken = Math.min(length - done, READ - from)
        unit.parts.push({ piece, at: at + done, from, length: taken })
        unit.length = Math.max(unit.length, from + taken)
        done += taken
      }
      at += length
    }
  }
  if (unit) yield unit
}

/** The chunks of all pieces, in order. What cannot be read is told and left out. */
export async function* readAhead(
  pieces: readonly Piece[],
  read: ReadMember,
): AsyncGenerator<readonly Chunk[], void, undefined> {
  const units = unitsOf(pieces)
  const queue: { readonly unit: Unit; readonly bytes: Promise<Uint8Array | string> | Uint8Array | string }[] = []
  const fill = (): void => {
    while (queue.length < AHEAD) {
      const next = units.next()
      if (next.done === true) return
      const { member, offset, length } = next.value
      const bytes = begin(read, member, offset, length)
      queue.push({ unit: next.value, bytes })
      if (!(bytes instanceof Promise)) return
    }
  }
  for (;;) {
    if (queue.length === 0) fill()
    const first = queue.shift()
    if (!first) return
    const got = await first.bytes
    if (first.bytes instanceof Promise) fill()
    yield first.unit.parts.map(({ piece, at, from, length }): Chunk => {
      const place = { piece, at, length }
      return typeof got === 'string' ? { ...place, error: got } : { ...place, bytes: got.subarray(from, from + length) }
    })
  }
}

function begin(
  read: ReadMember,
  member: number,
  offset: number,
  length: number,
): Promise<Uint8Array | string> | Uint8Array | string {
  try {
    const bytes = read(member, offset, length)
    return bytes instanceof Promise ? bytes.catch(reason) : bytes
  } catch (error) {
    return reason(error)
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : 'the reader gave no reason'
}

/** The text of a line of the hex view, and what of it is marked. */
import { formatCount } from '../../ui/shorten.ts'
import type { Line } from './hex-lines.ts'
import type { Span } from './hex-state.svelte.ts'
import type { Chunk } from './chunk.ts'
import { chunkOf, CHUNK, type MemoryPages } from './memory-pages.svelte.ts'

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
/** What the text column shows of a byte: itself when it is printable ASCII, else a dot. */
const SHOWN = Array.from({ length: 256 }, (_, byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'))
const COLUMNS = 16

export interface LineText {
  readonly hex: string
  readonly text: string
  /** `waiting`: not read yet; `hole`: part of it cannot be read, `why` says the reason. */
  readonly state: 'read' | 'waiting' | 'hole'
  readonly why: string | undefined
}

/** Symbols before a column in the hex part: two digits and a blank each, one blank more in the middle. */
export function hexColumn(column: number): number {
  return column * 3 + (column >= COLUMNS / 2 ? 1 : 0)
}

/** Width of the hex part in symbols. */
export const HEX_WIDTH = hexColumn(COLUMNS) - 1

/** The column under a symbol of the hex part. */
export function columnAt(symbol: number): number {
  const half = hexColumn(COLUMNS / 2)
  const column = symbol < half - 1 ? Math.floor(symbol / 3) : Math.floor((symbol - 1) / 3)
  return Math.max(0, Math.min(COLUMNS - 1, column))
}

export function lineText(line: Line, pages: MemoryPages): LineText {
  const chunk = pages.get(chunkOf(line.address))
  if (!chunk)
    return {
      ...drawn(
        line,
        () => '··',
        () => ' ',
      ),
      state: 'waiting',
      why: undefined,
    }
  const base = Number(line.address % BigInt(CHUNK))
  const hole = holeIn(chunk, base + line.from, base + line.to)
  const lost = (at: number): boolean => hole !== undefined && at >= hole.from && at < hole.to
  const byte = (column: number): number => chunk.bytes[base + column] ?? 0
  return {
    ...drawn(
      line,
      (column) => (lost(base + column) ? '??' : (HEX[byte(column)] ?? '')),
      (column) => (lost(base + column) ? ' ' : (SHOWN[byte(column)] ?? '')),
    ),
    state: hole ? 'hole' : 'read',
    why: hole?.why,
  }
}

function holeIn(chunk: Chunk, from: number, to: number): Chunk['holes'][number] | undefined {
  return chunk.holes.find((hole) => hole.from < to && hole.to > from)
}

function drawn(
  line: Line,
  hexOf: (column: number) => string,
  textOf: (column: number) => string,
): { hex: string; text: string } {
  let [hex, text] = ['', '']
  for (let column = 0; column < COLUMNS; column++) {
    const inside = column >= line.from && column < line.to
    if (column > 0) hex += column === COLUMNS / 2 ? '  ' : ' '
    hex += inside ? hexOf(column) : '  '
    text += inside ? textOf(column) : ' '
  }
  return { hex, text }
}

/** What a fold stands for. */
export function foldText(line: Line): string {
  const lines = line.end - line.index
  return `${formatCount(lines)} more lines are the same, ${formatCount(lines * COLUMNS)} bytes`
}

/** Columns of a line that a span covers; undefined when none. A fold is covered as a whole. */
export function covered(line: Line, { start, end }: Span): { from: number; to: number } | undefined {
  const lines = BigInt(line.end - line.index)
  const [first, last] = [line.address + BigInt(line.from), line.address + (lines - 1n) * 16n + BigInt(line.to)]
  if (end <= first || start >= last) return undefined
  if (line.kind === 'fold') return { from: 0, to: COLUMNS }
  return {
    from: start > first ? Number(start - line.address) : line.from,
    to: end < last ? Number(end - line.address) : line.to,
  }
}

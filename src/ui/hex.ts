/** Rows of a hex view as text. */

export interface HexRun {
  readonly hex: string
  readonly ascii: string
  readonly marked: boolean
}

export interface HexRow {
  /** Offset of the first byte, as hex. */
  readonly offset: string
  /** Runs of bytes, marked or not; together the whole row. */
  readonly runs: readonly HexRun[]
  /** Blanks that fill a short last row up to full width. */
  readonly padding: string
}

/** Bytes of a row; half of them where there is no room. */
export const HEX_ROW = 16

function asciiOf(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·'
}

/** `0a 1b …`: each byte ends in a blank, that in the middle in two. `column` is the place in the row of the first byte. */
function hexOf(bytes: Uint8Array, column: number, width: number): string {
  let text = ''
  for (const [i, byte] of bytes.entries()) {
    text += byte.toString(16).padStart(2, '0') + (column + i === width / 2 - 1 ? '  ' : ' ')
  }
  return text
}

/**
 * One row.
 * @param bytes the bytes shown
 * @param at index in `bytes` of the row's first byte
 * @param base offset or address of `bytes[0]`
 * @param mark bytes to mark, as indices: from `start` up to before `end`
 * @param digits width of the offset
 * @param width bytes of a whole row, even
 */
export function hexRow(
  bytes: Uint8Array,
  at: number,
  base: bigint,
  mark: { readonly start: number; readonly end: number } | undefined,
  digits: number,
  width = HEX_ROW,
): HexRow {
  const end = Math.min(bytes.length, at + width)
  const clamp = (index: number) => Math.min(end, Math.max(at, index))
  const cuts = mark ? [at, clamp(mark.start), clamp(Math.max(mark.start, mark.end)), end] : [at, end]
  const runs: HexRun[] = []
  for (let i = 0; i + 1 < cuts.length; i++) {
    const part = bytes.subarray(cuts[i], cuts[i + 1])
    if (part.length === 0) continue
    runs.push({
      hex: hexOf(part, (cuts[i] ?? at) - at, width),
      ascii: Array.from(part, asciiOf).join(''),
      marked: i === 1,
    })
  }
  const drawn = end - at
  const missing = width - drawn
  const padding = ' '.repeat(missing * 3 + (drawn < width / 2 ? 1 : 0))
  return { offset: (base + BigInt(at)).toString(16).padStart(digits, '0'), runs, padding }
}

/** Hex digits needed for the last offset, at least 4, always even. */
export function offsetDigits(base: bigint, length: number): number {
  const digits = (base + BigInt(Math.max(0, length - 1))).toString(16).length
  return Math.max(4, digits + (digits % 2))
}

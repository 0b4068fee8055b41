/** Parts of memory that hold something else than zeros. */

const PAGE = 4096

/** True when bytes [from, to) are all zero. `words` are the words of the bytes from the first aligned one on. */
function isZeroRange(bytes: Uint8Array, words: Int32Array, from: number, to: number): boolean {
  const lead = -bytes.byteOffset & 3
  let i = from
  for (; i < to && (i < lead || ((i - lead) & 3) !== 0); i++) if (bytes[i] !== 0) return false
  let k = (i - lead) >> 2
  const stop = (to - lead) >> 2
  for (; k + 8 <= stop; k += 8) {
    const any =
      (words[k] ?? 0) |
      (words[k + 1] ?? 0) |
      (words[k + 2] ?? 0) |
      (words[k + 3] ?? 0) |
      (words[k + 4] ?? 0) |
      (words[k + 5] ?? 0) |
      (words[k + 6] ?? 0) |
      (words[k + 7] ?? 0)
    if (any !== 0) return false
  }
  for (i = Math.max(i, k * 4 + lead); i < to; i++) if (bytes[i] !== 0) return false
  return true
}

function wordsOf(bytes: Uint8Array): Int32Array {
  const lead = -bytes.byteOffset & 3
  if (bytes.length < lead) return new Int32Array(0)
  return new Int32Array(bytes.buffer, bytes.byteOffset + lead, (bytes.length - lead) >> 2)
}

/** True when all bytes are zero. */
export function isZero(bytes: Uint8Array): boolean {
  return isZeroRange(bytes, wordsOf(bytes), 0, bytes.length)
}

/**
 * Calls `visit` with the parts of [from, to) outside of which nothing but zeros stands, each widened by `margin` on
 * both sides and never touching another: what is at most `margin` + 1 long and not all zero lies in exactly one.
 */
export function nonZeroParts(
  bytes: Uint8Array,
  from: number,
  to: number,
  margin: number,
  visit: (from: number, to: number) => void,
): void {
  const words = wordsOf(bytes)
  let start = -1
  let end = 0
  for (let page = from; page < to; page += PAGE) {
    const pageEnd = Math.min(page + PAGE, to)
    if (isZeroRange(bytes, words, page, pageEnd)) continue
    if (start >= 0 && page - end > 2 * margin) {
      visit(Math.max(from, start - margin), Math.min(to, end + margin))
      start = -1
    }
    if (start < 0) start = page
    end = pageEnd
  }
  if (start >= 0) visit(Math.max(from, start - margin), Math.min(to, end + margin))
}

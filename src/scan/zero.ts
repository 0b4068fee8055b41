/** Parts of memory that hold something else than zeros. */

const PAGE = 4096

/** True when bytes [from, to) are all zero. */
export function isZero(bytes: Uint8Array, from: number, to: number): boolean {
  let i = from
  for (; i < to && ((bytes.byteOffset + i) & 3) !== 0; i++) if (bytes[i] !== 0) return false
  const count = (to - i) >> 2
  if (count > 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + i, count)
    let k = 0
    for (; k + 8 <= count; k += 8) {
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
    for (; k < count; k++) if (words[k] !== 0) return false
    i += count * 4
  }
  for (; i < to; i++) if (bytes[i] !== 0) return false
  return true
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
  let start = -1
  let end = 0
  for (let page = from; page < to; page += PAGE) {
    const pageEnd = Math.min(page + PAGE, to)
    if (isZero(bytes, page, pageEnd)) continue
    if (start >= 0 && page - end > 2 * margin) {
      visit(Math.max(from, start - margin), Math.min(to, end + margin))
      start = -1
    }
    if (start < 0) start = page
    end = pageEnd
  }
  if (start >= 0) visit(Math.max(from, start - margin), Math.min(to, end + margin))
}

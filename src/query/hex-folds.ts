/** Repeated lines of a hex dump: runs of lines that are equal to the line before them, drawn as one. */

/** Runs of fewer lines are drawn as they are. */
const LEAST = 2

/**
 * Runs among the lines `from` … `to - 1` of 16 bytes, as pairs: first line and end (exclusive). Each line of a run equals the
 * line before the run. `bytes` must begin at a multiple of four in its buffer.
 */
export function foldedRuns(bytes: Uint8Array, from: number, to: number): Uint16Array {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
  const pairs: number[] = []
  let begin = from + 1
  for (let line = from + 1; line <= to; line++) {
    const at = line * 4
    const repeats =
      line < to &&
      words[at] === words[at - 4] &&
      words[at + 1] === words[at - 3] &&
      words[at + 2] === words[at - 2] &&
      words[at + 3] === words[at - 1]
    if (repeats) continue
    if (line - begin >= LEAST) pairs.push(begin, line)
    begin = line + 1
  }
  return Uint16Array.from(pairs)
}

/** The run that holds a line. */
export function runAt(pairs: Uint16Array, line: number): { readonly first: number; readonly end: number } | undefined {
  let [low, high] = [0, pairs.length >> 1]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((pairs[middle * 2] ?? 0) <= line) low = middle + 1
    else high = middle
  }
  const [first, end] = [pairs[low * 2 - 2], pairs[low * 2 - 1]]
  return low > 0 && first !== undefined && end !== undefined && line < end ? { first, end } : undefined
}

/**
 * Horspool's search (R. N. Horspool, 1980): looks at the last byte of a window and skips as far as that byte allows.
 * The table holds 0 for bytes that may end the window, so that three skips run without a test in between: the third
 * stands still where the first has found something. For needles of some length, also with letters of either case.
 */
import { frequencyOf } from '../byte-frequency.ts'
import { fittingBytes, standsAt, type Needle } from '../needle.ts'
import { meanOverMemory, type Matcher } from './matcher.ts'

/** Skips are bytes, so windows are no longer. */
const LONGEST = 255
/** Window ends that are tried to find one with a rare last byte. */
const ENDS = 48

interface Table {
  /** End of the window, an exclusive position in the needle. */
  readonly end: number
  readonly skip: Uint8Array
  /** Skip after the window's last byte fitted. */
  readonly after: number
  readonly length: number
  readonly cost: number
}

function tableFor(needle: Needle, end: number): Table {
  const { value, mask, anchorStart } = needle
  const length = Math.min(end - anchorStart, LONGEST)
  const start = end - length
  const skip = new Uint8Array(256).fill(length)
  for (let i = start; i < end - 1; i++)
    for (const byte of fittingBytes(value[i] ?? 0, mask[i] ?? 0)) skip[byte] = end - 1 - i
  let after = length
  for (const byte of fittingBytes(value[end - 1] ?? 0, mask[end - 1] ?? 0)) {
    after = Math.min(after, skip[byte] ?? 0)
    skip[byte] = 0
  }
  const candidates = frequencyOf(value[end - 1] ?? 0, mask[end - 1] ?? 0)
  const cost = 2.7 / (meanOverMemory(skip) + candidates * after) + 10 * candidates
  return { end, skip, after, length, cost }
}

/** The matcher; works for every needle, well for anchors from five bytes on. */
export function horspoolMatcher(needle: Needle): Matcher {
  let table = tableFor(needle, needle.anchorEnd)
  const shortest = needle.anchorStart + Math.ceil((needle.anchorEnd - needle.anchorStart) / 2)
  for (let end = needle.anchorEnd - 1; end >= shortest && end > needle.anchorEnd - ENDS; end--) {
    const other = tableFor(needle, end)
    if (other.cost < table.cost) table = other
  }
  const { end, skip, after, length, cost } = table
  const behind = needle.value.length - end
  return {
    cost,
    find(bytes, from, to, onFound) {
      const last = to - behind - 1
      const fast = last - 3 * length
      let i = from + end - 1
      while (i <= last) {
        let step = 1
        while (i <= fast) {
          i += skip[bytes[i] ?? 0] ?? 0
          i += skip[bytes[i] ?? 0] ?? 0
          step = skip[bytes[i] ?? 0] ?? 0
          if (step === 0) break
          i += step
        }
        if (step !== 0) {
          while (i <= last) {
            step = skip[bytes[i] ?? 0] ?? 0
            if (step === 0) break
            i += step
          }
          if (i > last) return
        }
        if (standsAt(needle, bytes, i - end + 1)) onFound(needle, i - end + 1)
        i += after
      }
    },
  }
}

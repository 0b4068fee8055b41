/** Looks for the rarest byte of a needle with the engine's own `indexOf`, then compares the rest. For short needles. */
import { byteFrequency } from '../byte-frequency.ts'
import { standsAt, type Needle } from '../needle.ts'
import type { Matcher } from './matcher.ts'

/** The matcher; undefined when no byte of the needle is fixed or all of them are zero. */
export function rarestByteMatcher(needle: Needle): Matcher | undefined {
  const { value, mask } = needle
  let offset = -1
  for (let i = 0; i < value.length; i++) {
    if (mask[i] !== 0xff || value[i] === 0) continue
    if (offset < 0 || (byteFrequency[value[i] ?? 0] ?? 0) < (byteFrequency[value[offset] ?? 0] ?? 0)) offset = i
  }
  if (offset < 0) return undefined
  const byte = value[offset] ?? 0
  const behind = value.length - offset
  return {
    cost: 0.28 + (60 * (byteFrequency[byte] ?? 0)) / 65536,
    find(bytes, from, to, onFound) {
      const view = to < bytes.length ? bytes.subarray(0, to) : bytes
      for (let i = view.indexOf(byte, from + offset); i >= 0 && i + behind <= to; i = view.indexOf(byte, i + 1)) {
        if (standsAt(needle, bytes, i - offset)) onFound(needle, i - offset)
      }
    },
  }
}

/**
 * Hex patterns: `4d 5a ?? 00 4? [2-6] 50`. Two digits are a byte, `?` is any half byte, `[n]` skips n bytes, `[n-m]`
 * n to m bytes. White space (and a `0x` or `\x` before a byte) does not matter.
 */
import { scanLimits } from './limits.ts'

/** A byte of a hex pattern, or a skip of `min` to `max` bytes. */
export type HexItem =
  | { readonly kind: 'byte'; readonly value: number; readonly mask: number }
  | { readonly kind: 'skip'; readonly min: number; readonly max: number }

/** What is wrong with a pattern's source, and where (index of a UTF-16 unit). */
export interface SourceError {
  readonly at: number
  readonly message: string
}

const SKIP = /\[\s*(\d{1,5})\s*(?:-\s*(\d{1,5})\s*)?\]/y

/** Reads a hex pattern. */
export function parseHex(source: string): readonly HexItem[] | SourceError {
  const items: HexItem[] = []
  for (let i = 0; i < source.length;) {
    const symbol = source.charAt(i)
    if (/\s/.test(symbol)) {
      i += 1
      continue
    }
    if (/^(?:0x|\\x)/i.test(source.slice(i, i + 2))) {
      i += 2
      continue
    }
    if (symbol === '[') {
      SKIP.lastIndex = i
      const skip = SKIP.exec(source)
      if (!skip) return { at: i, message: 'a skip is written [4] or [2-6]' }
      const min = Number(skip[1])
      const max = Number(skip[2] ?? skip[1])
      if (max < min) return { at: i, message: 'the larger number of a skip comes last' }
      if (max > scanLimits.match) return { at: i, message: `a skip is at most ${scanLimits.match} bytes long` }
      items.push({ kind: 'skip', min, max })
      i = SKIP.lastIndex
      continue
    }
    const high = nibble(symbol)
    if (!high) return { at: i, message: `“${symbol}” is not a hex digit, ? or a skip such as [4]` }
    const low = nibble(source.charAt(i + 1))
    if (!low) return { at: i, message: 'a byte is two digits: one half is missing' }
    items.push({ kind: 'byte', value: (high.value << 4) | low.value, mask: (high.mask << 4) | low.mask })
    i += 2
  }
  if (items.length === 0) return { at: 0, message: 'the pattern is empty' }
  const outer = [items[0], items.at(-1)]
  if (outer.some((item) => item?.kind === 'skip')) return { at: 0, message: 'a skip stands between two bytes' }
  if (items.every((item) => item.kind === 'skip' || item.mask === 0))
    return { at: 0, message: 'at least one digit must be given: this would match everywhere' }
  return items
}

function nibble(symbol: string): { value: number; mask: number } | undefined {
  if (symbol === '?') return { value: 0, mask: 0 }
  return /^[0-9a-f]$/i.test(symbol) ? { value: parseInt(symbol, 16), mask: 0xf } : undefined
}

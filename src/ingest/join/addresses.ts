/** Socket addresses as text. */
import { decodeText } from '../../base/text.ts'

/**
 * CRIU stores an address as words of network memory read as little-endian numbers: byte i of a word is
 * (word >> 8·i) & 255 (criu/sk-inet.c).
 */
export function addressBytes(words: readonly number[]): number[] {
  return words.flatMap((word) => [0, 8, 16, 24].map((shift) => (word >>> shift) & 255))
}

export function ipv4Text(bytes: readonly number[]): string {
  return bytes.slice(0, 4).join('.')
}

/** Canonical text of RFC 5952: longest run of two or more zero groups folded, lower case, mapped IPv4 dotted. */
export function ipv6Text(bytes: readonly number[]): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff)
    return `::ffff:${ipv4Text(bytes.slice(12))}`
  const run = longestZeroRun(groups)
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  if (run.length < 2) return hex(groups)
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < groups.length; i++) {
    let length = 0
    while (groups[i + length] === 0) length += 1
    if (length > best.length) best = { start: i, length }
  }
  return best
}

/** One word is IPv4, four are IPv6; anything else is undefined. */
export function ipText(words: readonly number[]): string | undefined {
  if (words.length === 1) return ipv4Text(addressBytes(words))
  if (words.length === 4) return ipv6Text(addressBytes(words))
  return undefined
}

/** A Unix socket's name: '' when unnamed, abstract names with `@` for the leading NUL, paths without the final NUL. */
export function unixName(name: Uint8Array | undefined): string {
  if (!name || name.length === 0) return ''
  if (name[0] === 0) return `@${decodeText(name.subarray(1))}`
  let end = name.length
  while (end > 0 && name[end - 1] === 0) end -= 1
  return decodeText(name.subarray(0, end))
}

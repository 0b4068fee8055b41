/**
 * A short name for content, so that a link made by one person finds the same archive opened by another. Not a
 * cryptographic hash: it tells archives apart, it proves nothing about them.
 */

/** Feeds text into two 32-bit multiplicative hashes (the mixing constants are odd numbers of high period). */
export function fingerprint(parts: Iterable<string>): string {
  let a = 0x811c9dc5
  let b = 0x01000193
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const unit = part.charCodeAt(i)
      a = Math.imul(a ^ unit, 0x01000193)
      b = Math.imul(b ^ unit, 0x5bd1e995)
    }
    // A border between parts, so that ['ab', 'c'] and ['a', 'bc'] differ.
    a = Math.imul(a ^ 0x1ffff, 0x01000193)
    b = Math.imul(b ^ (a >>> 15), 0x5bd1e995)
  }
  return [a, b].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

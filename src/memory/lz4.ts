/**
 * Blocks of LZ4 (the block format, without a frame): sequences of a token, literals, and a match that repeats earlier
 * output. Nothing is allocated and nothing outside `output` is written, whatever the input says.
 */
import { FormatError } from '../base/errors.ts'

/** Shortest match; a token counts from it. */
const MIN_MATCH = 4
/** A length of 15 in a token goes on in the bytes that follow. */
const MORE = 15

/** Decodes a block that must fill `output` to the last byte. Throws FormatError when it does not. */
export function decodeLz4(input: Uint8Array, output: Uint8Array): void {
  let at = 0
  let out = 0
  const lengthOf = (nibble: number): number => {
    let length = nibble
    if (nibble < MORE) return length
    for (let byte = 255; byte === 255; length += byte) {
      if (at >= input.length) throw damaged('it ends within a length')
      byte = input[at++] ?? 0
    }
    return length
  }
  while (at < input.length) {
    const token = input[at++] ?? 0
    const literals = lengthOf(token >> 4)
    if (literals > input.length - at || literals > output.length - out)
      throw damaged('more literals than there is room for')
    output.set(input.subarray(at, at + literals), out)
    at += literals
    out += literals
    // The last sequence has no match.
    if (at === input.length) break
    if (at + 2 > input.length) throw damaged('it ends within an offset')
    const distance = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)
    at += 2
    const length = lengthOf(token & 15) + MIN_MATCH
    if (distance === 0 || distance > out) throw damaged('a match before the beginning')
    if (length > output.length - out) throw damaged('more output than there is room for')
    if (distance >= length) output.copyWithin(out, out - distance, out - distance + length)
    else for (let i = 0; i < length; i++) output[out + i] = output[out + i - distance] ?? 0
    out += length
  }
  if (out !== output.length) throw damaged(`it gives ${out} bytes where ${output.length} are expected`)
}

function damaged(why: string): FormatError {
  return new FormatError('bad-lz4', `A compressed block is damaged: ${why}.`)
}

/**
 * The text that regular expressions run over: a block of a run with some bytes before and behind it. Strings are made
 * on demand, one code unit per byte, so that an index in the string is an index in the bytes.
 */

/** A block: matches that start in [coreFrom, coreTo) are wanted; the bytes around it decide what matches. */
export interface RegexBlock {
  readonly bytes: Uint8Array
  readonly coreFrom: number
  readonly coreTo: number
  /** Where `bytes` begins in the run. */
  readonly base: number
  /** The whole of `bytes` as a string; bytes from 0x80 on as `standIn`, or as themselves when there is none. */
  text(standIn: 0 | 0x7f | undefined): string
}

const ascii = new TextDecoder('utf-8', { ignoreBOM: true })
const utf16 = new TextDecoder('utf-16le', { ignoreBOM: true })

/** Makes a block over `bytes`, which start at a multiple of four of their buffer and may not change while it is used. */
export function makeBlock(bytes: Uint8Array, coreFrom: number, coreTo: number, base: number): RegexBlock {
  const texts = new Map<number | undefined, string>()
  return {
    bytes,
    coreFrom,
    coreTo,
    base,
    text(standIn) {
      const known = texts.get(standIn)
      if (known !== undefined) return known
      const text = standIn === undefined ? exactText(bytes) : ascii.decode(masked(bytes, standIn))
      texts.set(standIn, text)
      return text
    },
  }
}

/** Each byte as the code unit of the same value. */
export function exactText(bytes: Uint8Array): string {
  return utf16.decode(new Uint16Array(bytes))
}

/** A copy in which `standIn` stands for every byte from 0x80 on. Four bytes at a time. */
function masked(bytes: Uint8Array, standIn: 0 | 0x7f): Uint8Array {
  const copy = new Uint8Array((bytes.length + 3) & ~3)
  copy.set(bytes)
  const words = new Int32Array(copy.buffer)
  const fill = standIn * 0x01010101
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0
    const high = (word & 0x80808080) >>> 7
    if (high === 0) continue
    const bits = (high << 7) - high
    words[i] = (word & 0x7f7f7f7f & ~bits) | (bits & fill)
  }
  return copy.subarray(0, bytes.length)
}

/** Plain text → needles: one per form (UTF-8, UTF-16 little and big endian), optionally in either case. */
import { encodeText } from '../base/text.ts'
import { makeNeedle, type Choice, type Form, type Needle } from './needle.ts'

/**
 * A character and the same character in the other case. A character whose other case is not one character of the same
 * encoded length (German sharp s, dotless i) stands for itself only.
 */
function cases(symbol: string, encode: (text: string) => Uint8Array): readonly Uint8Array[] {
  const own = encode(symbol)
  const options = [own]
  for (const other of [symbol.toLowerCase(), symbol.toUpperCase()]) {
    if (other === symbol || Array.from(other).length !== 1) continue
    const bytes = encode(other)
    if (bytes.length === own.length) options.push(bytes)
  }
  return options
}

/** UTF-16 bytes of a text. Lone surrogates stay as they are. */
export function encodeUtf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian)
  return bytes
}

const encoders: Record<Form, (text: string) => Uint8Array> = {
  bytes: encodeText,
  'utf-8': encodeText,
  'utf-16le': (text) => encodeUtf16(text, true),
  'utf-16be': (text) => encodeUtf16(text, false),
}

/** Length of a text in a form, in bytes. */
export function encodedLength(text: string, form: Form): number {
  return encoders[form](text).length
}

/** The needle for a text in one form. */
export function textNeedle(pattern: number, text: string, form: Form, ignoreCase: boolean): Needle {
  const encode = encoders[form]
  const value = encode(text)
  const mask = new Uint8Array(value.length).fill(0xff)
  if (!ignoreCase) return makeNeedle(pattern, form, value, mask)
  const choices: Choice[] = []
  let at = 0
  for (const symbol of text) {
    const options = cases(symbol, encode)
    const length = options[0]?.length ?? 0
    if (options.length > 1 && loosen(options, value, mask, at)) choices.push({ at, options })
    at += length
  }
  return makeNeedle(pattern, form, value, mask, choices)
}

/** Frees the bits in which the options differ; true when that lets more through than the options. */
function loosen(options: readonly Uint8Array[], value: Uint8Array, mask: Uint8Array, at: number): boolean {
  let freed = 0
  const length = options[0]?.length ?? 0
  for (let i = 0; i < length; i++) {
    let differing = 0
    for (const option of options) differing |= (option[i] ?? 0) ^ (options[0]?.[i] ?? 0)
    mask[at + i] = ~differing & 0xff
    value[at + i] = (value[at + i] ?? 0) & ~differing
    for (let bits = differing; bits !== 0; bits &= bits - 1) freed += 1
  }
  return 1 << freed !== options.length
}

/** What bytes without a schema probably are. A guess for display only: nothing is concluded from it. */
import { FormatError, LimitError } from '../base/errors.ts'
import { decodeText } from '../base/text.ts'
import { WireReader } from './wire.ts'

/** Longest value that is looked at. */
const LONGEST = 64 * 1024

/** The text, when all of it is printable UTF-8 and there is some. */
export function looksLikeText(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0 || bytes.length > LONGEST) return undefined
  const text = decodeText(bytes)
  return /^[^\p{C}]+$/u.test(text) ? text : undefined
}

/** True when the bytes are whole fields of a protobuf message, with sensible numbers. */
export function looksLikeMessage(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || bytes.length > LONGEST) return false
  const reader = new WireReader(bytes)
  try {
    while (reader.pos < reader.limit) {
      const at = reader.pos
      const tag = reader.tag()
      if (tag >>> 3 > 2000) return false
      reader.skip(tag & 7, at)
    }
    return true
  } catch (error) {
    if (error instanceof FormatError || error instanceof LimitError) return false
    throw error
  }
}

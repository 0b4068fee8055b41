/** Base64 in lines, as Python's `base64.encodebytes` gives it: 57 bytes a line, each line ended by a newline. */

const LINE = 57
/** Bytes of one piece: a multiple of a line. */
const PIECE = LINE * 512
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function line(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const word = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    text += ALPHABET.charAt(word >>> 18) + ALPHABET.charAt((word >>> 12) & 63)
    text += left > 1 ? ALPHABET.charAt((word >>> 6) & 63) : '='
    text += left > 2 ? ALPHABET.charAt(word & 63) : '='
  }
  return `${text}\n`
}

/** The encoding in pieces of about 40 KB; nothing for no bytes. */
export function* base64Lines(bytes: Uint8Array): Generator<string, void, undefined> {
  for (let start = 0; start < bytes.length; start += PIECE) {
    const stop = Math.min(bytes.length, start + PIECE)
    let text = ''
    for (let pos = start; pos < stop; pos += LINE) text += line(bytes.subarray(pos, Math.min(stop, pos + LINE)))
    yield text
  }
}

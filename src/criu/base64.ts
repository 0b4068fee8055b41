/** Base64 in lines, as Python's `base64.encodebytes` gives it: 57 bytes a line, each line ended by a newline. */

const LINE = 57
/** Bytes of one piece: a multiple of a line, few enough to be arguments of one call. */
const PIECE = LINE * 512

/** The encoding in pieces of about 40 KB; nothing for no bytes. */
export function* base64Lines(bytes: Uint8Array): Generator<string, void, undefined> {
  for (let start = 0; start < bytes.length; start += PIECE) {
    const piece = bytes.subarray(start, start + PIECE)
    const text = btoa(String.fromCharCode(...piece))
    yield text.replaceAll(/.{1,76}/g, '$&\n')
  }
}

/**
 * A hex dump as `checkpointctl memparse --output` writes it (cmd/memparse.go): two lines of head, then for each 16 bytes
 * the address in 16 digits, the bytes, and what of them is printable ASCII. Nothing is folded.
 */
const ROW = 16
const TITLES = 'Address           Hexadecimal                                       ASCII            '

export const DUMP_HEAD: Uint8Array<ArrayBuffer> = latin1(`${TITLES}\n${'-'.repeat(85)}\n`)

/** Bytes of a row: address, two spaces, three for each byte, ` |`, one for each byte, `|` and line feed. */
function rowSize(bytes: number): number {
  return 16 + 2 + 3 * bytes + 2 + bytes + 2
}

/** Bytes of text for that many bytes of memory that follow each other. */
export function dumpSize(bytes: number): number {
  const rest = bytes % ROW
  return Math.floor(bytes / ROW) * rowSize(ROW) + (rest > 0 ? rowSize(rest) : 0)
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

const DIGITS = latin1('0123456789abcdef')
const [SPACE, BAR, DOT, FEED] = [0x20, 0x7c, 0x2e, 0x0a]

/** Rows of the bytes from an address on. */
export function dumpRows(address: bigint, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const text = new Uint8Array(dumpSize(bytes.length))
  let out = 0
  for (let row = 0; row < bytes.length; row += ROW) {
    const own = bytes.subarray(row, row + ROW)
    const place = (address + BigInt(row)).toString(16).padStart(16, '0')
    for (let i = 0; i < 16; i++) text[out++] = place.charCodeAt(i)
    text[out++] = SPACE
    text[out++] = SPACE
    for (const byte of own) {
      text[out++] = DIGITS[byte >> 4] ?? 0
      text[out++] = DIGITS[byte & 15] ?? 0
      text[out++] = SPACE
    }
    text[out++] = SPACE
    text[out++] = BAR
    for (const byte of own) text[out++] = byte < 32 || byte >= 127 ? DOT : byte
    text[out++] = BAR
    text[out++] = FEED
  }
  return text
}

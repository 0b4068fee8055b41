/**
 * Text from evidence. Linux names are bytes, mostly but not always UTF-8. `decodeText` turns any bytes into a
 * JavaScript string without loss: valid UTF-8 as usual, each byte of an invalid sequence 0xNN as the lone
 * surrogate U+DCNN (the "surrogateescape" scheme of PEP 383). `encodeText` is its inverse. Such a string is a
 * fine map key and crosses worker borders; it is shown only through `textPieces`.
 */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()

/** Bytes → lossless string (see above). */
export function decodeText(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeDamaged(bytes)
  }
}

function decodeDamaged(bytes: Uint8Array): string {
  const parts: string[] = []
  let good = 0
  let i = 0
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i)
    if (length > 0) {
      i += length
      continue
    }
    if (i > good) parts.push(strict.decode(bytes.subarray(good, i)))
    parts.push(String.fromCharCode(0xdc00 + (bytes[i] ?? 0)))
    i += 1
    good = i
  }
  if (i > good) parts.push(strict.decode(bytes.subarray(good, i)))
  return parts.join('')
}

/** Length of the valid UTF-8 sequence at `i`, 0 when there is none (RFC 3629, table 3-7 of Unicode). */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const a = bytes[i] ?? 0
  if (a < 0x80) return 1
  const count = a >= 0xf0 && a <= 0xf4 ? 4 : a >= 0xe0 && a < 0xf0 ? 3 : a >= 0xc2 && a < 0xe0 ? 2 : 0
  if (count === 0 || i + count > bytes.length) return 0
  const b = bytes[i + 1] ?? 0
  const low = a === 0xe0 ? 0xa0 : a === 0xf0 ? 0x90 : 0x80
  const high = a === 0xed ? 0x9f : a === 0xf4 ? 0x8f : 0xbf
  if (b < low || b > high) return 0
  for (let k = 2; k < count; k++) if (((bytes[i + k] ?? 0) & 0xc0) !== 0x80) return 0
  return count
}

/** Lossless string → the bytes it was made from. */
export function encodeText(text: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(text)) return encoder.encode(text)
  const parts: number[] = []
  let run = ''
  for (const symbol of text) {
    const code = symbol.codePointAt(0) ?? 0
    if (symbol.length === 1 && code >= 0xdc80 && code <= 0xdcff) {
      for (const byte of encoder.encode(run)) parts.push(byte)
      run = ''
      parts.push(code - 0xdc00)
    } else run += symbol
  }
  for (const byte of encoder.encode(run)) parts.push(byte)
  return Uint8Array.from(parts)
}

/** Why a piece of evidence text is not shown as itself. */
export type PieceKind = 'text' | 'control' | 'bidi' | 'invisible' | 'invalid'

/** A run of evidence text that is shown in one way. */
export interface TextPiece {
  readonly kind: PieceKind
  /** What is drawn: the text itself, or a symbol such as `\x1b`, `\n`, `U+202E`. */
  readonly shown: string
  /** What a screen reader and the tooltip say; empty for plain text. */
  readonly label: string
}

const ODD = new RegExp(
  [
    '[\\u0000-\\u001f\\u007f-\\u009f]', // C0, DEL, C1
    '[\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]', // bidi controls
    '[\\u00ad\\u115f\\u1160\\u200b\\u200c\\u2028\\u2029\\u2060-\\u2065\\u206a-\\u206f\\u3164\\ufeff\\uffa0\\ufff9-\\ufffb\\u00a0\\u1680\\u2000-\\u200a\\u202f\\u205f\\u3000]',
    '\\u034f|\\u200d|\\u17b4|\\u17b5', // inherent vowels, combining grapheme joiner, zero width joiner
    '[\\u180b-\\u180f]|[\\ufe00-\\ufe0f]', // variation selectors
    '[\\u{e0000}-\\u{e0fff}]', // tags and variation selectors
    '[\\ud800-\\udfff]', // lone surrogates: invalid UTF-8
  ].join('|'),
  'gu',
)

const NAMED: Record<number, string> = { 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }

function oddPiece(symbol: string): TextPiece {
  const code = symbol.codePointAt(0) ?? 0
  if (code >= 0xdc80 && code <= 0xdcff) {
    const hex = (code - 0xdc00).toString(16)
    return { kind: 'invalid', shown: `\\x${hex}`, label: `byte 0x${hex}, not valid UTF-8` }
  }
  const name = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  if (code >= 0x80 && code < 0xa0) return { kind: 'control', shown: name, label: `control character ${name}` }
  if (code < 0x20 || code === 0x7f) {
    const shown = NAMED[code] ?? `\\x${code.toString(16).padStart(2, '0')}`
    return { kind: 'control', shown, label: `control character ${name}` }
  }
  const bidi =
    code === 0x61c ||
    (code >= 0x200e && code <= 0x200f) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  return bidi
    ? { kind: 'bidi', shown: name, label: `text direction mark ${name}` }
    : { kind: 'invisible', shown: name, label: `invisible character ${name}` }
}

/** Splits evidence text into runs so that a person sees what is there: nothing invisible stays invisible. */
export function textPieces(text: string): TextPiece[] {
  const pieces: TextPiece[] = []
  let last = 0
  for (const match of text.matchAll(ODD)) {
    if (match.index > last) pieces.push({ kind: 'text', shown: text.slice(last, match.index), label: '' })
    pieces.push(oddPiece(match[0]))
    last = match.index + match[0].length
  }
  if (last < text.length) pieces.push({ kind: 'text', shown: text.slice(last), label: '' })
  return pieces
}

/** Evidence text as one plain line for titles, `aria-label`s and text exports: odd symbols escaped. */
export function visibleText(text: string): string {
  return textPieces(text)
    .map((piece) => piece.shown)
    .join('')
}

/**
 * Evidence text as one line that can be turned back without doubt: `\\` for a backslash, `\n`, `\x1b` for control
 * characters, `\xff` for a byte that is not UTF-8, `\u{202e}` for marks and invisible characters.
 */
export function escapedText(text: string): string {
  return textPieces(text)
    .map(({ kind, shown }) => {
      if (kind === 'text') return shown.replaceAll('\\', '\\\\')
      return shown.startsWith('U+') ? `\\u{${shown.slice(2).toLowerCase()}}` : shown
    })
    .join('')
}

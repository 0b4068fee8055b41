/**
 * Quoted-printable (RFC 2045, section 6.7) in the form that Python's `quopri.encodestring` gives, which `crit` uses
 * for the names of Unix sockets: bytes outside 33…126, `=` and ends of lines that are blank are written `=XX`, lines
 * longer than 76 characters are broken softly, newlines stay.
 */

const MAX_LINE = 76
const TAB = 9
const LF = 10
const CR = 13
const SPACE = 32
const DOT = 46
const EQUALS = 61

function hex(byte: number): string {
  return `=${byte.toString(16).toUpperCase().padStart(2, '0')}`
}

function isQuoted(bytes: Uint8Array, i: number, column: number): boolean {
  const byte = bytes[i] ?? 0
  const next = bytes[i + 1]
  const last = i + 1 === bytes.length
  if (byte > 126 || byte === EQUALS) return true
  if (byte === DOT && column === 0) return last || next === LF || next === CR || next === 0
  if (byte === TAB || byte === SPACE) return last
  return byte < 33 && byte !== CR && byte !== LF
}

/** Bytes as quoted-printable text, pure ASCII. */
export function quotedPrintable(bytes: Uint8Array): string {
  const firstLine = bytes.indexOf(LF)
  const newline = firstLine > 0 && bytes[firstLine - 1] === CR ? '\r\n' : '\n'
  const out: string[] = []
  let column = 0
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    if (isQuoted(bytes, i, column)) {
      if (column + 3 >= MAX_LINE) {
        out.push(`=${newline}`)
        column = 0
      }
      out.push(hex(byte))
      column += 3
    } else if (byte === LF || (byte === CR && bytes[i + 1] === LF)) {
      const before = out.at(-1)
      if (before === ' ' || before === '\t') out[out.length - 1] = hex(before.charCodeAt(0))
      out.push(newline)
      column = 0
      if (byte === CR) i++
    } else {
      if (i + 1 < bytes.length && bytes[i + 1] !== LF && column + 1 >= MAX_LINE) {
        out.push(`=${newline}`)
        column = 0
      }
      out.push(String.fromCharCode(byte))
      column++
    }
  }
  return out.join('')
}

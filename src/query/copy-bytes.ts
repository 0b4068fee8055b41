/** Bytes as text to paste elsewhere. */
import { decodeText, escapedText } from '../base/text.ts'

export type CopyForm = 'hex' | 'text' | 'c' | 'base64'

const hex = (byte: number): string => byte.toString(16).padStart(2, '0')

/** `0x7f, 0x45, …` in lines of twelve. */
function cArray(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += 12)
    lines.push(`  ${Array.from(bytes.subarray(at, at + 12), (byte) => `0x${hex(byte)}`).join(', ')},`)
  return `unsigned char bytes[${bytes.length}] = {\n${lines.join('\n')}\n};\n`
}

function base64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += 0x8000) parts.push(String.fromCharCode(...bytes.subarray(at, at + 0x8000)))
  return btoa(parts.join(''))
}

/** Text is escaped, so that what is pasted runs nowhere and can be turned back. */
export function copyBytes(bytes: Uint8Array, form: CopyForm): string {
  switch (form) {
    case 'hex':
      return Array.from(bytes, hex).join(' ')
    case 'text':
      return escapedText(decodeText(bytes))
    case 'c':
      return cArray(bytes)
    case 'base64':
      return base64(bytes)
  }
}

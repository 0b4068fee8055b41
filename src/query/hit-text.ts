/** What was found in memory, as text. */
import { decodeText } from '../base/text.ts'
import type { SearchHit } from '../model/search.ts'

type Shown = Pick<SearchHit, 'context' | 'before' | 'length' | 'form'>

function decode(bytes: Uint8Array, form: SearchHit['form']): string {
  if (form !== 'utf-16le' && form !== 'utf-16be') return decodeText(bytes)
  return new TextDecoder(form, { ignoreBOM: true }).decode(bytes)
}

/** Bytes of the match; of a long one only the first. */
export function hitBytes({ context, before, length }: Shown): Uint8Array {
  return context.subarray(before, before + length)
}

/** The match, lossless but for broken UTF-16; of a long one only the beginning. */
export function hitText(hit: Shown): string {
  return decode(hitBytes(hit), hit.form)
}

/** `dotted` text: what cannot be printed is a dot, as in the text column of a hex dump. */
function dotted(bytes: Uint8Array, form: SearchHit['form']): string {
  return decode(bytes, form).replace(/[\p{C}\p{Zl}\p{Zp}\p{M}\ufffd]/gu, '·')
}

/** What stands before the match, as dotted text. */
export function textBefore({ context, before, form }: Shown): string {
  const even = form.startsWith('utf-16') ? before & ~1 : before
  return dotted(context.subarray(before - even, before), form)
}

/** What stands behind the match, as dotted text. */
export function textAfter({ context, before, length, form }: Shown): string {
  const bytes = context.subarray(before + length)
  return dotted(form.startsWith('utf-16') ? bytes.subarray(0, bytes.length & ~1) : bytes, form)
}

export function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}

/** Socket addresses as text. */
import { decodeText } from '../../base/text.ts'
import { addressBytes, addressText } from '../../criu/ip-address.ts'

/** Text of an address as CRIU stores it; undefined when it has neither one word (IPv4) nor four (IPv6). */
export function ipText(words: readonly number[]): string | undefined {
  return addressText(addressBytes(words))
}

/** A Unix socket's name: '' when unnamed, abstract names with `@` for the leading NUL, paths without the final NUL. */
export function unixName(name: Uint8Array | undefined): string {
  if (!name || name.length === 0) return ''
  if (name[0] === 0) return `@${decodeText(name.subarray(1))}`
  let end = name.length
  while (end > 0 && name[end - 1] === 0) end -= 1
  return decodeText(name.subarray(0, end))
}

/** Reading memory from scripts. */
import type { AnalysisApi } from '../../workers/contract.ts'
import type { GapKind } from '../memory/gap.ts'

/** Bytes, or why there are none. */
export type SegmentSummary =
  | {
      /** Hex with 0x. */
      readonly address: string
      /** Bytes. */
      readonly length: number
      /** The bytes as hexadecimal digits. */
      readonly hex: string
    }
  | { readonly address: string; readonly length: number; readonly gap: GapKind; readonly why: string }

/** Bytes that are read at most. */
const MOST = 16 * 1024 * 1024
/** Bytes that the worker gives at once. */
const PART = 1024 * 1024

/** An address as a script may give it: hex text with or without 0x, a bigint, an exact number. */
export type AddressArgument = string | bigint | number

export function addressOf(address: AddressArgument): bigint {
  if (typeof address === 'string') {
    if (/^(0x)?[\da-f]{1,16}$/i.test(address)) return BigInt(`0x${address.replace(/^0x/i, '')}`)
  } else if (
    typeof address === 'bigint' ? address >= 0n && address < 1n << 64n : Number.isSafeInteger(address) && address >= 0
  )
    return BigInt(address)
  throw new TypeError('an address is hex text, a bigint, or a whole number below 2^53')
}

/** The segments cover what was asked for without holes. */
export async function readFor(
  client: Pick<AnalysisApi, 'readMemory'>,
  id: string,
  pid: number,
  address: AddressArgument,
  length: number,
): Promise<{ readonly segments: readonly SegmentSummary[] }> {
  const start = addressOf(address)
  if (!Number.isSafeInteger(length) || length < 0 || length > MOST)
    throw new RangeError(`between 0 and ${MOST} bytes are read at once`)
  const segments: SegmentSummary[] = []
  for (let at = 0; at < length; at += PART) {
    const part = await client.readMemory(id, { kind: 'process', pid }, start + BigInt(at), Math.min(PART, length - at))
    for (const segment of part) {
      const place = `0x${segment.address.toString(16)}`
      if ('bytes' in segment) segments.push({ address: place, length: segment.bytes.length, hex: hexOf(segment.bytes) })
      else segments.push({ address: place, length: segment.length, gap: segment.kind, why: segment.why })
    }
  }
  return { segments }
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

function hexOf(bytes: Uint8Array): string {
  const parts: string[] = []
  for (const byte of bytes) parts.push(DIGITS[byte] ?? '')
  return parts.join('')
}

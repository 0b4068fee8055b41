/** The auxiliary vector: what the kernel told the program at its start (mm_entry.mm_saved_auxv). */
import { decodeText } from '../../base/text.ts'
import { auxvName } from '../../criu/names.ts'
import { absent, type Maybe } from '../../model/absent.ts'
import type { ProcessDetail } from '../../model/process.ts'
import type { AddressSpace } from '../../memory/address-space.ts'
import { absence } from './arguments.ts'

const AT_NULL = 0n
const AT_PLATFORM = 15n
const AT_BASE_PLATFORM = 24n
const AT_RANDOM = 25n
const AT_EXECFN = 31n

/** Longest text that a pointer of the vector is followed to: a path. */
const TEXT_BYTES = 4096

type Entry = Exclude<ProcessDetail['auxv'], { absent: unknown }>[number]

/** Pairs of type and value up to AT_NULL. */
export async function joinAuxv(
  words: readonly bigint[],
  space: AddressSpace | undefined,
): Promise<ProcessDetail['auxv']> {
  if (words.length === 0) return absent('not-recorded', 'The mm image holds no auxiliary vector.')
  const entries: Entry[] = []
  for (let i = 0; i + 1 < words.length; i += 2) {
    const type = words[i] ?? AT_NULL
    const value = words[i + 1] ?? 0n
    if (type === AT_NULL) break
    const name = auxvName(Number(type)) ?? `AT_${type}`
    entries.push({ name, value, text: await textOf(type, value, space) })
  }
  return entries
}

function textOf(type: bigint, value: bigint, space: AddressSpace | undefined): Promise<Maybe<string>> | Maybe<string> {
  const known = type === AT_PLATFORM || type === AT_BASE_PLATFORM || type === AT_EXECFN
  if (!known && type !== AT_RANDOM) return absent('not-applicable', 'The value is a number.')
  if (!space || value === 0n) return absent('unreadable', 'The memory that it points to cannot be read.')
  return type === AT_RANDOM ? bytesAt(space, value, 16) : textAt(space, value)
}

async function bytesAt(space: AddressSpace, address: bigint, count: number): Promise<Maybe<string>> {
  const [first] = await space.read(address, count)
  if (!first) return absent('unreadable', 'The memory that it points to cannot be read.')
  if (first.gap) return absence(first.gap)
  return [...first.bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Text up to NUL, however many stored segments it crosses. */
async function textAt(space: AddressSpace, address: bigint): Promise<Maybe<string>> {
  const parts: number[] = []
  for (const segment of await space.read(address, TEXT_BYTES)) {
    if (segment.gap) return parts.length > 0 ? absent('unreadable', 'The text breaks off.') : absence(segment.gap)
    const nul = segment.bytes.indexOf(0)
    parts.push(...(nul < 0 ? segment.bytes : segment.bytes.subarray(0, nul)))
    if (nul >= 0) return decodeText(Uint8Array.from(parts))
  }
  return absent('unparsable', `No end within ${TEXT_BYTES} bytes.`)
}

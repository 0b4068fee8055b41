/** Distinct strings by the million: reading one, finding a word in all, sorting by text. */
import { orderByKeys } from '../base/order.ts'
import { decodeText, encodeText } from '../base/text.ts'
import type { FoundString, StringList } from '../model/search.ts'

/** Characters that `toLowerCase` changes beyond ASCII may become longer: by half at most (in UTF-8). */
const GROWTH = 1.5
/** Bytes from which it is learnt how common each byte is. */
const SAMPLE = 65536

export function textAt({ bytes, starts }: StringList, index: number): string {
  return decodeText(bytes.subarray(starts[index], starts[index + 1]))
}

/** Bytes of a string as it stands in memory. */
export function lengthAt({ starts, codes, encodingList }: StringList, index: number): number {
  const length = (starts[index + 1] ?? 0) - (starts[index] ?? 0)
  return encodingList[codes[index] ?? 0]?.startsWith('utf-16') ? 2 * length : length
}

export function stringAt(list: StringList, index: number): FoundString {
  const owner = list.ownerList[list.owners[index] ?? 0]
  return {
    pid: owner?.pid,
    shmid: owner?.shmid,
    address: list.addresses[index] ?? 0n,
    mapping: list.mappingList[list.mappings[index] ?? -1],
    text: textAt(list, index),
    encoding: list.encodingList[list.codes[index] ?? 0] ?? 'ascii',
    length: lengthAt(list, index),
    count: list.counts[index] ?? 0,
  }
}

/** Finds words in the texts, whatever the case of letters. */
export class TextFinder {
  readonly #bytes: Uint8Array
  readonly #starts: Uint32Array
  readonly #common = new Uint32Array(256)

  constructor(list: StringList) {
    const { bytes, starts } = lowerCase(list)
    this.#bytes = bytes
    this.#starts = starts
    for (const byte of bytes.subarray(0, SAMPLE)) this.#common[byte] = (this.#common[byte] ?? 0) + 1
  }

  /** 1 for each string that holds the word, which is in lower case and not empty. */
  holding(word: string): Uint8Array {
    const [bytes, starts] = [this.#bytes, this.#starts]
    const marks = new Uint8Array(starts.length - 1)
    const needle = encodeText(word)
    const rare = this.#rarest(needle)
    const sought = needle[rare] ?? 0
    let row = 0
    for (let hit = bytes.indexOf(sought, rare); hit >= 0;) {
      const at = hit - rare
      while ((starts[row + 1] ?? Infinity) <= at) row += 1
      const stop = starts[row + 1] ?? 0
      let same = at + needle.length <= stop ? 0 : -1
      while (same >= 0 && same < needle.length) same = bytes[at + same] === needle[same] ? same + 1 : -1
      const stands = same === needle.length
      if (stands) marks[row] = 1
      hit = bytes.indexOf(sought, stands ? stop + rare : hit + 1)
    }
    return marks
  }

  #rarest(needle: Uint8Array): number {
    let best = 0
    for (const [i, byte] of needle.entries())
      if ((this.#common[byte] ?? 0) < (this.#common[needle[best] ?? 0] ?? 0)) best = i
    return best
  }
}

function lowerCase({ bytes, starts, count, codes, encodingList }: StringList): Pick<StringList, 'bytes' | 'starts'> {
  const beyondAscii = encodingList.indexOf('utf-8')
  const lower = new Uint8Array(codes.includes(beyondAscii) ? Math.ceil(bytes.length * GROWTH) : bytes.length)
  const at = new Uint32Array(count + 1)
  let used = 0
  for (let index = 0; index < count; index++) {
    const [from, to] = [starts[index] ?? 0, starts[index + 1] ?? 0]
    if (codes[index] === beyondAscii) {
      const text = encodeText(decodeText(bytes.subarray(from, to)).toLowerCase())
      lower.set(text, used)
      used += text.length
    } else
      for (let i = from; i < to; i++) {
        const byte = bytes[i] ?? 0
        lower[used++] = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
      }
    at[index + 1] = used
  }
  return { bytes: lower.slice(0, used), starts: at }
}

/** Strings that begin alike are sorted by their next bytes together, if they are more than this. */
const FEW = 4000

/** Sorts indices in place by text, byte by byte; equal ones keep their order. */
export function sortByText(list: StringList, order: Uint32Array): void {
  const { bytes, starts, count } = list
  const high = new Uint32Array(count)
  const low = new Uint32Array(count)
  /** Four bytes as one number; strings that end there come first. */
  function word(index: number, from: number): number {
    const at = (starts[index] ?? 0) + from
    const end = starts[index + 1] ?? 0
    let value = 0
    for (let i = at; i < at + 4; i++) value = (value << 8) | (i < end ? (bytes[i] ?? 0) : 0)
    return value >>> 0
  }
  /** Sorts strings whose first `skip` bytes are the same, by the next eight, then those that have these in common. */
  function sortFrom(part: Uint32Array, skip: number): void {
    for (const index of part) {
      high[index] = word(index, skip)
      low[index] = word(index, skip + 4)
    }
    orderByKeys(part, low, high)
    for (let from = 0; from < part.length;) {
      const [first, second] = [high[part[from] ?? 0] ?? 0, low[part[from] ?? 0] ?? 0]
      let to = from + 1
      while (to < part.length && high[part[to] ?? 0] === first && low[part[to] ?? 0] === second) to += 1
      const alike = part.subarray(from, to)
      from = to
      if ((second & 0xff) === 0 || alike.length === 1) continue
      if (alike.length > FEW) sortFrom(alike, skip + 8)
      else alike.sort((a, b) => compareFrom(list, a, b, skip + 8))
    }
  }
  sortFrom(order, 0)
}

function compareFrom({ bytes, starts }: StringList, a: number, b: number, skip: number): number {
  const [startA, startB] = [starts[a] ?? 0, starts[b] ?? 0]
  const [lengthA, lengthB] = [(starts[a + 1] ?? 0) - startA, (starts[b + 1] ?? 0) - startB]
  const length = Math.min(lengthA, lengthB)
  for (let i = skip; i < length; i++) {
    const difference = (bytes[startA + i] ?? 0) - (bytes[startB + i] ?? 0)
    if (difference !== 0) return difference
  }
  return lengthA - lengthB
}

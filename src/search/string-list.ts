/** Distinct strings as they are handed to the page: in the order of their places, which are looked up. */
import { ascending, orderByNumbers } from '../base/order.ts'
import type { MemoryPlace, SearchMapping, StringList } from '../model/search.ts'
import { encodings } from '../scan/strings/sink.ts'
import type { StringColumns } from '../scan/string-table.ts'

/** The first `limit` strings, by place. */
export function stringList(
  { count, bytes, starts, codes, counts, places }: StringColumns,
  limit: number,
  placeOf: (place: number) => MemoryPlace,
): StringList {
  const order = orderByNumbers(ascending(count), places).subarray(0, limit)
  const list = {
    count: order.length,
    bytes: new Uint8Array(bytes.length),
    starts: new Uint32Array(order.length + 1),
    codes: new Uint8Array(order.length),
    counts: new Float64Array(order.length),
    owners: new Uint32Array(order.length),
    addresses: new BigUint64Array(order.length),
    mappings: new Int32Array(order.length),
  }
  const owners = new Numbering<string, Pick<MemoryPlace, 'pid' | 'shmid'>>()
  const mappings = new Numbering<SearchMapping, SearchMapping>()
  let used = 0
  for (const [to, from] of order.entries()) {
    const code = codes[from] ?? 0
    used = putText(list.bytes, used, bytes, starts[from] ?? 0, starts[from + 1] ?? 0, encodings[code])
    list.starts[to + 1] = used
    list.codes[to] = code
    list.counts[to] = counts[from] ?? 0
    const { pid, shmid, address, mapping } = placeOf(places[from] ?? 0)
    list.owners[to] = owners.of(`${pid} ${shmid}`, { pid, shmid })
    list.addresses[to] = address
    list.mappings[to] = mapping ? mappings.of(mapping, mapping) : -1
  }
  return {
    ...list,
    bytes: list.bytes.slice(0, used),
    encodingList: encodings,
    ownerList: owners.items,
    mappingList: mappings.items,
  }
}

/** Copies the text of bytes [from, to): UTF-16 strings are ASCII characters in two bytes each. Where it ends. */
function putText(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  from: number,
  to: number,
  encoding: (typeof encodings)[number] | undefined,
): number {
  if (encoding !== 'utf-16le' && encoding !== 'utf-16be') {
    target.set(bytes.subarray(from, to), at)
    return at + to - from
  }
  for (let i = encoding === 'utf-16be' ? from + 1 : from; i < to; i += 2) target[at++] = bytes[i] ?? 0
  return at
}

/** Things that come again and again, by number. */
class Numbering<Key, Item> {
  readonly items: Item[] = []
  readonly #numbers = new Map<Key, number>()

  of(key: Key, item: Item): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.items.length)
    return this.items.push(item) - 1
  }
}

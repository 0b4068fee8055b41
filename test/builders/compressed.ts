/** Compressed pages as CRIU writes them, made with an LZ4 encoder that shares nothing with the decoder under test. */
import { concat, image, u32, varint } from './image.ts'

const PAGE = 4096

function lengthBytes(length: number): number[] {
  const bytes: number[] = []
  let rest = length - 15
  for (; rest >= 255; rest -= 255) bytes.push(255)
  return length < 15 ? [] : [...bytes, rest]
}

/** One LZ4 block: greedy matches of four bytes and more, the last bytes as literals, as the format demands. */
export function compressLz4(input: Uint8Array): Uint8Array {
  const seen = new Map<string, number>()
  const out: number[] = []
  let from = 0
  const sequence = (to: number, match?: { readonly distance: number; readonly length: number }): void => {
    const literals = to - from
    out.push((Math.min(literals, 15) << 4) | Math.min(match ? match.length - 4 : 0, 15), ...lengthBytes(literals))
    for (let i = from; i < to; i++) out.push(input[i] ?? 0)
    if (match) out.push(match.distance & 255, match.distance >> 8, ...lengthBytes(match.length - 4))
  }
  for (let at = 0; at + 12 < input.length;) {
    const key = input.subarray(at, at + 4).join()
    const earlier = seen.get(key)
    seen.set(key, at)
    if (earlier === undefined || at - earlier > 65535) {
      at += 1
      continue
    }
    let length = 4
    while (at + length < input.length - 5 && input[at + length] === input[earlier + length]) length += 1
    sequence(at, { distance: at - earlier, length })
    at += length
    from = at
  }
  sequence(input.length)
  return Uint8Array.from(out)
}

export interface CompressedRun {
  readonly page: number
  readonly bytes: Uint8Array
  /** Undefined: stored as it is. */
  readonly pagesPerBlock?: number
  readonly padded?: boolean
  readonly aligned?: boolean
}

const pad = (bytes: Uint8Array): Uint8Array => concat([bytes, new Uint8Array((PAGE - (bytes.length % PAGE)) % PAGE)])

function number(field: number, value: number | bigint): Uint8Array {
  return concat([varint(BigInt(field * 8)), varint(BigInt(value))])
}

function message(field: number, bytes: Uint8Array): Uint8Array {
  return concat([varint(BigInt(field * 8 + 2)), varint(BigInt(bytes.length)), bytes])
}

/** The pagemap and the pages image of runs. Blocks of zeros are not stored, those that do not shrink stored as they are. */
export function compressedImages(
  runs: readonly CompressedRun[],
  form: 'final' | 'development',
): { readonly pagemap: Uint8Array; readonly pages: Uint8Array } {
  const entries: Uint8Array[] = [image('PAGEMAP', [{ pages_id: 1 }])]
  let pages: Uint8Array = new Uint8Array()
  for (const { page, bytes, pagesPerBlock, padded = false, aligned = false } of runs) {
    const fields = [number(1, page * PAGE), number(2, 0), number(4, aligned ? 12 : 4), number(5, bytes.length / PAGE)]
    if (aligned) pages = pad(pages)
    if (pagesPerBlock === undefined) pages = concat([pages, bytes])
    else {
      const blocks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += pagesPerBlock * PAGE) {
        const plain = bytes.subarray(at, at + pagesPerBlock * PAGE)
        const packed = compressLz4(plain)
        blocks.push(
          plain.every((byte) => byte === 0) ? new Uint8Array() : packed.length < plain.length ? packed : plain,
        )
      }
      const stored = blocks.map((block) => (padded ? pad(block) : block))
      pages = concat([pages, ...stored])
      const total = stored.reduce((sum, block) => sum + block.length, 0)
      const sizes = blocks.map(({ length }) => length)
      if (form === 'development')
        fields.push(...sizes.map((size) => number(6, size)), number(7, total), number(8, pagesPerBlock))
      else {
        const list = concat(sizes.map((size) => varint(BigInt(size))))
        fields.push(
          message(6, concat([message(1, list), number(2, total), number(3, pagesPerBlock), number(4, Number(padded))])),
        )
      }
    }
    const payload = concat(fields)
    entries.push(u32(payload.length), payload)
  }
  return { pagemap: concat(entries), pages }
}

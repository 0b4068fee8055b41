import { noise } from './packed.ts'
import { concat, toBytes } from './tar.ts'

/** Bytes as a memory image has them, the same for the same seed: zero pages, pointer tables, text, noise, runs. */
export function memoryLike(pages: number, seed: number): Uint8Array {
  const random = noise(pages * 4, seed)
  return concat(...Array.from({ length: pages }, (_, i) => page(i, random[4 * i] ?? 0, random[4 * i + 1] ?? 0)))
}

const PAGE = 4096

function page(index: number, kind: number, seed: number): Uint8Array {
  switch (kind & 7) {
    case 0:
      return new Uint8Array(PAGE)
    case 1:
    case 2:
      return pointers(index, seed)
    case 3:
    case 4:
      return toBytes(lines(index, seed)).subarray(0, PAGE)
    case 5:
      return noise(PAGE, seed)
    case 6:
      // Few symbols without repetition: literals that Huffman codes make smaller.
      return noise(PAGE, seed + index).map((byte) => 97 + Math.clz32(byte << 24))
    default:
      return new Uint8Array(PAGE).map((_, i) => i % ((seed % 9) + 1))
  }
}

function pointers(index: number, seed: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(PAGE))
  const steps = noise(PAGE / 8, seed + index)
  let address = 0x1000 * index
  for (let i = 0; i < PAGE / 8; i++) {
    address += 16 * ((steps[i] ?? 0) & 15)
    view.setUint32(8 * i, address, true)
    view.setUint32(8 * i + 4, 0x7ffd, true)
  }
  return new Uint8Array(view.buffer)
}

function lines(index: number, seed: number): string {
  const words = ['socket', 'accept', 'process', 'restored', 'from', 'memory', 'of', 'container', 'error', 'page']
  const picks = noise(2000, seed + 31 * index)
  let text = ''
  for (let i = 0; text.length < PAGE; i++)
    text += `${words[(picks[i] ?? 0) % words.length] ?? ''} ${picks[i + 1] ?? 0}\n`
  return text
}

/** 40 MiB of zeros with the same noise at both ends: a match from far beyond 2^25 bytes. */
export function farMatch(): Uint8Array {
  const bytes = new Uint8Array(40 * 1024 * 1024)
  bytes.set(noise(3000, 5))
  bytes.set(noise(3000, 5), 38 * 1024 * 1024)
  return bytes
}

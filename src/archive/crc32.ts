/** CRC-32 of gzip (RFC 1952, section 8), four bytes at a time. */

const TABLES = makeTables()

function makeTables(): readonly [Uint32Array, Uint32Array, Uint32Array, Uint32Array] {
  const tables = [0, 1, 2, 3].map(() => new Uint32Array(256)) as [Uint32Array, Uint32Array, Uint32Array, Uint32Array]
  for (let i = 0; i < 256; i++) {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    tables[0][i] = value
  }
  for (let t = 1; t < 4; t++) {
    for (let i = 0; i < 256; i++) {
      const before = tables[t - 1]?.[i] ?? 0
      const table = tables[t]
      if (table) table[i] = (before >>> 8) ^ (tables[0][before & 255] ?? 0)
    }
  }
  return tables
}

/** Continues a checksum: start with 0, feed the bytes in order. */
export function crc32(bytes: Uint8Array, before = 0): number {
  const [t0, t1, t2, t3] = TABLES
  let crc = ~before
  let i = 0
  const whole = bytes.length - (bytes.length % 4)
  for (; i < whole; i += 4) {
    crc ^= at(bytes, i) | (at(bytes, i + 1) << 8) | (at(bytes, i + 2) << 16) | (at(bytes, i + 3) << 24)
    crc = at(t3, crc & 255) ^ at(t2, (crc >>> 8) & 255) ^ at(t1, (crc >>> 16) & 255) ^ at(t0, crc >>> 24)
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ at(t0, (crc ^ at(bytes, i)) & 255)
  return ~crc >>> 0
}

function at(array: Uint8Array | Uint32Array, index: number): number {
  return array[index] ?? 0
}

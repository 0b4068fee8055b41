/**
 * Archives of any size with the same members: a real small one whose first pages image is made as long as wanted. The
 * added pages are holes in the file, so that 40 GB take no room on disk.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'

const BLOCK = 512
/** Offsets of fields of a ustar header (POSIX 1003.1). */
const [SIZE_AT, SIZE_LENGTH, SUM_AT, SUM_LENGTH] = [124, 12, 148, 8]
/** Largest size that eleven octal digits hold. */
const OCTAL_LIMIT = 8 ** 11

const padded = (size: number) => Math.ceil(size / BLOCK) * BLOCK

/** The header with another size: octal digits, or base 256 (GNU) where they do not suffice. */
function withSize(header: Uint8Array, size: number): Uint8Array {
  const changed = header.slice()
  const octal = `${size.toString(8).padStart(SIZE_LENGTH - 1, '0')}\0`
  if (size < OCTAL_LIMIT) changed.set(Buffer.from(octal, 'latin1'), SIZE_AT)
  else {
    changed.fill(0, SIZE_AT, SIZE_AT + SIZE_LENGTH)
    changed[SIZE_AT] = 0x80
    Buffer.from(changed.buffer).writeBigUInt64BE(BigInt(size), SIZE_AT + SIZE_LENGTH - 8)
  }
  changed.fill(0x20, SUM_AT, SUM_AT + SUM_LENGTH)
  const sum = changed.reduce((total, byte) => total + byte, 0)
  changed.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `, 'latin1'), SUM_AT)
  return changed
}

/** Writes `target` from the plain tar `source` so that it has `size` bytes. Gives the number of members. */
export function writeSparseArchive(source: string, target: string, size: number): number {
  const tar = readFileSync(source)
  const file = openSync(target, 'w')
  let [from, to, members] = [0, 0, 0]
  try {
    while (from + BLOCK <= tar.length && tar[from] !== 0) {
      const header = tar.subarray(from, from + BLOCK)
      const name = header.toString('latin1', 0, 100).replace(/\0.*$/s, '')
      const length = Number.parseInt(header.toString('latin1', SIZE_AT, SIZE_AT + SIZE_LENGTH), 8)
      const body = tar.subarray(from + BLOCK, from + BLOCK + length)
      const wanted = name.endsWith('pages-1.img') ? length + size - tar.length : length
      writeSync(file, withSize(header, wanted), 0, BLOCK, to)
      writeSync(file, body, 0, length, to + BLOCK)
      from += BLOCK + padded(length)
      to += BLOCK + padded(wanted)
      members += 1
    }
    ftruncateSync(file, to + 2 * BLOCK)
  } finally {
    closeSync(file)
  }
  return members
}

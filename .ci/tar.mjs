/** Writes a ustar archive (POSIX.1-1988) whose bytes depend on names and contents alone: no owner, no time, sorted. */

const BLOCK = 512

/** @param {string} name at most 100 bytes @param {number} size */
function header(name, size) {
  const block = Buffer.alloc(BLOCK)
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for a tar header`)
  /** @param {number} value @param {number} at @param {number} digits */
  const octal = (value, at, digits) => block.write(`${value.toString(8).padStart(digits, '0')}\0`, at, 'latin1')
  block.write(name, 0)
  octal(0o644, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  block.write('        0', 148, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}

/** @param {ReadonlyMap<string, Buffer>} files name → content @returns {Buffer} */
export function tarOf(files) {
  const parts = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, content]) => [header(name, content.length), content, Buffer.alloc(-content.length & (BLOCK - 1))])
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)])
}

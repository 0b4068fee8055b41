/**
 * How common each byte is in process memory: occurrences among 65,536 bytes, averaged over the pages images of five
 * checkpoints of different programs (an interpreter, a database, shells, network servers; x86-64). Only the order of
 * magnitude matters: it decides which byte of a pattern is looked for first, never what is found.
 */
export const byteFrequency: Uint16Array = Uint16Array.from([
  38265, 565, 219, 252, 300, 104, 92, 101, 260, 393, 103, 65, 98, 126, 61, 130, 158, 116, 57, 61, 71, 56, 54, 45, 98,
  51, 109, 35, 40, 32, 46, 61, 458, 60, 568, 43, 92, 85, 40, 137, 172, 51, 47, 35, 153, 54, 137, 40, 508, 411, 321, 324,
  329, 352, 327, 317, 345, 324, 299, 35, 182, 48, 39, 23, 191, 71, 31, 39, 45, 61, 60, 48, 158, 59, 45, 24, 51, 39, 46,
  43, 111, 36, 86, 144, 63, 132, 45, 29, 54, 38, 33, 93, 35, 31, 84, 122, 98, 476, 264, 407, 320, 771, 322, 56, 152,
  219, 33, 145, 163, 211, 276, 343, 308, 30, 313, 458, 298, 196, 34, 34, 123, 79, 28, 68, 70, 69, 26, 1111, 199, 122,
  146, 77, 47, 43, 18, 20, 52, 84, 22, 57, 16, 28, 16, 20, 110, 33, 17, 22, 20, 27, 21, 19, 96, 18, 18, 19, 16, 15, 17,
  47, 263, 37, 19, 20, 181, 285, 13, 17, 187, 120, 23, 299, 15, 14, 14, 16, 144, 16, 16, 15, 15, 17, 23, 15, 36, 18, 20,
  22, 21, 23, 15, 263, 138, 41, 27, 28, 20, 18, 22, 27, 51, 32, 20, 19, 22, 16, 18, 20, 130, 43, 42, 32, 25, 22, 17, 33,
  72, 30, 32, 32, 33, 27, 34, 30, 140, 36, 25, 22, 26, 22, 22, 29, 81, 34, 20, 38, 35, 29, 26, 36, 187, 28, 22, 31, 23,
  22, 41, 27, 46, 29, 28, 297, 27, 31, 49, 963,
])

/** Share of memory bytes x with `(x & mask) === value`, 0 to 1. */
export function frequencyOf(value: number, mask: number): number {
  if (mask === 0xff) return (byteFrequency[value] ?? 0) / 65536
  let sum = 0
  for (let x = 0; x < 256; x++) if ((x & mask) === value) sum += byteFrequency[x] ?? 0
  return sum / 65536
}

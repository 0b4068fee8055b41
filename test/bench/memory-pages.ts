/** Pages as a process has them: zeros, pointers, text, machine code (this program's own), noise, a few secrets. */
import { readFileSync } from 'node:fs'

export function memoryPages(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  const code = readFileSync(process.execPath)
  let seed = 12345
  const random = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8
  const words =
    'the user password of token is key=value null "id": 42, http://host.example/path a@b.example GET 10.1.2.3 '
  const text = Buffer.from(words.repeat(50))
  for (let page = 0; page < size; page += 4096) {
    const kind = random() % 100
    const target = bytes.subarray(page, page + 4096)
    if (kind < 25) continue
    if (kind < 45) {
      const view = new DataView(target.buffer, target.byteOffset, 4096)
      for (let i = 0; i < 4096; i += 8) view.setBigUint64(i, 0x7f12_0000_0000n + BigInt(random()) * 16n, true)
    } else if (kind < 65) target.set(text.subarray(random() % 90, 4096))
    else if (kind < 85) target.set(code.subarray((random() % (code.length >> 12)) * 4096).subarray(0, 4096))
    else for (let i = 0; i < 4096; i++) target[i] = random()
    if (random() % 50 === 0) target.set(Buffer.from('AKIAIOSFODNN7EXAMPLE'), random() % 4000)
  }
  return bytes
}

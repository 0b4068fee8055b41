/**
 * How fast the matchers are, against a plain loop that adds up the same buffer as 32-bit words in the same run.
 * `node test/bench/scan.mjs [MiB] [filter]`. Only the ratios mean something: machines and their load differ.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'

const root = join(import.meta.dirname, '../..')
const size = Number(process.argv[2] ?? 64) * 1024 * 1024
const filter = process.argv[3] ?? ''

/** Bundles a module as the product does, and loads it. @param {string} entry */
async function load(entry) {
  const outDir = mkdtempSync(join(tmpdir(), 'scan-bench-'))
  const input = join(root, entry)
  await build({
    configFile: false,
    logLevel: 'error',
    build: { outDir, lib: { entry: input, formats: ['es'], fileName: 'bundle' }, emptyOutDir: true },
  })
  /** @type {unknown} */
  const module = await import(pathToFileURL(join(outDir, 'bundle.js')).href)
  rmSync(outDir, { recursive: true })
  return module
}

const { compile, startScan, StringScan } = /** @type {typeof import('./scan-entry.ts')} */ (
  await load('test/bench/scan-entry.ts')
)

/** Pages as a process has them: zeros, pointers, text, machine code (this program's own), noise, a few secrets. */
function memory() {
  const bytes = new Uint8Array(size)
  const code = readFileSync(process.execPath)
  let seed = 12345
  const random = () => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) >>> 8
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

const bytes = memory()
const words = new Int32Array(bytes.buffer)

function sum() {
  let total = 0
  let i = 0
  while (i < words.length) {
    total = (total + (words[i] ?? 0)) | 0
    i += 1
  }
  return total
}

/** Median seconds of processor time of three runs, so that other programs disturb less. @param {() => unknown} run */
function seconds(run) {
  run()
  const times = [1, 2, 3].map(() => {
    const start = process.cpuUsage()
    run()
    return process.cpuUsage(start).user / 1e6
  })
  return times.sort((a, b) => a - b)[1] ?? 0
}

/** Hits of a scan fed in chunks of 4 MiB. @param {readonly import('../../src/scan/pattern.ts').Pattern[]} patterns */
function scan(patterns) {
  const compiled = compile(patterns)
  if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.errors))
  const run = startScan(compiled.set, { onHit: () => undefined })
  for (let at = 0; at < size; at += 4 << 20) run.feed(BigInt(at), bytes.subarray(at, at + (4 << 20)))
  return run.end().found
}

/** @param {Partial<import('../../src/scan/strings.ts').StringOptions>} options */
function strings(options) {
  let count = 0
  const run = new StringScan({ minLength: 6, ...options }, () => (count += 1))
  for (let at = 0; at < size; at += 4 << 20) run.feed(BigInt(at), bytes.subarray(at, at + (4 << 20)))
  run.end()
  return count
}

/** @param {number} count @param {(i: number) => string} make @returns {import('../../src/scan/pattern.ts').Pattern[]} */
const texts = (count, make) =>
  Array.from({ length: count }, (_, i) => ({ kind: 'text', text: make(i), ignoreCase: true }))
/** @param {string} text @param {object} [more] @returns {import('../../src/scan/pattern.ts').Pattern[]} */
const text = (text, more) => [{ kind: 'text', text, ...more }]
/** @param {string} source @param {object} [more] @returns {import('../../src/scan/pattern.ts').Pattern[]} */
const regex = (source, more) => [{ kind: 'regex', source, ...more }]
const hash = (/** @type {number} */ i) => (i * 2654435761).toString(16).padStart(12, 'f').repeat(4).slice(0, 40)

/** @type {Record<string, () => unknown>} */
const runs = {
  'text, 20 bytes': () => scan(text('AKIAIOSFODNN7EXAMPLE')),
  'text, 8 bytes': () => scan(text('passwork')),
  'text, 8 bytes, either case': () => scan(text('passwork', { ignoreCase: true })),
  'text, 4 bytes': () => scan(text('kez=')),
  'text, 4 bytes, either case': () => scan(text('kezz', { ignoreCase: true })),
  'text, UTF-8 and UTF-16, either case': () => scan(text('passwork', { ignoreCase: true, utf8: true, utf16le: true })),
  'hex with wildcards': () => scan([{ kind: 'hex', hex: '48 8b ?? 24 1? e8 ?? ?? ff' }]),
  '20 hashes and names': () => scan([...texts(15, hash), ...texts(5, (i) => `evil${i}.example`)]),
  '20 short strings': () => scan(texts(20, (i) => `zq${i}x`)),
  '20 addresses': () => scan(texts(20, (i) => `203.0.113.${i}`)),
  '200 hashes and names': () => scan([...texts(150, hash), ...texts(50, (i) => `evil${i}.example`)]),
  '1000 names': () => scan(texts(1000, (i) => `host${i}.evil.example`)),
  'regex with literal': () => scan(regex('AKIA[0-9A-Z]{16}')),
  'regex e-mail': () => scan(regex('[\\w.+-]+@[\\w-]+\\.[\\w.-]+')),
  'regex words, either case': () => scan(regex('(password|passwd|secret)\\s*[=:]', { ignoreCase: true })),
  'regex without literal': () => scan(regex('\\d{5,}')),
  'regex of exact bytes': () => scan(regex('[\\x80-\\x8f]{7}')),
  'strings, ASCII': () => strings({ ascii: true }),
  'strings, UTF-8': () => strings({ utf8: true }),
  'strings, ASCII and UTF-16LE': () => strings({ ascii: true, utf16le: true }),
}

const base = size / 1e9 / seconds(sum)
console.log(`adding up words: 1.00 (${base.toFixed(2)} GB/s on this machine now)`)
for (const [name, run] of Object.entries(runs)) {
  if (!name.includes(filter)) continue
  const count = run()
  const speed = size / 1e9 / seconds(run)
  console.log(`${name.padEnd(38)} ${(speed / base).toFixed(2)}  (${speed.toFixed(2)} GB/s, ${String(count)} found)`)
}

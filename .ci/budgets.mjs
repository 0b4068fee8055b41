/**
 * Step of `npm test`: the sizes of the built site, printed and bounded. What is counted: the scripts that the page needs
 * before it can draw (gzip), everything that is kept for offline use but the sample, the sample by itself, the portable
 * file (which has the sample in it); and that no WebAssembly is among them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { root } from './steps.mjs'

const KB = 1000
const BUDGETS = { firstPaint: 120 * KB, precache: 1500 * KB, sample: 4000 * KB, portable: 5500 * KB }

const dist = join(root, 'dist')
/** @param {string} path */
const bytes = (path) => readFileSync(join(dist, path))
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(dist.length + 1))

const page = bytes('index.html').toString('utf8')
const first = [...page.matchAll(/(?:src|href)="\.\/(assets\/[^"]+\.js)"/g)].map(([, path = '']) => path)
const kept = [
  ...bytes('sw.js')
    .toString('utf8')
    .matchAll(/url:"([^"]+)"/g),
].map(([, path = '']) => path)
const sample = kept.filter((path) => path.includes('/sample'))
if (first.length === 0 || kept.length < 10 || sample.length !== 1) throw new Error('the build is not as expected')

/** @param {readonly string[]} paths @param {(content: Buffer) => number} [size] */
const total = (paths, size = (content) => content.length) => paths.reduce((sum, path) => sum + size(bytes(path)), 0)

/** @type {readonly (readonly [string, number, number])[]} */
const figures = [
  ['scripts of the first paint, gzip', total(first, (content) => gzipSync(content).length), BUDGETS.firstPaint],
  ['kept for offline use, without the sample', total(kept.filter((path) => !sample.includes(path))), BUDGETS.precache],
  ['the sample, kept too', total(sample), BUDGETS.sample],
  ['portable file', bytes('cryoscope.html').length, BUDGETS.portable],
]
let failed = false
for (const [what, size, budget] of figures) {
  failed ||= size > budget
  console.log(`${what}: ${(size / KB).toFixed(1)} kB of ${budget / KB} kB${size > budget ? ': TOO LARGE' : ''}`)
}
const MAGIC = Buffer.from([0, 0x61, 0x73, 0x6d])
const wasm = files.filter((path) => {
  const content = bytes(path)
  return content.subarray(0, 4).equals(MAGIC) || /\bWebAssembly\b|AGFzbQ/.test(content.toString('latin1'))
})
if (wasm.length > 0) console.log(`WebAssembly in ${wasm.join(', ')}`)
process.exit(failed || wasm.length > 0 ? 1 : 0)

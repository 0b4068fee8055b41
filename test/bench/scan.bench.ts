/**
 * How fast the matchers are, against a plain loop that adds up the same buffer as 32-bit words in the same run:
 * `npm run bench -- scan [MiB] [filter]`. Only the ratios mean something: machines and their load differ.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'
import type { Pattern, TextPattern } from '../../src/scan/pattern.ts'
import type { StringOptions } from '../../src/scan/strings.ts'
import { memoryPages } from './memory-pages.ts'
import type { StringScan, compile, startScan } from './scan-entry.ts'

interface Modules {
  readonly compile: typeof compile
  readonly startScan: typeof startScan
  readonly StringScan: typeof StringScan
}

const CHUNK = 4 * 1024 * 1024

/** The engine bundled as for the product: a test runner's modules are slower. */
async function loadBundle(): Promise<Modules> {
  const outDir = mkdtempSync(join(tmpdir(), 'scan-bench-'))
  const entry = join(import.meta.dirname, 'scan-entry.ts')
  await build({
    configFile: false,
    logLevel: 'error',
    build: { outDir, lib: { entry, formats: ['cjs'], fileName: () => 'bundle.cjs' }, emptyOutDir: true },
  })
  const modules = createRequire(import.meta.url)(join(outDir, 'bundle.cjs')) as Modules
  rmSync(outDir, { recursive: true })
  return modules
}

function sum(words: Int32Array): number {
  let total = 0
  let i = 0
  while (i < words.length) {
    total = (total + (words[i] ?? 0)) | 0
    i += 1
  }
  return total
}

/** Median seconds of processor time of three runs, so that other programs disturb less. */
function seconds(run: () => unknown): number {
  run()
  const times = [1, 2, 3].map(() => {
    const start = process.cpuUsage()
    run()
    return process.cpuUsage(start).user / 1e6
  })
  return times.sort((a, b) => a - b)[1] ?? 0
}

/** The measured runs over `bytes`; each gives the number of things found. */
function measuredRuns({ compile, startScan, StringScan }: Modules, bytes: Uint8Array): Record<string, () => number> {
  const feed = (take: (at: number, bytes: Uint8Array) => void): void => {
    for (let at = 0; at < bytes.length; at += CHUNK) take(at, bytes.subarray(at, at + CHUNK))
  }
  const scan = (patterns: readonly Pattern[]): number => {
    const compiled = compile(patterns)
    if (compiled.kind === 'refused') throw new Error(JSON.stringify(compiled.errors))
    const run = startScan(compiled.set, { onHit: () => undefined })
    feed((at, part) => {
      run.feed(BigInt(at), part)
    })
    return run.end().found
  }
  const strings = (options: Partial<StringOptions>): number => {
    let count = 0
    const run = new StringScan({ minLength: 6, ...options }, () => (count += 1))
    feed((at, part) => {
      run.feed(at, part)
    })
    run.end()
    return count
  }
  const texts = (count: number, make: (i: number) => string): Pattern[] =>
    Array.from({ length: count }, (_, i) => ({ kind: 'text', text: make(i), ignoreCase: true }))
  const text = (word: string, more: Partial<TextPattern> = {}): Pattern[] => [{ kind: 'text', text: word, ...more }]
  const regex = (source: string, ignoreCase = false): Pattern[] => [{ kind: 'regex', source, ignoreCase }]
  const hash = (i: number): string => (i * 2654435761).toString(16).padStart(12, 'f').repeat(4).slice(0, 40)
  return {
    'text, 20 bytes': () => scan(text('AKIAIOSFODNN7EXAMPLE')),
    'text, 8 bytes': () => scan(text('passwork')),
    'text, 8 bytes, either case': () => scan(text('passwork', { ignoreCase: true })),
    'text, 4 bytes': () => scan(text('kez=')),
    'text, 4 bytes, either case': () => scan(text('kezz', { ignoreCase: true })),
    'text in UTF-8 and UTF-16, either case': () =>
      scan(text('passwork', { ignoreCase: true, utf8: true, utf16le: true })),
    'hex with wildcards': () => scan([{ kind: 'hex', hex: '48 8b ?? 24 1? e8 ?? ?? ff' }]),
    '20 hashes and names': () => scan([...texts(15, hash), ...texts(5, (i) => `evil${i}.example`)]),
    '20 short words': () => scan(texts(20, (i) => `zq${i}x`)),
    '20 addresses': () => scan(texts(20, (i) => `203.0.113.${i}`)),
    '200 hashes and names': () => scan([...texts(150, hash), ...texts(50, (i) => `evil${i}.example`)]),
    '1000 names': () => scan(texts(1000, (i) => `host${i}.evil.example`)),
    'regex with literal': () => scan(regex('AKIA[0-9A-Z]{16}')),
    'regex e-mail': () => scan(regex('[\\w.+-]+@[\\w-]+\\.[\\w.-]+')),
    'regex words, either case': () => scan(regex('(password|passwd|secret)\\s*[=:]', true)),
    'regex without literal': () => scan(regex('\\d{5,}')),
    'regex of exact bytes': () => scan(regex('[\\x80-\\x8f]{7}')),
    'strings, ASCII': () => strings({ ascii: true }),
    'strings, UTF-8': () => strings({ utf8: true }),
    'strings, ASCII and UTF-16LE': () => strings({ ascii: true, utf16le: true }),
  }
}

export async function run(args: readonly string[]): Promise<void> {
  const size = Number(args[0] ?? 64) * 1024 * 1024
  const bytes = memoryPages(size)
  const words = new Int32Array(bytes.buffer)
  const base = size / 1e9 / seconds(() => sum(words))
  console.log(`adding up words: 1.00 (${base.toFixed(2)} GB/s on this machine now)`)
  for (const [name, measured] of Object.entries(measuredRuns(await loadBundle(), bytes))) {
    if (!name.includes(args[1] ?? '')) continue
    const speed = size / 1e9 / seconds(measured)
    console.log(`${name.padEnd(38)} ${(speed / base).toFixed(2)}  (${speed.toFixed(2)} GB/s, ${measured()} found)`)
  }
}

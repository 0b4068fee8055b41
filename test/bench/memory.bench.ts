/**
 * Searching the memory of a large plain archive in the built page, against the speed at which as many workers read the
 * same bytes in the same way without looking at them: `npm run bench -- memory [MiB] [runs]`. Both are measured in turn, in
 * one run; only the ratios mean something.
 */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import type { ConsoleSearch } from '../../src/app/console-search.ts'
import { image, minimal } from '../builders/image.ts'
import { tarHeader, tarMember } from '../builders/tar.ts'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'
import { memoryPages } from './memory-pages.ts'

const MIB = 1024 * 1024
const PAGE = 4096
const START = 0x7f00_0000_0000n
/** Pages made once and written again and again. */
const PORTION = 64 * MIB

/** A checkpoint of one process with that much memory; where its pages begin in the file. */
function writeArchive(path: string, size: number): number {
  const vma = {
    start: START,
    end: START + BigInt(size),
    pgoff: 0n,
    shmid: 0n,
    prot: 3,
    flags: 0x22,
    status: 0x201,
    fd: -1n,
  }
  const pages = BigInt(size / PAGE)
  const members = {
    'inventory.img': image('INVENTORY', [
      { ...minimal('inventory_entry'), img_version: 2, root_ids: minimal('task_kobj_ids_entry') },
    ]),
    'pstree.img': image('PSTREE', [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }]),
    'core-1.img': image('CORE', [
      {
        mtype: 1,
        tc: { ...minimal('task_core_entry'), task_state: 1, comm: 'bench' },
        thread_info: minimal('thread_info_x86'),
      },
    ]),
    'mm-1.img': image('MM', [{ ...minimal('mm_entry'), vmas: [vma] }]),
    'pagemap-1.img': image('PAGEMAP', [
      { pages_id: 1 },
      { vaddr: START, nr_pages: pages, compat_nr_pages: 0, flags: 4 },
    ]),
  }
  const file = openSync(path, 'w')
  let at = 0
  const write = (bytes: Uint8Array): void => {
    at += writeSync(file, bytes, 0, bytes.length, at)
  }
  try {
    for (const [name, body] of Object.entries(members)) write(tarMember({ name: `checkpoint/${name}`, body }))
    write(tarHeader({ name: 'checkpoint/pages-1.img', size }))
    const begin = at
    const portion = memoryPages(Math.min(size, PORTION))
    for (let done = 0; done < size; done += portion.length) write(portion.subarray(0, size - done))
    write(new Uint8Array(2 * 512))
    return begin
  } finally {
    closeSync(file)
  }
}

type Query = Omit<ConsoleSearch, 'id'>

const IOCS = [
  ...Array.from({ length: 8 }, (_, i) => `198.51.100.${i * 7 + 1}`),
  ...Array.from({ length: 6 }, (_, i) => `evil${i}.example.net`),
  ...Array.from({ length: 6 }, (_, i) => (i * 2654435761).toString(16).padStart(12, 'f').repeat(4).slice(0, 40)),
].join('\n')

const QUERIES: readonly (readonly [string, Query, number])[] = [
  ['literal', { text: 'AKIAIOSFODNN7EXAMPLF' }, 0.8],
  ['literal in either case and UTF-16', { text: 'passwork', ignoreCase: true, utf16: true }, 0],
  ['regular expression with a literal', { regex: 'AKIA[0-9A-Z]{15}F' }, 0.6],
  ['20 indicators', { list: IOCS }, 0.4],
]

async function searchTime(page: Page, query: Query): Promise<number> {
  return page.evaluate(async (given) => {
    const id = (await window.cryoscope.checkpoints())[0]?.id ?? ''
    const begun = performance.now()
    const { complete, notes } = await window.cryoscope.search({ id, ...given })
    if (!complete) throw new Error(notes.join('; '))
    return performance.now() - begun
  }, query)
}

async function stringsTime(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const id = (await window.cryoscope.checkpoints())[0]?.id ?? ''
    const begun = performance.now()
    await window.cryoscope.strings({ id, encodings: ['ascii'], limit: 1 })
    return performance.now() - begun
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

export async function run(args: readonly string[]): Promise<void> {
  const size = Number(args[0] ?? 512) * MIB
  const runs = Number(args[1] ?? 3)
  const threads = Math.max(1, Math.min(availableParallelism() - 1, 4))
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-bench-'))
  const archive = join(folder, 'memory.tar')
  const outDir = join(folder, 'reader')
  await build({
    root: join(root, 'test/bench/reader'),
    configFile: false,
    logLevel: 'error',
    base: './',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
  const [site, readerSite] = [await serve(join(root, 'dist'), 0), await serve(outDir, 0)]
  const browser = await launch()
  try {
    const begin = writeArchive(archive, size)
    const context = await browser.newContext()
    const app = await App.start(context, site.url)
    await app.open([archive])
    await app.waitReady()
    const reader = await (await browser.newContext()).newPage()
    await reader.goto(readerSite.url)
    await reader.locator('#file-input').setInputFiles(archive)
    const readTime = () =>
      reader.evaluate(([from, to, count]) => window.readRange(from, to, count), [begin, begin + size, threads] as const)
    await readTime()
    const speed = (time: number) => `${(size / 1e6 / time).toFixed(2)} GB/s`
    console.log(`${size / MIB} MiB of memory in a plain tar, ${threads} scan workers, medians of ${runs} runs.`)
    const measured: readonly (readonly [string, () => Promise<number>, number])[] = [
      ...QUERIES.map(([name, query, wanted]) => [name, () => searchTime(app.page, query), wanted] as const),
      ['strings, ASCII (one worker)', () => stringsTime(app.page), 0],
    ]
    for (const [name, measure, wanted] of measured) {
      const times = { read: [] as number[], search: [] as number[] }
      for (let done = 0; done < runs; done++) {
        times.read.push(await readTime())
        times.search.push(await measure())
      }
      const [read, search] = [median(times.read), median(times.search)]
      const goal = wanted > 0 ? `, wanted ${wanted.toFixed(2)}` : ''
      console.log(
        `${name.padEnd(36)} ${(read / search).toFixed(2)} of reading${goal}  (${speed(search)}, reading ${speed(read)})`,
      )
    }
    for (const problem of app.problems) console.error(`problem on the page: ${problem}`)
  } finally {
    await browser.close()
    await site.close()
    await readerSite.close()
    rmSync(folder, { recursive: true })
  }
}

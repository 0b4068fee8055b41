/**
 * Searching the memory of a large plain archive in the built page: `npm run bench -- memory [MiB] [runs]`. Searches stand
 * beside the speed at which as many workers read the same bytes in the same way without looking at them, those of a copy in
 * the private file system beside command line tools on the same file. What is compared is measured in turn, in one run:
 * machines and their load differ, ratios less.
 */
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { build } from 'vite'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import type { ConsoleSearch, ConsoleStrings } from '../../src/app/console-search.ts'
import { writeMemoryArchive } from '../builders/memory-archive.ts'
import { App } from '../e2e/harness/app.ts'
import { launchProfile } from '../e2e/harness/browser.ts'
import { memoryPages } from './memory-pages.ts'
import { rendererMemory } from './process-io.ts'

const MIB = 1024 * 1024
type Query = Omit<ConsoleSearch, 'id'>

const IOCS = [
  ...Array.from({ length: 8 }, (_, i) => `198.51.100.${i * 7 + 1}`),
  ...Array.from({ length: 6 }, (_, i) => `evil${i}.example.net`),
  ...Array.from({ length: 6 }, (_, i) => (i * 2654435761).toString(16).padStart(12, 'f').repeat(4).slice(0, 40)),
].join('\n')

/** Stands once, in the last tenth of the memory. */
const LATE = 'XYZZY-IS-HERE-ONCE'

const QUERIES: readonly (readonly [string, Query, number])[] = [
  ['literal', { text: 'AKIAIOSFODNN7EXAMPLF' }, 0.8],
  ['literal in either case and UTF-16', { text: 'passwork', ignoreCase: true, utf16: true }, 0],
  ['regular expression with a literal', { regex: 'AKIA[0-9A-Z]{15}F' }, 0.6],
  ['20 indicators', { list: IOCS }, 0.4],
]

/** Milliseconds until the page's own function is done. */
async function searchTime(page: Page, query: Query): Promise<number> {
  return page.evaluate(async (given) => {
    const id = (await window.cryoscope.checkpoints())[0]?.id ?? ''
    const begun = performance.now()
    const { complete, notes } = await window.cryoscope.search({ id, ...given })
    if (!complete) throw new Error(notes.join('; '))
    return performance.now() - begun
  }, query)
}

type Encodings = NonNullable<ConsoleStrings['encodings']>

async function stringsTime(page: Page, encodings: Encodings): Promise<number> {
  return page.evaluate(async (given) => {
    const id = (await window.cryoscope.checkpoints())[0]?.id ?? ''
    const begun = performance.now()
    await window.cryoscope.strings({ id, encodings: given, limit: 1 })
    return performance.now() - begun
  }, encodings)
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN
}

/** Medians of measurements made in turn. */
async function inTurn(runs: number, ...measures: readonly (() => number | Promise<number>)[]): Promise<number[]> {
  const times: number[][] = measures.map(() => [])
  for (let done = 0; done < runs; done++)
    for (const [index, measure] of measures.entries()) times[index]?.push(await measure())
  return times.map(median)
}

/** Milliseconds of a command; undefined when it is not installed. */
function commandTime(command: string, args: readonly string[]): number | undefined {
  const begun = performance.now()
  const { error, status } = spawnSync(command, args, { env: { ...process.env, LC_ALL: 'C' } })
  return error || (status ?? 2) > 1 ? undefined : performance.now() - begun
}

/** Types a text, starts the search and waits until all is done. The page marks when the first hit is drawn. */
async function typedSearch(page: Page, text: string): Promise<{ click: number; words: string }> {
  await page.getByLabel('Pattern', { exact: true }).fill(text)
  return page.evaluate(async () => {
    const rows = () => document.querySelector('[role=grid][aria-label=Hits] [role=gridcell]') !== null
    const words = () => document.querySelector('p[role=status]')?.textContent.trim() ?? ''
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
    const begun = performance.now()
    document.querySelector<HTMLButtonElement>('[aria-label="Search memory"] button[data-kind=primary]')?.click()
    while (rows()) await frame()
    while (!rows()) await frame()
    performance.mark('bench:drawn')
    const click = performance.now() - begun
    while (!/ hits? in /.test(words())) await frame()
    return { click, words: words().replace(/\s+/g, ' ') }
  })
}

interface TraceEvent {
  readonly name: string
  /** Microseconds, of one clock for all threads. */
  readonly ts: number
}

/** Milliseconds from the first match in a scan thread, as a trace tells it, to the first hit on screen. */
async function firstHit(page: Page, text: string): Promise<{ match: number; click: number; words: string }> {
  const session = await page.context().newCDPSession(page)
  const events: TraceEvent[] = []
  session.on('Tracing.dataCollected', ({ value }) => {
    events.push(...(value as unknown as TraceEvent[]))
  })
  const complete = new Promise((resolve) => {
    session.once('Tracing.tracingComplete', resolve)
  })
  const traceConfig = { includedCategories: ['blink.user_timing'] }
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig })
  const result = await typedSearch(page, text)
  await session.send('Tracing.end')
  await complete
  await session.detach()
  const first = (name: string): number =>
    events.reduce((least, event) => (event.name === name ? Math.min(least, event.ts) : least), Infinity)
  return { ...result, match: (first('bench:drawn') - first('cryoscope:match')) / 1000 }
}

/** Most bytes by which the renderer's memory grows while something is done. */
async function growth(argument: string, work: () => Promise<unknown>): Promise<number | undefined> {
  const before = rendererMemory(argument)
  let most = before ?? 0
  const timer = setInterval(() => {
    most = Math.max(most, rendererMemory(argument) ?? 0)
  }, 100)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return before === undefined ? undefined : most - before
}

const mb = (bytes: number | undefined): string =>
  bytes === undefined ? 'not known here' : `${Math.round(bytes / 1e6)} MB`

export async function run(args: readonly string[]): Promise<void> {
  const size = Number(args[0] ?? 1024) * MIB
  const runs = Number(args[1] ?? 3)
  const threads = Math.max(2, Math.min(availableParallelism() - 1, 4))
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-bench-'))
  const archive = join(folder, 'memory.tar')
  const outDir = join(folder, 'reader')
  const mark = `--cryoscope-bench=${folder}`
  await build({
    root: join(root, 'test/bench/reader'),
    configFile: false,
    logLevel: 'error',
    base: './',
    worker: { format: 'es' },
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
  const [site, readerSite] = [await serve(join(root, 'dist'), 0), await serve(outDir, 0)]
  const browser = await launchProfile(join(folder, 'profile'), [mark])
  const readerBrowser = await launchProfile(join(folder, 'reader-profile'))
  const line = (name: string, words: string): void => {
    console.log(`${name.padEnd(38)} ${words}`)
  }
  const speed = (time = NaN): string => `${(size / 1e6 / time).toFixed(2)} GB/s`
  try {
    const begin = writeMemoryArchive(archive, size, memoryPages)
    const file = openSync(archive, 'r+')
    writeSync(file, LATE, begin + Math.floor(size * 0.9))
    closeSync(file)
    const app = await App.start(browser, site.url)
    const { page } = app
    await app.open([archive])
    await app.waitReady()
    const reader = await readerBrowser.newPage()
    await reader.goto(readerSite.url)
    await reader.locator('#file-input').setInputFiles(archive)
    const readTime = (): Promise<number> =>
      reader.evaluate(([from, to, count]) => window.readRange(from, to, count), [begin, begin + size, threads] as const)
    await readTime()
    console.log(`${size / MIB} MiB of memory in a plain tar, ${threads} scan workers, medians of ${runs} runs.`)

    for (const [name, query, wanted] of QUERIES) {
      const [read = NaN, search = NaN] = await inTurn(runs, readTime, () => searchTime(page, query))
      const goal = wanted > 0 ? `, wanted ${wanted.toFixed(2)}` : ''
      line(name, `${(read / search).toFixed(2)} of reading${goal}  (${speed(search)}, reading ${speed(read)})`)
    }
    for (const encodings of [['ascii'], ['utf-8', 'utf-16le']] as const) {
      const [read, strings] = await inTurn(runs, readTime, () => stringsTime(page, encodings))
      line(`strings, ${encodings.join(' and ')}`, `${speed(strings)}, wanted 0.50  (reading ${speed(read)})`)
    }

    await app.goto('search')
    await page.getByLabel('UTF-16').uncheck()
    for (const [where, text] of [
      ['early', 'AKIAIOSFODNN7EXAMPLE'],
      ['late', LATE],
    ] as const) {
      const found: Awaited<ReturnType<typeof firstHit>>[] = []
      while (found.length < runs) found.push(await firstHit(page, text))
      const [match, click] = [median(found.map((hit) => hit.match)), median(found.map((hit) => hit.click))]
      const words = `${Math.round(match)} ms after the first match, wanted 200; ${Math.round(click)} ms after the click`
      line(`first hit on screen, ${where}`, `${words}  (${found[0]?.words ?? ''})`)
    }
    let many = { click: 0, words: '' }
    const grownByHits = await growth(mark, async () => {
      many = await typedSearch(page, 'e ')
    })
    line('renderer memory, millions of hits', `grows by ${mb(grownByHits)}, wanted 300 MB  (${many.words})`)
    await page.getByRole('tab', { name: 'Strings' }).click()
    const grownByStrings = await growth(mark, async () => {
      await page.getByRole('button', { name: 'Gather strings' }).click()
      await page.getByText(/distinct strings? in/).waitFor({ timeout: 600_000 })
    })
    line('renderer memory, strings', `grows by ${mb(grownByStrings)}, wanted 300 MB`)

    const copyBegun = performance.now()
    await page.getByRole('button', { name: 'Keep a copy' }).click()
    await page.getByRole('button', { name: 'Delete the copy' }).waitFor({ timeout: 600_000 })
    line('copy to the private file system', speed(performance.now() - copyBegun))
    const tools = [
      ['rg', ['-j', '1', '-c', '-a', '-F', '--no-mmap', 'AKIAIOSFODNN7EXAMPLF', archive]],
      ['grep', ['-c', '-a', '-F', 'AKIAIOSFODNN7EXAMPLF', archive]],
    ] as const
    for (const [name, query] of QUERIES) {
      const compared = name === 'literal' ? tools : []
      const [copied, ...others] = await inTurn(
        runs,
        () => searchTime(page, query),
        ...compared.map(
          ([command, given]) =>
            () =>
              commandTime(command, given) ?? NaN,
        ),
      )
      const words = compared.map(([command], i) => {
        const time = others[i] ?? NaN
        return Number.isNaN(time) ? `${command} is not installed` : `${command} ${speed(time)}`
      })
      line(`${name}, in the copy`, [speed(copied) + (name === 'literal' ? ', wanted 3.00' : ''), ...words].join('; '))
    }
    const [copied] = await inTurn(runs, () => stringsTime(page, ['ascii']))
    line('strings, ascii, in the copy', `${speed(copied)}, wanted 0.50`)
    line(
      'checkpointctl memparse --search',
      commandTime('checkpointctl', ['--version']) === undefined
        ? 'checkpointctl is not installed: not compared'
        : 'is measured by hand: it needs an archive of its engine',
    )
    for (const problem of app.problems) console.error(`problem on the page: ${problem}`)
  } finally {
    await browser.close()
    await readerBrowser.close()
    await site.close()
    await readerSite.close()
    rmSync(folder, { recursive: true })
  }
}

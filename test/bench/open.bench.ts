/**
 * Opening, measured in the built page: bytes read and time from drop to index, overview and all decoded, for a small real
 * archive and for archives of 400 MB to 40 GB with the same number of members. Arguments: number of runs (default 5).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'
import { bytesReadBy } from './process-io.ts'
import { writeSparseArchive } from './sparse-archive.ts'

const SOURCE = join(root, 'test/fixtures/checkpoints/containerd/2.2.1/counters.tar')

const SIZES: readonly (readonly [string, number])[] = [
  ['400 MB', 400e6],
  ['4 GiB', 4 * 1024 ** 3],
  ['40 GB', 40e9],
]

/** One run, or the medians of several: milliseconds from drop, and bytes. */
interface Measured {
  readonly index: number
  readonly overview: number
  /** The overview is on screen: two frames after its mark. */
  readonly painted: number
  readonly ready: number
  /** Bytes of the file that the worker asked for until all was decoded; until the overview. */
  readonly bytesRead: number
  readonly bytesToOverview: number
  /** Bytes that the browser's processes read in all, by the kernel's count. */
  readonly kernel: number
}

async function measure(browser: Browser, site: string, path: string, marker: string): Promise<Measured> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const app = await App.start(context, site)
    await app.page.evaluate(() => {
      new PerformanceObserver((list) => {
        if (list.getEntriesByName('cryoscope:overview').length === 0) return
        requestAnimationFrame(() => requestAnimationFrame(() => performance.mark('painted')))
      }).observe({ type: 'mark' })
    })
    const before = bytesReadBy(marker) ?? NaN
    await app.open([path])
    await app.waitReady()
    const kernel = (bytesReadBy(marker) ?? NaN) - before
    await app.page.waitForFunction(() => performance.getEntriesByName('painted').length > 0)
    const marks = await app.page.evaluate(() =>
      performance.getEntriesByType('mark').map((mark) => ({
        name: mark.name,
        time: mark.startTime,
        bytesRead: ((mark as PerformanceMark).detail as { bytesRead?: number } | null)?.bytesRead,
      })),
    )
    const find = (name: string) => marks.find((mark) => mark.name === name)
    const since = (name: string) => (find(name)?.time ?? NaN) - (find('cryoscope:drop')?.time ?? NaN)
    return {
      index: since('cryoscope:index'),
      overview: since('cryoscope:overview'),
      painted: since('painted'),
      ready: since('cryoscope:ready'),
      bytesRead: find('cryoscope:ready')?.bytesRead ?? NaN,
      bytesToOverview: find('cryoscope:overview')?.bytesRead ?? NaN,
      kernel,
    }
  } finally {
    await context.close()
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? NaN
}

function medians(runs: readonly Measured[]): Measured {
  const of = (key: keyof Measured) => median(runs.map((run) => run[key]))
  return {
    index: of('index'),
    overview: of('overview'),
    painted: of('painted'),
    ready: of('ready'),
    bytesRead: of('bytesRead'),
    bytesToOverview: of('bytesToOverview'),
    kernel: of('kernel'),
  }
}

const number = (value: number, digits = 0) =>
  Number.isNaN(value) ? 'not known' : value.toLocaleString('en', { maximumFractionDigits: digits })

function print(label: string, size: number, measured: Measured): void {
  const { index, overview, painted, ready, bytesRead, bytesToOverview, kernel } = measured
  console.log(`\n${label}: ${number(size)} bytes`)
  console.log(
    `  from drop to  index ${number(index)} ms, overview ${number(overview)} ms (on screen ${number(painted)} ms), all decoded ${number(ready)} ms`,
  )
  console.log(
    `  bytes read    ${number(bytesToOverview)} to the overview, ${number(bytesRead)} in all = ${number((bytesRead / size) * 100, 4)} % of the archive`,
  )
  console.log(`  upper bound   ${number(kernel)} bytes read by all processes of the browser, whatever for`)
}

export async function run(args: readonly string[]): Promise<void> {
  const runs = Number(args[0] ?? 5)
  if (!Number.isInteger(runs) || runs < 1) throw new Error('the argument is the number of runs')
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-bench-'))
  const marker = `--cryoscope-bench=${process.pid}`
  const site = await serve(join(root, 'dist'), 0)
  const browser = await launch([marker])
  /** Runs it once to warm up and then as often as wanted. */
  const repeat = async (path: string) => {
    const results: Measured[] = []
    for (let done = 0; done <= runs; done++) results.push(await measure(browser, site.url, path, marker))
    return medians(results.slice(1))
  }
  try {
    console.log(`Opening, medians of ${runs} runs in Chromium ${browser.version()}, Node.js ${process.versions.node}.`)
    print('small real archive', 273408, await repeat(SOURCE))
    const large: Measured[] = []
    for (const [label, size] of SIZES) {
      const path = join(folder, 'sparse.tar')
      const members = writeSparseArchive(SOURCE, path, size)
      const measured = await repeat(path)
      print(`sparse archive of ${label}, ${members} members`, size, measured)
      large.push(measured)
      rmSync(path)
    }
    const [smallest, , largest] = large
    const ratio = (key: keyof Measured) => number((largest?.[key] ?? NaN) / (smallest?.[key] ?? NaN), 2)
    console.log(`\n40 GB against 400 MB: overview ${ratio('overview')} ×, all decoded ${ratio('ready')} ×`)
    console.log(`Repeat: npm run bench -- open ${runs}`)
  } finally {
    await browser.close()
    await site.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

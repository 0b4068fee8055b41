/**
 * Scrolling the hex view of a process with 4 GiB of stored memory in the built page: `npm run bench -- hex [GiB] [seconds]`. The
 * archive is sparse. By wheel, by keys held down and by dragging the thumb; prints the frames' times.
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { memoryMembers } from '../builders/memory-archive.ts'
import { tarHeader, tarMember } from '../builders/tar.ts'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'
import { memoryPages } from './memory-pages.ts'

const MIB = 1024 * 1024
const PAGE = 4096
const START = 0x7f00_0000_0000n
/** Every so many bytes that many are not zeros. */
const [STEP, FILLED] = [64 * MIB, 2 * MIB]
/** Milliseconds that no frame may take. */
const MOST = 50

/** One process with `size` bytes of memory, of which a part is like that of real processes and the rest zeros. */
function writeArchive(path: string, size: number): void {
  const pages = size / PAGE
  const members = memoryMembers(
    [{ start: START, size }],
    Array.from({ length: Math.ceil(pages / 2 ** 20) }, (_, i) => ({
      start: START + BigInt(i * 2 ** 20 * PAGE),
      pages: Math.min(2 ** 20, pages - i * 2 ** 20),
    })),
  )
  const file = openSync(path, 'w')
  let at = 0
  const write = (bytes: Uint8Array): void => {
    at += writeSync(file, bytes, 0, bytes.length, at)
  }
  try {
    for (const member of members) write(tarMember(member))
    write(tarHeader({ name: 'checkpoint/pages-1.img', size }))
    const filled = memoryPages(FILLED)
    for (let done = 0; done < size; done += STEP) writeSync(file, filled, 0, FILLED, at + done)
    ftruncateSync(file, at + size + 2 * 512)
  } finally {
    closeSync(file)
  }
}

interface Frames {
  readonly times: readonly number[]
  readonly long: readonly number[]
}

/** Times between frames while something is done, and tasks of the page that took longer than 50 ms. */
async function measure(page: Page, work: () => Promise<void>): Promise<Frames> {
  await page.evaluate(() => {
    const kept = { times: [] as number[], long: [] as number[], last: performance.now(), on: true }
    Object.assign(window, { kept })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (kept.on) kept.long.push(entry.duration)
    }).observe({ type: 'longtask' })
    const frame = (now: number): void => {
      kept.times.push(now - kept.last)
      kept.last = now
      if (kept.on) requestAnimationFrame(frame)
    }
    requestAnimationFrame((now) => {
      kept.last = now
      requestAnimationFrame(frame)
    })
  })
  await work()
  return page.evaluate(() => {
    const { kept } = window as unknown as { kept: { times: number[]; long: number[]; on: boolean } }
    kept.on = false
    return { times: kept.times, long: kept.long }
  })
}

function report(name: string, { times, long }: Frames): void {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1)
  const worst = sorted.at(-1) ?? NaN
  const over = times.filter((time) => time > MOST).length
  console.log(
    `${name.padEnd(24)} ${String(times.length).padStart(5)} frames  median ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  ` +
      `worst ${worst.toFixed(1)} ms  over ${MOST} ms: ${over}; page busy over 50 ms: ${long.length}`,
  )
}

export async function run(args: readonly string[]): Promise<void> {
  const size = Number(args[0] ?? 4) * 1024 * MIB
  const time = Number(args[1] ?? 5) * 1000
  const folder = mkdtempSync(join(tmpdir(), 'cryoscope-bench-'))
  const archive = join(folder, 'memory.tar')
  const site = await serve(join(root, 'dist'), 0)
  const browser = await launch()
  try {
    writeArchive(archive, size)
    const app = await App.start(await browser.newContext({ viewport: { width: 1440, height: 900 } }), site.url)
    const { page } = app
    await app.open([archive])
    await app.waitReady()
    await app.goto('hex')
    const grid = page.getByRole('grid', { name: /Memory of/ })
    await grid
      .getByRole('row')
      .filter({ hasText: /[0-9a-f]{2} [0-9a-f]{2}/ })
      .first()
      .waitFor()
    await grid.focus()
    const [box, track] = [await grid.boundingBox(), await page.getByRole('scrollbar').boundingBox()]
    if (!box || !track) throw new Error('the hex view is not drawn')
    const during = async (step: (index: number) => Promise<void>): Promise<void> => {
      const end = performance.now() + time
      for (let index = 0; performance.now() < end; index++) await step(index)
    }
    console.log(`${size / MIB / 1024} GiB of stored memory, ${time / 1000} s each; milliseconds between frames.`)
    report('standing still', await measure(page, () => page.waitForTimeout(time)))
    await page.mouse.move(box.x + 100, box.y + 100)
    report('wheel', await measure(page, () => during(() => page.mouse.wheel(0, 240))))
    report('PageDown held', await measure(page, () => during(() => page.keyboard.press('PageDown'))))
    report('arrow held', await measure(page, () => during(() => page.keyboard.press('ArrowDown'))))
    await page.mouse.move(track.x + 7, track.y + 4)
    await page.mouse.down()
    const drag = (index: number): Promise<void> => {
      const share = 0.5 - 0.5 * Math.cos(index / 40)
      return page.mouse.move(track.x + 7, track.y + 4 + share * (track.height - 8))
    }
    report('thumb dragged', await measure(page, () => during(drag)))
    await page.mouse.up()
    for (const problem of app.problems) console.error(`problem on the page: ${problem}`)
  } finally {
    await browser.close()
    await site.close()
    rmSync(folder, { recursive: true })
  }
}

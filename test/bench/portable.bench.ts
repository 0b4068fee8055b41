/**
 * The portable file as it is used from a USB stick: opened from disk with the network off, in Chromium and Firefox, with a
 * search over an archive of 500 MB: `npm run bench -- portable [MB]`. Ends with an error unless every planted text is
 * found, at its address, and nothing else.
 */
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../.ci/steps.mjs'
import { FIREFOX, startFirefox } from '../browsers/firefox.ts'
import { writeMemoryArchive } from '../builders/memory-archive.ts'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'
import { memoryPages } from './memory-pages.ts'

const MB = 1_000_000
const PAGE = 4096
/** First address of the memory that writeMemoryArchive makes. */
const START = 0x7f00_0000_0000
const NEEDLE = 'needle-5f1c-of-the-portable-file'
const FILE = pathToFileURL(join(root, 'dist/cryoscope.html')).href

/** Waits until the archive is decoded, then searches: the times in milliseconds, and the addresses of the hits. */
const USE = `
  const ready = async () => (await cryoscope.checkpoints()).filter(({ state }) => state === 'ready')
  while ((await ready()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
  const [{ id }] = await ready()
  const timed = async (query) => {
    const begun = performance.now()
    const { hits, complete } = await cryoscope.search({ id, ...query })
    return { hits: hits.map(({ address }) => Number(address)), complete, time: performance.now() - begun }
  }
  return {
    online: navigator.onLine,
    text: await timed({ text: argument }),
    regex: await timed({ regex: argument.slice(0, 6) + '-[0-9a-f]{4}-of-the-[a-z]+-file' }),
  }`

interface Search {
  readonly hits: readonly number[]
  readonly complete: boolean
  readonly time: number
}

interface Used {
  readonly online: boolean
  readonly text: Search
  readonly regex: Search
}

/** Plants the text at the ends, across a page and in the middle; gives the addresses. */
function plant(path: string, begin: number, size: number): number[] {
  const file = openSync(path, 'r+')
  const places = [0, 5 * PAGE - 7, Math.floor(size / 2), size - NEEDLE.length]
  for (const place of places) writeSync(file, NEEDLE, begin + place, 'latin1')
  closeSync(file)
  return places.map((place) => START + place)
}

async function inChromium(archive: string): Promise<Used> {
  const browser = await launch()
  try {
    const context = await browser.newContext()
    await context.setOffline(true)
    const app = await App.start(context, FILE)
    await app.open([archive])
    return await app.page.evaluate<Used>(`(async (argument) => {${USE}})(${JSON.stringify(NEEDLE)})`)
  } finally {
    await browser.close()
  }
}

async function inFirefox(archive: string): Promise<Used> {
  const driver = await startFirefox(FIREFOX, ['--offline'])
  try {
    await driver.goto(FILE)
    await driver.setFiles('#file-input', [archive])
    return (await driver.run(USE, NEEDLE)) as Used
  } finally {
    await driver.close()
  }
}

export async function run([given = '500']: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'portable-'))
  try {
    const archive = join(folder, 'checkpoint.tar')
    const size = Math.ceil((Number(given) * MB) / PAGE) * PAGE
    const places = plant(archive, writeMemoryArchive(archive, size, memoryPages), size)
    const engines: [string, (path: string) => Promise<Used>][] = [['Chromium', inChromium]]
    if (existsSync(FIREFOX)) engines.push(['Firefox', inFirefox])
    else console.log(`Firefox: left out, since there is no ${FIREFOX}`)
    for (const [engine, use] of engines) {
      const used = await use(archive)
      for (const [what, { hits, complete, time }] of Object.entries({ text: used.text, regex: used.regex })) {
        const found = hits.toSorted((a, b) => a - b)
        if (!complete || String(found) !== String(places))
          throw new Error(`${engine}: ${what} found ${String(found)}, planted ${String(places)}`)
        const rate = Math.round(size / MB / (time / 1000))
        console.log(`${engine}, offline, file://: ${what} over ${given} MB in ${Math.round(time)} ms (${rate} MB/s)`)
      }
      if (used.online) throw new Error(`${engine} had a network`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

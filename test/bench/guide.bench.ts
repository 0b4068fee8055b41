/**
 * The pictures of docs/guide.md, taken anew from the sample: `npm run bench -- guide`. Each is a window of 1180 × 720
 * pixels in the light theme, as WebP.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'

const FOLDER = join(root, 'docs/guide')
const LARGEST = 150_000
const QUALITY = 82

/** What the guide looks for: an address and a domain that the reader is told of. */
const INDICATORS = '203.0.113.66\nattacker@evil.example\nMOCK-SHELLCODE-MARK'

async function visit(app: App, place: string): Promise<void> {
  await app.page.evaluate((to) => {
    location.hash = to
  }, `#/v1/c1/${place}`)
  await app.settle()
  await app.page.waitForTimeout(400)
}

/** Where the memory that can be written and run begins, in a process that holds the mark. */
function shellcodeAt(app: App, pid: number): Promise<string> {
  return app.page.evaluate(async (wanted) => {
    const { hits } = await window.cryoscope.search({ id: 'c1', pid: wanted, text: 'MOCK-SHELLCODE-MARK' })
    const hit = hits.find(({ vma }) => vma?.protection.startsWith('rwx'))
    if (!hit?.vma) throw new Error('the sample is not as expected')
    return hit.vma.start
  }, pid)
}

/** By the name of its file, in the order of the guide: what brings the page to it. */
const PICTURES: Readonly<Record<string, (app: App) => Promise<void>>> = {
  overview: (app) => visit(app, 'overview'),
  process: (app) => visit(app, 'processes/process/16'),
  environment: async (app) => {
    await app.page.getByRole('tab', { name: /^Env/ }).click()
  },
  sockets: async (app) => {
    await visit(app, 'sockets')
    await app.page.getByRole('row', { name: /ESTABLISHED/ }).click()
  },
  dropped: async (app) => {
    await visit(app, 'contents')
    await app.page.getByRole('searchbox').first().fill('rootfs-diff')
    await app.page.getByRole('row', { name: /rootfs-diff\.tar/ }).click()
  },
  map: async (app) => {
    await visit(app, `map/memory/process/16/${await shellcodeAt(app, 16)}`)
    await app.page.getByRole('searchbox').first().fill('prot:rwx')
  },
  search: async (app) => {
    await visit(app, 'search')
    await app.page.getByRole('button', { name: 'List', exact: true }).click()
    await app.page.getByLabel('Indicators, one a line').fill(INDICATORS)
    await app.page.getByRole('button', { name: 'Search', exact: true }).click()
    await app.page.getByText(/^\d+ hits? in/).waitFor()
    await app.page
      .getByRole('row', { name: /MOCK-SHELLCODE-MARK/ })
      .first()
      .click()
  },
  hex: async (app) => {
    await visit(app, `hex/memory/process/16/${await shellcodeAt(app, 16)}`)
  },
}

export async function run(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true })
  const site = await serve(join(root, 'dist'), 0)
  const browser = await launch()
  try {
    const context = await browser.newContext({
      viewport: { width: 1180, height: 720 },
      colorScheme: 'light',
      reducedMotion: 'reduce',
    })
    const app = await App.start(context, site.url)
    const cdp = await context.newCDPSession(app.page)
    await app.page.getByRole('button', { name: 'Open the sample' }).click()
    await app.waitReady()
    for (const [name, bring] of Object.entries(PICTURES)) {
      await bring(app)
      await app.page.mouse.move(0, 0)
      await app.page.waitForTimeout(600)
      const { data } = await cdp.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
      const picture = Buffer.from(data, 'base64')
      if (picture.length > LARGEST) throw new Error(`${name}: ${picture.length} bytes are too many`)
      writeFileSync(join(FOLDER, `${name}.webp`), picture)
      console.log(`docs/guide/${name}.webp: ${picture.length} bytes`)
    }
    for (const problem of app.problems) console.error(`problem on the page: ${problem}`)
  } finally {
    await browser.close()
    await site.close()
  }
}

/** The built page in a browser, as tests use it: open files, wait, go to a screen, look; and what went wrong on the way. */
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { root } from '../../../.ci/steps.mjs'
import type { CryoscopeConsole } from '../../../src/app/console.ts'

declare global {
  interface Window {
    readonly cryoscope: CryoscopeConsole
  }
}

/** A file that exists only in the test. */
export interface MadeFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** How long opening may take on a busy machine, milliseconds. */
const PATIENCE = 30_000

/** Playwright's own word in pages that may have no service worker. */
const BLOCKED = 'Service Worker registration blocked by Playwright'

const SECTIONS = 'nav[aria-label="Sections"] a'

export class App {
  readonly page: Page
  readonly #site: string
  readonly #problems: string[] = []

  private constructor(page: Page, site: string) {
    this.page = page
    this.#site = site
  }

  /** A fresh page of the site with the given hash (`#/v1/…`), its problems watched from the first moment. */
  static async start(context: BrowserContext, site: string, hash = ''): Promise<App> {
    const app = new App(await context.newPage(), site)
    app.#watch(context)
    await app.page.goto(site + hash)
    await app.#started()
    return app
  }

  /** Console errors and warnings (policy violations are among them), uncaught errors, and requests to elsewhere. */
  get problems(): readonly string[] {
    return this.#problems
  }

  /** Gives the problems so far and forgets them, for tests that provoke some. */
  takeProblems(): string[] {
    return this.#problems.splice(0)
  }

  #watch(context: BrowserContext): void {
    this.page.on('console', (message) => {
      if (message.text() === BLOCKED) return
      if (['error', 'warning'].includes(message.type())) this.#problems.push(`${message.type()}: ${message.text()}`)
    })
    this.page.on('pageerror', (error) => this.#problems.push(`uncaught: ${error.message}`))
    context.on('request', (request) => {
      const url = request.url()
      const isOwn = url.startsWith(this.#site) || url.startsWith('blob:') || url.startsWith('data:')
      if (!isOwn) this.#problems.push(`request: ${url}`)
    })
  }

  async #started(): Promise<void> {
    await this.page.waitForFunction(() => 'cryoscope' in window, undefined, { timeout: PATIENCE })
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.#started()
  }

  /** Sets files on the page's file input: paths, or files made by the test. */
  async open(files: readonly string[] | readonly MadeFile[]): Promise<void> {
    const list = files.map((file) =>
      typeof file === 'string'
        ? file
        : { name: file.name, mimeType: 'application/octet-stream', buffer: Buffer.from(file.bytes) },
    )
    await this.page.locator('#file-input').setInputFiles(list as string[])
  }

  /** Drops files on the middle of the page as a file manager would. */
  async drop(files: readonly MadeFile[]): Promise<void> {
    const encoded = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString('base64') }))
    await this.page.evaluate((list) => {
      const transfer = new DataTransfer()
      for (const { name, base64 } of list)
        transfer.items.add(new File([Uint8Array.from(atob(base64), (symbol) => symbol.charCodeAt(0))], name))
      const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2) ?? document.body
      for (const type of ['dragenter', 'dragover', 'drop'])
        middle.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }))
    }, encoded)
  }

  /** Waits until that many checkpoints are open and all of them decoded. */
  async waitReady(count = 1): Promise<void> {
    // Not `waitForFunction`: it takes the promise of an asynchronous condition for its fulfilment.
    await this.page.evaluate(
      async ([wanted, patience]) => {
        const end = performance.now() + patience
        for (;;) {
          const checkpoints = await window.cryoscope.checkpoints()
          if (checkpoints.length >= wanted && checkpoints.every(({ state }) => state === 'ready')) return
          if (performance.now() > end) throw new Error(`not ready in time: ${JSON.stringify(checkpoints)}`)
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      },
      [count, PATIENCE] as const,
    )
  }

  /** Ids of the screens in the navigation, in order. */
  async views(): Promise<string[]> {
    const links = await this.page.locator(SECTIONS).all()
    const hrefs = await Promise.all(links.map((link) => link.getAttribute('href')))
    return hrefs.map((href) => viewOf(href ?? '') ?? '').filter((view) => view !== '')
  }

  /** Goes to a screen by its link in the navigation and waits until it is the current one. */
  async goto(view: string): Promise<void> {
    const ids = await this.views()
    if (!ids.includes(view)) throw new Error(`the navigation has no ${view}, only ${ids.join(', ')}`)
    await this.page.locator(`${SECTIONS}[href$="/${view}"]`).click()
    await this.page.locator(`${SECTIONS}[href$="/${view}"][aria-current="page"]`).waitFor()
    await this.settle()
  }

  /** Waits until the screen has been drawn: its code loaded, two frames gone by. */
  async settle(): Promise<void> {
    await this.page.waitForLoadState('load')
    await this.page.locator('main').locator(':scope > *').first().waitFor()
    await this.page.evaluate(
      () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(resolve))
        }),
    )
  }

  /** The screen that the address names. */
  view(): string | undefined {
    return viewOf(new URL(this.page.url()).hash)
  }

  /** Text of the middle of the frame. */
  text(): Promise<string> {
    return this.page.locator('main').innerText()
  }

  /** Saves a picture of the window as a PNG file under test/output/. */
  async screenshot(name: string): Promise<string> {
    const path = join(root, 'test/output', `${name}.png`)
    await this.page.screenshot({ path })
    return path
  }
}

function viewOf(hash: string): string | undefined {
  return /^#\/v1\/[^/]+\/([a-z-]+)/.exec(hash)?.[1]
}

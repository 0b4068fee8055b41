/** Builds the harness and opens it in Chromium, under the content security policy the page ships with. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte'
import { chromium, type Browser, type Page } from 'playwright-core'
import { build, preview, type PreviewServer } from 'vite'
import { findChromium } from '../../.ci/setup.mjs'

const CHROMIUM = findChromium()

/** False where there is no browser: the tests are then left out, and say so. */
export const hasBrowser = CHROMIUM !== undefined
if (!hasBrowser) console.warn('component tests are left out: no Chromium was found (set CHROMIUM)')

export interface Harness {
  readonly browser: Browser
  /** Opens the page; problems on its console are collected. */
  open(query?: string): Promise<{ page: Page; problems: string[] }>
  close(): Promise<void>
}

export async function startHarness(): Promise<Harness> {
  const outDir = mkdtempSync(join(tmpdir(), 'widgets-'))
  const root = join(import.meta.dirname, 'harness')
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    plugins: [svelte({ configFile: false, preprocess: vitePreprocess(), compilerOptions: { runes: true } })],
    build: { outDir, emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  })
  const server: PreviewServer = await preview({
    root,
    configFile: false,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0 },
  })
  const browser = await chromium.launch({
    executablePath: CHROMIUM ?? '',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return {
    browser,
    async open(query = '') {
      const context = await browser.newContext({ viewport: { width: 1200, height: 800 } })
      await context.grantPermissions(['clipboard-read', 'clipboard-write'])
      const page = await context.newPage()
      const problems: string[] = []
      page.on('pageerror', (error) => problems.push(error.message))
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text())
      })
      await page.goto(`${server.resolvedUrls?.local[0] ?? ''}${query}`)
      await page.waitForSelector('[role$=grid] [role=row]')
      return { page, problems }
    },
    async close() {
      await browser.close()
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}

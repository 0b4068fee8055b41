/** `test` for browser tests: gives each one a fresh page, and fails it on any problem that the page had. */
import { test as base, expect, inject } from 'vitest'
import { App } from './app.ts'
import { launch } from './browser.ts'

export const test = base
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await launch()
    onCleanup(() => browser.close())
    return browser
  })
  /** Each fresh page that may have one fetches and keeps the whole site: only for tests that are about that. */
  .extend('serviceWorkers', 'block' as 'allow' | 'block')
  .extend('context', async ({ browser, serviceWorkers }, { onCleanup }) => {
    const viewport = { width: 1280, height: 800 }
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce', serviceWorkers })
    onCleanup(() => context.close())
    return context
  })
  .extend('app', async ({ context }, { onCleanup }) => {
    const app = await App.start(context, inject('site'))
    onCleanup(() => {
      expect(app.problems, 'problems on the page').toEqual([])
    })
    return app
  })

export { expect }

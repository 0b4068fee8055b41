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
  .extend('context', async ({ browser }, { onCleanup }) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })
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

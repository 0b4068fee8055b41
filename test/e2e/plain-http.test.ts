/** Over plain http under a name that is not this machine's own: no secure context, so everything works by fallbacks. */
import { join } from 'node:path'
import { headersFor } from '../../.ci/headers.mjs'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from './harness/app.ts'
import { launch } from './harness/browser.ts'
import { driveEverything } from './harness/drive.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test as base } from './harness/test.ts'

const NAME = 'cryoscope.test'

/** Chromium says that headers about isolation mean nothing here. */
const EXPECTED = 'Cross-Origin-Opener-Policy header has been ignored'

const test = base
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }) => {
    const browser = await launch([`--host-resolver-rules=MAP ${NAME} 127.0.0.1`])
    onCleanup(() => browser.close())
    return browser
  })
  .extend('app', async ({ context }, { onCleanup }) => {
    const site = await serve(join(root, 'dist'), 0, headersFor)
    const app = await App.start(context, site.url.replace('localhost', NAME))
    onCleanup(async () => {
      await site.close()
      expect(
        app.problems.filter((problem) => !problem.includes(EXPECTED)),
        'problems on the page',
      ).toEqual([])
    })
    return app
  })

test('plain http: everything works, and what is withheld is said once', { timeout: 120_000 }, async ({ app }) => {
  expect(await app.page.evaluate(() => isSecureContext)).toBe(false)
  expect(await app.page.getByText(/Served over plain http/).count()).toBe(1)
  await driveEverything(app)
  expect(await app.page.getByText(/plain http/).count()).toBe(0)
})

test('plain http: cells are copied without a clipboard object', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  await app.page.getByRole('row', { name: /alive sleep/ }).click()
  await app.page.evaluate(() => {
    document.addEventListener('copy', () => {
      document.documentElement.dataset['copied'] = document.activeElement?.tagName
    })
  })
  await app.page.keyboard.press('Control+c')
  await expect.poll(() => app.page.evaluate(() => document.documentElement.dataset['copied'])).toBe('TEXTAREA')
})

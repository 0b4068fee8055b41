/** A new version of the site: it is announced, waits for the person, and never comes under an open checkpoint by itself. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from './harness/app.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test as base } from './harness/test.ts'

const NOTE = 'A new version of Cryoscope is ready'

/** A copy of the built site that can be replaced by another version while it is served. */
interface Hosted {
  readonly url: string
  /** Puts another version in its place: another page, which the list of the service worker names with another digest. */
  publish(version: string): void
}

const test = base
  .extend('serviceWorkers', 'allow')
  .extend('hosted', async ({}, { onCleanup }): Promise<Hosted> => {
    const folder = mkdtempSync(join(tmpdir(), 'site-'))
    cpSync(join(root, 'dist'), folder, { recursive: true })
    const site = await serve(folder, 0)
    onCleanup(async () => {
      await site.close()
      rmSync(folder, { recursive: true, force: true })
    })
    const replace = (file: string, pattern: RegExp, by: string): void => {
      const path = join(folder, file)
      const old = readFileSync(path, 'utf8')
      expect(old).toMatch(pattern)
      writeFileSync(path, old.replace(pattern, by))
    }
    return {
      url: site.url,
      publish(version) {
        replace('index.html', /(<meta name="description" content=")[^"]*/, `$1${version}`)
        replace('sw.js', /(url:"index\.html",revision:")[^"]*/, `$1${version}`)
      },
    }
  })
  .extend('app', async ({ context, hosted }, { onCleanup }) => {
    const app = await App.start(context, hosted.url)
    // The first visit installs; from the second on the service worker answers.
    await app.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    await app.reload()
    onCleanup(() => {
      expect(app.problems, 'problems on the page').toEqual([])
    })
    return app
  })

/** As the browser does by itself, once a day and at each start. */
async function lookForUpdate(app: App): Promise<void> {
  await app.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    await registration?.update()
  })
}

const version = (app: App) => app.page.locator('meta[name=description]').getAttribute('content')
const note = (app: App) => app.page.getByText(NOTE)

test('a new version is announced, and nothing changes under an open checkpoint until it is taken', async ({
  app,
  hosted,
}) => {
  const old = await version(app)
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  await app.page.evaluate(() => {
    document.documentElement.dataset['mark'] = 'same page'
  })
  hosted.publish('second')
  await lookForUpdate(app)
  await note(app).waitFor()
  // The worker of the analysis still answers, screens that were not loaded yet still come from the old version.
  for (const view of ['hex', 'commands']) await app.goto(view)
  const { total } = await app.page.evaluate(() => window.cryoscope.search({ id: 'c1', text: 'PATH=' }))
  expect(total).toBeGreaterThan(0)
  expect(await app.page.evaluate(() => document.documentElement.dataset['mark'])).toBe('same page')
  await app.page.getByRole('button', { name: 'Later' }).click()
  expect(await note(app).count()).toBe(0)
  // A reload gets the old version once more, since that page never left; it says so again.
  await app.reload()
  expect(await version(app)).toBe(old)
  await note(app).waitFor()
  await Promise.all([
    app.page.waitForEvent('framenavigated'),
    app.page.getByRole('button', { name: 'Reload now' }).click(),
  ])
  await expect.poll(() => version(app)).toBe('second')
  expect(await note(app).count()).toBe(0)
})

test('it is not taken while another window is open, which would lose its program', async ({ app, hosted, context }) => {
  const other = await App.start(context, hosted.url)
  hosted.publish('second')
  await lookForUpdate(app)
  await note(app).waitFor()
  await app.page.getByRole('button', { name: 'Reload now' }).click()
  await app.page.getByText('open in another window too').waitFor()
  await other.open([fixtureAs(KUBERNETES)])
  await other.waitReady()
  await other.goto('files')
  expect(other.problems).toEqual([])
  await other.page.close()
  await app.page.getByRole('button', { name: 'Reload now' }).click()
  await expect.poll(() => version(app)).toBe('second')
})

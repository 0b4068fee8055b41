/** The portable file, opened from disk: it does what the site does, and it can reach nothing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from '../../.ci/steps.mjs'
import { App } from './harness/app.ts'
import { checkpointFixtures, fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'
import { tryToConnect } from './harness/connect.ts'

const FILE = join(root, 'dist/cryoscope.html')
const portable = test.extend('app', async ({ context }, { onCleanup }) => {
  await context.setOffline(true)
  const app = await App.start(context, pathToFileURL(FILE).href)
  onCleanup(() => {
    expect(app.problems, 'problems on the page').toEqual([])
  })
  return app
})

portable('opens every kind of archive and shows every screen', async ({ app }) => {
  const fixtures = checkpointFixtures()
  await app.open(fixtures.map((path) => fixtureAs(path)))
  await app.waitReady(fixtures.length)
  await app.page.locator('nav[aria-label="Sections"] a[href$="/checkpoints"]').click()
  await app.page.getByRole('link', { name: 'counter' }).first().click()
  const views = await app.views()
  expect(views.length).toBeGreaterThan(5)
  for (const view of views) {
    await app.goto(view)
    expect((await app.text()).trim(), view).not.toBe('')
  }
})

portable('searches memory with threads of its own', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const { total, complete } = await app.page.evaluate(() => window.cryoscope.search({ id: 'c1', text: 'PATH=' }))
  expect(complete).toBe(true)
  expect(total).toBeGreaterThan(0)
})

portable('neither the page nor its workers can connect, whatever they try', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const workers = app.page.workers()
  expect(workers.length).toBeGreaterThan(0)
  for (const realm of [app.page, ...workers])
    for (const outcome of await tryToConnect(realm, 'file:///etc/hostname')) expect(outcome).toMatch(/^refused/)
  expect(app.takeProblems().join('\n')).toMatch(/Content Security Policy/)
})

test('the portable file needs nothing beside itself, and binds its code by digest', () => {
  const html = readFileSync(FILE, 'utf8')
  expect(html).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)="(?!data:)/)
  const policy = /Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1] ?? ''
  expect(policy).toMatch(/script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; worker-src blob:; connect-src 'none'/)
  expect(policy).not.toMatch(/unsafe|'self'|https?:/)
})

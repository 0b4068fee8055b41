/** Nothing leaves the page, nothing of the evidence runs. That no test makes a request elsewhere is held by the harness. */
import { join } from 'node:path'
import { headersFor } from '../../.ci/headers.mjs'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from './harness/app.ts'
import { tryToConnect } from './harness/connect.ts'
import { driveEverything } from './harness/drive.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

const HOSTS: readonly (readonly [string, (path: string) => Record<string, string>])[] = [
  ['a host that sends the headers', headersFor],
  ['a host that sends none', () => ({})],
]

for (const [host, headers] of HOSTS) {
  const hosted = test.extend('serviceWorkers', 'allow').extend('app', async ({ context }, { onCleanup }) => {
    const site = await serve(join(root, 'dist'), 0, headers)
    const app = await App.start(context, site.url)
    onCleanup(async () => {
      await site.close()
      expect(app.problems, 'problems on the page').toEqual([])
    })
    return app
  })

  hosted(
    `${host}: all of it works without a request elsewhere or a violation`,
    { timeout: 120_000 },
    async ({ app }) => {
      await driveEverything(app)
      await app.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
    },
  )

  hosted(`${host}: neither the page nor its workers can connect, whatever they try`, async ({ app, context }) => {
    await app.open([fixtureAs(KUBERNETES)])
    await app.waitReady()
    // A pattern without end keeps the threads of the search.
    await app.page.evaluate(() => {
      void window.cryoscope.search({ id: 'c1', regex: '(?:[ -~]+)+[\\x01-\\x08][\\x01-\\x08]' }).catch(() => undefined)
    })
    await expect.poll(() => app.page.workers().length).toBeGreaterThan(1)
    const [analysis] = app.page.workers()
    if (!analysis) throw new Error('there is no worker')
    for (const realm of [app.page, analysis]) {
      const outcomes = await tryToConnect(realm, app.page.url())
      expect(outcomes.length).toBeGreaterThan(4)
      for (const outcome of outcomes) expect(outcome).toMatch(/^refused/)
    }
    expect(app.takeProblems().join('\n')).toMatch(/Content Security Policy/)
    expect(context.pages()).toHaveLength(1)
  })
}

test('hostile names are shown as text and neither run nor become elements', async ({ app }) => {
  await app.open([fixtureAs('podman/5.4.2/oddnames.tar.gz')])
  await app.waitReady()
  const views = await app.views()
  expect(views.length).toBeGreaterThan(5)
  for (const view of views) {
    await app.goto(view)
    expect(await app.page.locator('main img, main script, main iframe').count(), view).toBe(0)
  }
  await app.goto('processes')
  const text = await app.text()
  // A process name holds 15 bytes.
  expect(text).toContain('<script>alert(1')
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
})

test('every file of the site comes with the policy', async ({ app }) => {
  const seen: [string, string | undefined][] = []
  app.page.on('response', (response) => {
    seen.push([response.url(), response.headers()['content-security-policy']])
  })
  await app.reload()
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  expect(seen.length).toBeGreaterThan(2)
  for (const [url, policy] of seen) {
    // A worker starts from a blob: URL and has the policy of what made it.
    if (url.startsWith('blob:')) continue
    expect(policy, url).toContain("default-src 'none'")
    expect(policy, url).toContain("require-trusted-types-for 'script'")
    expect(policy, url).not.toContain('unsafe')
  }
})

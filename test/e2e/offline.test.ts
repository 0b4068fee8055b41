/** Installed and offline: the manifest, the service worker, the licences. */
import { inject } from 'vitest'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

test('works without a network once it has been visited', async ({ app, context }) => {
  await app.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await app.reload()
  await context.setOffline(true)
  await app.reload()
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  expect(await app.text()).toContain('sleep')
})

test('has a manifest whose icons exist', async ({ app }) => {
  const href = await app.page.locator('link[rel="manifest"]').getAttribute('href')
  const address = new URL(href ?? '', inject('site'))
  const manifest = (await (await fetch(address)).json()) as { name: string; icons: { src: string; sizes: string }[] }
  expect(manifest.name).toBe('Cryoscope')
  expect(manifest.icons.length).toBeGreaterThan(0)
  for (const { src } of manifest.icons) expect((await fetch(new URL(src, address))).status).toBe(200)
})

test('lists the licences of what is in the build', async ({ app }) => {
  const text = await (await fetch(new URL('licenses.txt', app.page.url()))).text()
  for (const name of ['svelte', 'comlink', 'jsonc-parser', 'workbox-precaching'])
    expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
  for (const name of ['vitest', 'playwright-core', 'typescript', 'fzstd'])
    expect(text).not.toMatch(new RegExp(`^${name} \\d`, 'm'))
})

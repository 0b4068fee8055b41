/** What comes with the site beside the page: the manifest's icons, the licences. */
import { inject } from 'vitest'
import { expect, test } from './harness/test.ts'

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

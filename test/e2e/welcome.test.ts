/** The empty page and the settings. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { join } from 'node:path'
import { root } from '../../.ci/steps.mjs'
import { KUBERNETES, readFixture } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

test('the sample opens with one click, and it is the real archive', async ({ app }) => {
  await app.page.getByRole('button', { name: 'Open the sample' }).click()
  await app.waitReady()
  await app.goto('processes')
  expect(await app.text()).toContain('sleep')
  const packed = readFileSync(join(root, 'src/app/sample.tar.gz'))
  expect(gunzipSync(packed).equals(readFixture(KUBERNETES))).toBe(true)
})

test('settings are kept, used, and forgotten when asked', async ({ app }) => {
  const rowHeight = () =>
    app.page.evaluate(
      () => document.querySelector('main [role=row]:has([role=gridcell])')?.getBoundingClientRect().height,
    )
  await app.page.keyboard.press(',')
  await app.page.getByLabel('Rows of tables').selectOption('compact')
  await app.page.getByLabel('Threads that search memory').selectOption('2')
  await app.page.getByLabel('Theme', { exact: true }).selectOption('dark')
  await app.reload()
  await app.page.getByRole('button', { name: 'Open the sample' }).click()
  await app.waitReady()
  await app.goto('processes')
  await expect.poll(rowHeight).toBe(20)
  expect(await app.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  const kept = await app.page.evaluate(() => JSON.stringify(Object.entries(localStorage)))
  expect(kept).not.toMatch(/counter|sleep|sample/)
  await app.page.keyboard.press(',')
  await app.page.getByRole('button', { name: 'Forget' }).click()
  await app.page.getByText('Forgotten').waitFor()
  expect(await app.page.evaluate(() => localStorage.length)).toBe(0)
})

test('the portable file can be fetched from the page', async ({ app }) => {
  await app.page.keyboard.press(',')
  const [download] = await Promise.all([
    app.page.waitForEvent('download'),
    app.page.getByRole('link', { name: 'Portable file' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('cryoscope.html')
  expect(readFileSync(await download.path()).equals(readFileSync(join(root, 'dist/cryoscope.html')))).toBe(true)
})

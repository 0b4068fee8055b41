/** The empty page and the settings. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../.ci/steps.mjs'
import type { App } from './harness/app.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

test('the sample opens with one click', async ({ app }) => {
  await app.page.getByRole('button', { name: 'Open the sample' }).click()
  await app.waitReady()
  await app.goto('processes')
  expect(await app.text()).toContain('kdevtmpfs')
})

async function openProcesses(app: App): Promise<void> {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
}

/** Each setting with what it is set to, as its list shows it. */
const CHOICES = [
  ['Theme', 'dark'],
  ['Rows of tables', 'compact'],
  ['Threads that search memory', '2'],
  ['Memory for unpacked archives', '128'],
] as const
const MASK = 'Mask values that look like secrets'

test('settings last: theme, rows, columns, threads, memory, masking; nothing of the evidence does', async ({ app }) => {
  const rowHeight = () =>
    app.page.evaluate(
      () => document.querySelector('main [role=row]:has([role=gridcell])')?.getBoundingClientRect().height,
    )
  const header = app.page.getByRole('columnheader').filter({ hasText: /^\s*name\s*$/ })
  const order = () => app.page.getByRole('columnheader').allInnerTexts()
  await app.page.keyboard.press(',')
  for (const [name, value] of CHOICES) await app.page.getByLabel(name, { exact: true }).selectOption(value)
  await app.page.getByLabel(MASK).check()
  await app.page.keyboard.press('Escape')
  await openProcesses(app)
  await header.getByRole('button').first().focus()
  for (let press = 0; press < 3; press++) await app.page.keyboard.press('Shift+ArrowRight')
  await app.page.keyboard.press('Alt+ArrowRight')
  const [columns, width] = [await order(), (await header.boundingBox())?.width]
  await app.page.evaluate(() => window.cryoscope.search({ id: 'c1', text: 'PATH=' }))

  await app.reload()
  await app.page.keyboard.press(',')
  for (const [name, value] of CHOICES)
    expect(await app.page.getByLabel(name, { exact: true }).inputValue(), name).toBe(value)
  expect(await app.page.getByLabel(MASK).isChecked()).toBe(true)
  await app.page.keyboard.press('Escape')
  expect(await app.page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  await openProcesses(app)
  await expect.poll(rowHeight).toBe(20)
  expect(await order()).toEqual(columns)
  expect((await header.boundingBox())?.width).toBe(width)

  const kept = await app.page.evaluate(async () => ({
    local: Object.keys(localStorage).map((key): [string, string] => [key, localStorage.getItem(key) ?? '']),
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    cookies: document.cookie,
  }))
  const { 'cryoscope.table.processes': table, ...others } = Object.fromEntries(kept.local)
  expect(others).toEqual({
    'cryoscope.theme': 'dark',
    'cryoscope.density': 'compact',
    'cryoscope.threads': '2',
    'cryoscope.unpack-memory': '128',
    'cryoscope.mask-secrets': 'yes',
  })
  expect(table).toContain('name')
  expect(table).not.toMatch(/sleep|counter|sh -c/)
  expect(kept).toMatchObject({ session: 0, databases: 0, cookies: '' })

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

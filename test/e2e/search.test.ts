/** Searching memory in the built page: hits, strings, a pattern that never ends, cancel, and the console's functions. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeMemoryArchive } from '../builders/memory-archive.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import type { App } from './harness/app.ts'
import { expect, test } from './harness/test.ts'

/** Backtracks without end on any long run of printable characters; it has no literal to be looked for by. */
const ENDLESS = '(?:[ -~]+)+[\\x01-\\x08][\\x01-\\x08][\\x01-\\x08]'

async function openSearch(app: App, archive = KUBERNETES): Promise<void> {
  await app.open([fixtureAs(archive)])
  await app.waitReady()
  await app.goto('search')
}

async function search(app: App, kind: string, pattern: string): Promise<void> {
  await app.page.getByRole('button', { name: kind, exact: true }).click()
  await app.page.getByLabel('Pattern', { exact: true }).fill(pattern)
  await app.page.keyboard.press('Enter')
}

for (const archive of [KUBERNETES, 'podman/5.4.2/counters.tar.gz'])
  test(`search: typed, found, shown with its bytes and their origin (${archive})`, async ({ app }) => {
    await openSearch(app, archive)
    await search(app, 'Text', 'PATH=/')
    const rows = app.page.getByRole('grid', { name: 'Hits' }).locator('[role=row]:has([role=gridcell])')
    await app.page.getByText(/^\d+ hits? in/).waitFor()
    expect(await rows.count()).toBeGreaterThan(0)
    await rows.first().click()
    expect(await rows.first().innerText()).toContain('PATH=/')
    const memory = app.page.getByRole('group', { name: 'Memory around the match' })
    expect((await memory.locator('mark').allInnerTexts()).join('')).toContain('50 41 54 48')
    await app.page.getByRole('button', { name: 'Show in the archive' }).click()
    await app.page
      .getByLabel('Where this value comes from')
      .getByText(/pages-\d+\.img/)
      .waitFor()
  })

test('search: a faulty pattern is explained at the field, nothing is run', async ({ app }) => {
  await openSearch(app)
  await search(app, 'Regex', 'a(b')
  await app.page.locator('[id$="-errors"] li').first().waitFor()
  expect(await app.page.getByLabel('Pattern', { exact: true }).getAttribute('aria-invalid')).toBe('true')
  await app.page.getByRole('button', { name: 'List', exact: true }).click()
  await app.page.getByLabel('Indicators, one a line').fill('evil.example\nhex:4g')
  await app.page.getByText('Line 2:').waitFor()
})

/** Seconds within which docs/formats-and-limits.md says that a pattern without end is dropped. */
const ENDLESS_ENDS = 15

test('search: a pattern that never ends is stopped in time with a message while the page answers', async ({ app }) => {
  await openSearch(app)
  // The longest time between two frames, from now on.
  await app.page.evaluate(() => {
    let last = performance.now()
    const frame = () => {
      const now = performance.now()
      const { dataset } = document.documentElement
      dataset['longest'] = String(Math.max(Number(dataset['longest'] ?? 0), now - last))
      last = now
      requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  })
  const begun = Date.now()
  await search(app, 'Regex', ENDLESS)
  await app.page.getByText(/^\d.* of .*B$/).waitFor()
  const before = Date.now()
  await app.goto('processes')
  await app.goto('search')
  expect(Date.now() - before).toBeLessThan(2500)
  const message = app.page.getByText(/stopped: too slow at address 0x[0-9a-f]+ of process \d+/).first()
  await message.waitFor({ timeout: ENDLESS_ENDS * 1000 })
  expect(Date.now() - begun).toBeLessThan(ENDLESS_ENDS * 1000)
  expect(Number(await app.page.locator('html').getAttribute('data-longest'))).toBeLessThan(1000)
  await search(app, 'Text', 'PATH=/')
  await app.page.getByText(/^\d+ hits? in/).waitFor()
})

test('search: a link fills the form with the same search and waits to be told', async ({ app }) => {
  await openSearch(app)
  await app.page.getByRole('button', { name: 'stack', exact: true }).click()
  await app.page.getByLabel('Either case').check()
  await search(app, 'Text', 'path=/')
  const outcome = app.page.getByText(/^\d+ hits? in/)
  await outcome.waitFor()
  const count = /^\d+/.exec(await outcome.innerText())?.[0]
  const { hash } = new URL(app.page.url())
  expect(hash).toMatch(/\/search\?kind=text&find=path%3D%2F&case=either&only=stack$/)
  // Elsewhere meanwhile, another search is made: the link brings the first one back.
  await app.page.getByRole('button', { name: 'stack', exact: true }).click()
  await search(app, 'Regex', 'nothing like it')
  await app.page.getByText(/^0 hits in/).waitFor()
  await app.page.evaluate((link) => (location.hash = link), hash)
  await app.page.getByText('has not been run').waitFor()
  expect(await app.page.getByLabel('Pattern', { exact: true }).inputValue()).toBe('path=/')
  expect(await app.page.getByText(/^0 hits in/).count()).toBe(1)
  await app.page.getByLabel('Pattern', { exact: true }).press('Enter')
  await app.page.getByText(new RegExp(`^${count ?? ''} hits? in`)).waitFor()
  expect(await app.page.getByText('has not been run').count()).toBe(0)
  // Away and back: the address names the search again, and nothing is said of a link.
  await app.goto('processes')
  await app.goto('search')
  await expect.poll(() => new URL(app.page.url()).hash).toBe(hash)
  expect(await app.page.getByText('has not been run').count()).toBe(0)
})

test('search: cancel ends it at once, even while a pattern hangs', async ({ app }) => {
  await openSearch(app)
  await search(app, 'Regex', ENDLESS)
  await app.page.getByRole('button', { name: 'Cancel' }).click()
  await app.page.getByText(/^Cancelled at/).waitFor({ timeout: 1500 })
})

test('strings: distinct ones with counts, filtered as one types', async ({ app }) => {
  await openSearch(app)
  await app.page.getByRole('tab', { name: 'Strings' }).click()
  await app.page.getByRole('button', { name: 'Gather strings' }).click()
  await app.page.getByText(/distinct strings in/).waitFor()
  await app.page.getByLabel('Filter strings').fill('KUBERNETES_PORT')
  const rows = app.page.getByRole('grid', { name: 'Strings' }).locator('[role=row]:has([role=gridcell])')
  expect(await rows.first().innerText()).toContain('KUBERNETES_PORT')
})

/** A number in each page. */
function numbered(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  for (let at = 0; at < size; at += 4096) bytes.set(Buffer.from(`<${at / 4096}>`), at)
  return bytes
}

test(
  'copy: searched like the dropped file, kept and deleted as the person says',
  { timeout: 120_000 },
  async ({ app }) => {
    const folder = mkdtempSync(join(tmpdir(), 'cryoscope-copy-'))
    try {
      writeMemoryArchive(join(folder, 'memory.tar'), 80 * 1024 * 1024, numbered)
      await app.open([join(folder, 'memory.tar')])
      await app.waitReady()
      await app.goto('search')
      const found = () =>
        app.page.evaluate(async () => {
          const id = (await window.cryoscope.checkpoints())[0]?.id ?? ''
          const { hits, total } = await window.cryoscope.search({ id, regex: '<1\\d*77>' })
          const strings = await window.cryoscope.strings({ id, encodings: ['ascii'], limit: 10 })
          return { total, hits: hits.map(({ address, text }) => `${address} ${text}`).sort(), strings }
        })
      const before = await found()
      // 64 MiB of numbers, then the first 16 MiB again.
      expect(before.strings.total).toBe((64 * 1024 * 1024) / 4096 - 1000)
      expect(before.strings.strings[0]).toMatchObject({ text: '<1000>', count: 2 })
      expect(before.total).toBeGreaterThan(50)
      await app.page.getByRole('button', { name: 'Keep a copy' }).click()
      await app.page.getByRole('button', { name: 'Delete the copy' }).waitFor({ timeout: 60_000 })
      expect(await found()).toEqual(before)
      await app.page.getByRole('button', { name: 'Delete the copy' }).click()
      await app.page.getByRole('button', { name: 'Keep a copy' }).waitFor()
      expect(await found()).toEqual(before)
    } finally {
      rmSync(folder, { recursive: true })
    }
  },
)

test('console: search and strings give what is documented', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const found = await app.page.evaluate(async () => {
    const { cryoscope } = window
    const id = (await cryoscope.checkpoints())[0]?.id ?? ''
    return {
      one: await cryoscope.search({ id, pid: 10, text: 'path=', ignoreCase: true }),
      all: await cryoscope.search({ id, regex: 'PATH=[^\\x00]+', limit: 1 }),
      strings: await cryoscope.strings({ id, pid: 1, minLength: 10 }),
      refused: await cryoscope.search({ id, hex: '4g' }).catch((error: unknown) => String(error)),
    }
  })
  expect(found.one.hits.length).toBeGreaterThan(0)
  for (const hit of found.one.hits) {
    expect(hit).toMatchObject({ pid: 10, length: 5 })
    expect(hit.address).toMatch(/^0x[0-9a-f]+$/)
    expect(hit.text.toLowerCase()).toBe('path=')
  }
  expect(found.all.hits).toHaveLength(1)
  expect(found.all.total).toBeGreaterThan(1)
  expect(found.all.complete).toBe(true)
  expect(found.strings.strings.map(({ text }) => text).join('\n')).toContain('KUBERNETES')
  expect(found.refused).toContain('character')
})

test('search: one mapping, from the map and from a hit, until all is wanted again', async ({ app }) => {
  await openSearch(app)
  await app.goto('map')
  const mapping = app.page
    .getByRole('grid', { name: 'Mappings' })
    .getByRole('row')
    .filter({ hasText: '[stack]' })
    .first()
  await mapping.click({ button: 'right' })
  await app.page.getByRole('menuitem', { name: 'Search this mapping' }).click()
  const only = app.page.getByRole('button', { name: /^Only 0x[0-9a-f]+ to 0x[0-9a-f]+/ })
  await only.waitFor()
  await search(app, 'Text', 'PATH=/')
  await app.page.getByText(/^\d+ hits? in/).waitFor()
  const rows = app.page.getByRole('grid', { name: 'Hits' }).locator('[role=row]:has([role=gridcell])')
  for (const text of await rows.allInnerTexts()) expect(text).toContain('[stack]')
  await rows.first().click()
  await only.click()
  await only.waitFor({ state: 'detached' })
  await app.page.getByRole('button', { name: 'Search only this mapping' }).click()
  await only.waitFor()
})

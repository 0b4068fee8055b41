/** Ways around the application: links, history, keys, themes. */
import { inject } from 'vitest'
import { App } from './harness/app.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

const PODMAN = 'podman/5.4.2/counters.tar'

test('every section of the navigation opens and has content and one heading', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const views = await app.views()
  const headings: string[] = []
  for (const needed of ['overview', 'processes', 'files', 'sockets', 'mounts', 'memory'])
    expect(views).toContain(needed)
  for (const view of views) {
    await app.goto(view)
    expect(app.view()).toBe(view)
    expect((await app.text()).trim(), view).not.toBe('')
    headings.push(`${view} ${await app.page.locator('h1').count()}`)
  }
  expect(headings).toEqual(views.map((view) => `${view} 1`))
})

test('the files of one process: a link narrows the table, the plain address does not', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('files')
  const { hash } = new URL(app.page.url())
  const filter = () => app.page.locator('main input[type=search]').inputValue()
  await app.page.evaluate((to) => (location.hash = to), `${hash}/process/1`)
  await expect.poll(filter).toBe('pid:=1')
  await app.page.evaluate((to) => (location.hash = to), hash)
  await expect.poll(filter).toBe('')
})

test('back and forward go through the screens', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  await app.goto('files')
  await app.page.goBack()
  await expect.poll(() => app.view()).toBe('processes')
  await app.page.goForward()
  await expect.poll(() => app.view()).toBe('files')
})

test('a link works in a new page once the same archive is opened', async ({ app, context }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  const { hash } = new URL(app.page.url())
  expect(hash).not.toContain('counter')
  const other = await App.start(context, inject('site'), hash)
  expect(new URL(other.page.url()).hash).toBe(hash)
  await other.open([fixtureAs(KUBERNETES)])
  await other.waitReady()
  await expect.poll(() => other.view()).toBe('processes')
  await expect.poll(() => other.text()).toContain('sleep')
  expect(other.problems).toEqual([])
})

test('reloading keeps the address and says that the archive must be opened again', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('files')
  const { hash } = new URL(app.page.url())
  await app.reload()
  expect(new URL(app.page.url()).hash).toBe(hash)
  expect(await app.page.locator('body').innerText()).toMatch(/drop|open/i)
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await expect.poll(() => app.view()).toBe('files')
})

test('an address by id leads to the screen of the first archive that is opened, and to nothing in it', async ({
  context,
}) => {
  const app = await App.start(context, inject('site'), '#/v1/c2/processes/process/1')
  await expect.poll(() => app.page.locator('body').innerText()).toMatch(/c2.*leads to Processes of the first archive/s)
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const hash = () => new URL(app.page.url()).hash
  await expect.poll(hash).toMatch(/^#\/v1\/[0-9a-f]{16}\/processes$/)
  expect(app.problems).toEqual([])
})

test('an address waits for its archive when another one is opened first', async ({ app, context }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('mounts')
  const { hash } = new URL(app.page.url())
  const other = await App.start(context, inject('site'), hash)
  await other.open([fixtureAs(PODMAN)])
  await other.waitReady()
  await expect.poll(() => other.view()).toBe('overview')
  await other.page.getByText('leads to none of the open checkpoints').waitFor()
  await other.open([fixtureAs(KUBERNETES)])
  await other.waitReady(2)
  await expect.poll(() => new URL(other.page.url()).hash).toBe(hash)
  expect(await other.page.getByText('leads to none of the open checkpoints').count()).toBe(0)
})

test('an open checkpoint has one address, by its content, also when it is open twice', async ({ app }) => {
  const hash = () => new URL(app.page.url()).hash
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  const first = hash()
  await app.page.evaluate(() => (location.hash = '#/v1/c1/processes'))
  await expect.poll(hash).toBe(first)
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady(2)
  await app.goto('processes')
  const second = first.replace('/processes', '.2/processes')
  expect(hash()).toBe(second)
  await app.page.evaluate(() => window.cryoscope.close('c1'))
  await expect.poll(hash).toBe(first)
})

test('the palette finds screens, actions and settings', async ({ app }) => {
  const { page } = app
  const find = async (words: string) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog', { name: 'Find a screen, action, setting' }).waitFor()
    await page.keyboard.type(words)
    await page.keyboard.press('Enter')
  }
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await find('theme dark')
  await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
  const downloading = page.waitForEvent('download')
  await find('export whole')
  expect((await downloading).suggestedFilename()).toBe('counters_counter.json')
  await find('pstree')
  await page.locator('main').getByRole('treegrid').waitFor()
  await find('export table')
  await page.getByRole('menuitem', { name: 'Download CSV' }).waitFor()
  await page.keyboard.press('Escape')
  await find('close counter')
  await expect.poll(() => page.locator('main').innerText()).toContain('Drop a checkpoint here')
})

test('keys: g p goes to processes, ? lists the keys, / filters, Escape leaves', async ({ app }) => {
  const { keyboard } = app.page
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await keyboard.press('g')
  await keyboard.press('p')
  await expect.poll(() => app.view()).toBe('processes')
  await app.settle()
  await keyboard.press('?')
  await app.page.locator('dialog[open]').waitFor()
  await keyboard.press('Escape')
  await expect.poll(() => app.page.locator('dialog[open]').count()).toBe(0)
  await keyboard.press('/')
  await expect.poll(() => app.page.evaluate(() => document.activeElement?.tagName)).toBe('INPUT')
  // Parents of what matches stay, and the shell's command line speaks of sleep: a word that nothing has leaves no row.
  await expect.poll(() => app.text()).toContain('alive')
  await keyboard.type('nosuchword')
  await expect.poll(() => app.text()).not.toContain('alive')
})

test('keys: the whole page can be walked with Tab, and focus is always visible', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  await app.page.evaluate(() => {
    document.querySelector('a')?.focus()
  })
  const seen = new Set<string>()
  for (let press = 0; press < 60; press++) {
    await app.page.keyboard.press('Tab')
    const focused = await app.page.evaluate(() => {
      const element = document.activeElement
      if (!element || element === document.body) return undefined
      const { outlineStyle, boxShadow } = getComputedStyle(element)
      const isMarked = outlineStyle !== 'none' || boxShadow !== 'none' || element.id === 'main'
      return {
        where: element.closest('nav, header, main, aside')?.tagName ?? 'BODY',
        isMarked,
        html: element.outerHTML,
      }
    })
    if (!focused) break
    seen.add(focused.where)
    expect(focused.isMarked, `focus is visible on ${focused.html.slice(0, 120)}`).toBe(true)
  }
  for (const part of ['HEADER', 'NAV', 'MAIN']) expect([...seen]).toContain(part)
})

test('themes: the system decides at first, the person afterwards', async ({ app }) => {
  const colour = () => app.page.evaluate(() => getComputedStyle(document.body).color)
  await app.page.emulateMedia({ colorScheme: 'light' })
  const light = await colour()
  await app.page.emulateMedia({ colorScheme: 'dark' })
  await expect.poll(colour).not.toBe(light)
  const button = app.page.getByRole('button', { name: /^Theme:/ })
  await button.click()
  await expect.poll(colour).toBe(light)
  await app.reload()
  await expect.poll(colour).toBe(light)
})

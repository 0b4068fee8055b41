import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, startHarness, type Harness } from './browser.ts'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const GRID = '.scroller'
const reported = (page: Page, name: string) => page.evaluate((key) => document.documentElement.dataset[key], name)
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText())
const status = (page: Page) => page.locator('.bar [role=status]').textContent()

async function press(page: Page, ...keys: string[]) {
  for (const key of keys) await page.keyboard.press(key)
}

describe.skipIf(!hasBrowser)('table in a browser', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness()
  }, 60_000)
  afterAll(() => harness.close())

  test('rows by keyboard: move, open, menu, filter', async () => {
    const { page, problems } = await harness.open()
    await page.focus(GRID)
    await press(page, 'ArrowDown', 'ArrowDown', 'Enter')
    expect(await reported(page, 'opened')).toBe('1')
    await press(page, 'End')
    expect(await reported(page, 'selected')).toBe('11')
    expect(await page.getAttribute(GRID, 'aria-activedescendant')).toMatch(/-row-11$/)
    await press(page, 'Shift+F10')
    await page.waitForSelector('[role=menuitem]:focus')
    await press(page, 'Enter')
    expect(await reported(page, 'acted')).toBe('11')
    await press(page, '/')
    await page.keyboard.type('plain')
    await expect.poll(() => status(page)).toContain('2 of 12')
    await press(page, 'Enter')
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('grid')
    expect(problems).toEqual([])
  })

  test('an edge says that columns go on to the right, until they are scrolled into view', async () => {
    const { page } = await harness.open()
    expect(await page.locator('.edge').count()).toBe(0)
    await page.setViewportSize({ width: 400, height: 500 })
    await expect.poll(() => page.locator('.edge').count()).toBe(1)
    await page.locator(GRID).evaluate((box) => box.scrollTo({ left: box.scrollWidth }))
    await expect.poll(() => page.locator('.edge').count()).toBe(0)
  })

  test('the focus ring lies over header and rows, on all four sides', async () => {
    const { page } = await harness.open()
    const ring = () =>
      page.locator('section.table').evaluate((table) => {
        const { content, borderTopWidth, borderLeftWidth, zIndex } = getComputedStyle(table, '::after')
        return content === 'none' ? undefined : { borderTopWidth, borderLeftWidth, zIndex }
      })
    expect(await ring()).toBeUndefined()
    await page.focus(GRID)
    await press(page, 'ArrowDown')
    expect(await ring()).toEqual({ borderTopWidth: '2px', borderLeftWidth: '2px', zIndex: '3' })
  })

  test('hostile names are drawn as text, copied without controls', async () => {
    const { page, problems } = await harness.open()
    expect(await page.locator('.rows img').count()).toBe(0)
    expect(await page.locator('.row[data-index="1"] [data-kind=bidi]').textContent()).toContain('U+202E')
    await page.click('.row[data-index="3"] .cell')
    await press(page, 'ArrowRight', 'Control+c')
    await expect.poll(() => clipboard(page)).toBe('esc\\x1b[31m 3')
    expect(problems).toEqual([])
  })

  test('CSV download guards formulas and leaves absent values empty', async () => {
    const { page } = await harness.open()
    await page.click('button[aria-label=Export]')
    await page.waitForSelector('[role=menuitem]:focus')
    const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Enter')])
    expect(download.suggestedFilename()).toBe('things.csv')
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n')
    expect(lines.slice(0, 2)).toEqual(['Name,Id,Size', '"plain 0",0,'])
    expect(lines[6]).toBe('"\'=1+1 5",5,')
  })

  test('columns: sort, resize, reorder, hide; kept over a reload', async () => {
    const { page } = await harness.open()
    const labels = () => page.locator('.header .label').allTextContents()
    await page.focus('.header .title')
    await press(page, 'Enter', 'Alt+ArrowRight')
    expect(await labels()).toEqual(['Id', 'Name', 'Size'])
    expect(await page.getAttribute('[role=columnheader]:nth-child(2)', 'aria-sort')).toBe('ascending')
    await press(page, 'Shift+ArrowRight')
    expect(
      await page
        .locator('.header .cell')
        .nth(1)
        .evaluate((cell) => cell.clientWidth),
    ).toBe(276)
    await page.click('button[aria-label=Columns]')
    await page.waitForSelector('[role=menuitemcheckbox]:focus')
    await press(page, 'Enter', 'Escape')
    expect(await labels()).toEqual(['Name', 'Size'])
    await page.reload()
    await page.waitForSelector('.row')
    expect(await labels()).toEqual(['Name', 'Size'])
  })

  test('tree: ← and → fold, unfold and walk', async () => {
    const { page } = await harness.open('?tree')
    await page.focus(GRID)
    await press(page, 'Home', 'ArrowRight')
    expect(await reported(page, 'selected')).toBe('1')
    await press(page, 'ArrowLeft')
    expect(await page.getAttribute('.row[data-index="1"]', 'aria-expanded')).toBe('false')
    await press(page, 'ArrowLeft')
    expect(await reported(page, 'selected')).toBe('0')
    expect(await page.getAttribute(GRID, 'role')).toBe('treegrid')
    expect(await page.getAttribute('.row[data-index="1"]', 'aria-level')).toBe('2')
  })

  test.each([100_000, 1_000_000])(
    '%i rows: few are in the page, both ends are reached, a wheel step is a wheel step',
    async (count) => {
      const { page } = await harness.open(`?rows=${count}`)
      const view = () =>
        page.locator(GRID).evaluate((box) => {
          const top = box.getBoundingClientRect().top + 26
          const rows = [...box.querySelectorAll<HTMLElement>('.row')]
          const first = rows.find((row) => row.getBoundingClientRect().bottom > top)
          return {
            drawn: rows.length,
            first: Number(first?.dataset['index']),
            last: Number(rows.at(-1)?.dataset['index']),
          }
        })
      expect((await view()).drawn).toBeLessThan(70)
      await page.focus(GRID)
      await press(page, 'End')
      await expect.poll(async () => (await view()).last).toBe(count - 1)
      await page.locator(GRID).evaluate((box) => (box.scrollTop = box.scrollHeight / 2))
      await expect.poll(async () => Math.abs((await view()).first - count / 2)).toBeLessThan(100)
      await page.waitForTimeout(300)
      const before = (await view()).first
      await page.mouse.move(600, 400)
      await page.mouse.wheel(0, 240)
      await expect.poll(async () => (await view()).first - before).toBe(10)
      expect((await view()).drawn).toBeLessThan(70)
    },
  )

  test('the palette finds, files are taken', async () => {
    const { page } = await harness.open()
    await page.click('text=Find anything')
    await page.keyboard.type('pln 6')
    await press(page, 'Enter')
    expect(await reported(page, 'found')).toBe('6')
    const file = (name: string) => ({ name, mimeType: '', buffer: Buffer.from('x') })
    await page.setInputFiles('#file-input', [file('a.tar'), file('b.tar')])
    await expect.poll(() => reported(page, 'dropped')).toBe('a.tar b.tar')
  })

  test.each(['light', 'dark'] as const)('axe finds nothing in the %s theme', async (colorScheme) => {
    const { page } = await harness.open('?tree')
    await page.emulateMedia({ colorScheme })
    const session = await page.context().newCDPSession(page)
    await session.send('Runtime.evaluate', { expression: axeSource })
    const { result } = await session.send('Runtime.evaluate', {
      expression:
        'axe.run().then((found) => JSON.stringify(found.violations.map((one) => [one.id, one.nodes[0].html])))',
      awaitPromise: true,
    })
    expect(result.value).toBe('[]')
  })
})

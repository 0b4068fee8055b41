/** Windows of every size: narrow as a phone, magnified to 200 %, as wide as a 4K screen. */
import type { App } from './harness/app.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test as base } from './harness/test.ts'

/** Pixels per letter are about half the size of the type: more than about 130 letters to a line are hard to read. */
const LONGEST_LINE = 130 * 7

/** What reaches beyond the window without a box of its own that scrolls, and lines of text that are too long. */
function misfits(app: App): Promise<string[]> {
  return app.page.evaluate((longest) => {
    const found: string[] = []
    const name = (element: Element): string => element.outerHTML.slice(0, 140).replace(/\s+/g, ' ')
    const isHeld = (element: Element | null): boolean =>
      element !== null && (getComputedStyle(element).overflowX !== 'visible' || isHeld(element.parentElement))
    for (const box of [document.documentElement, document.querySelector('main')])
      if (box && box.scrollWidth > box.clientWidth + 1)
        found.push(`${box.localName} is ${box.scrollWidth - box.clientWidth} pixels too narrow`)
    for (const bar of document.querySelectorAll('main .bar:has(.button)'))
      if (bar.scrollWidth > bar.clientWidth + 1) found.push(`a bar is too narrow: ${name(bar)}`)
    for (const element of document.querySelectorAll('#app *')) {
      const { left, right, width, height } = element.getBoundingClientRect()
      if (width === 0 || height <= 1) continue
      const isOut = right > innerWidth + 1 || left < -1
      if (isOut && element.parentElement?.closest('main') === null && !isHeld(element.parentElement))
        found.push(`outside of the window: ${name(element)}`)
      if (element.matches('p') && width > longest && element.scrollWidth > longest) {
        const range = document.createRange()
        range.selectNodeContents(element)
        if (range.getBoundingClientRect().width > longest) found.push(`a line of ${width} pixels: ${name(element)}`)
      }
    }
    return found
  }, LONGEST_LINE)
}

const SIZES = [
  ['a phone, 360 pixels', { viewport: { width: 360, height: 740 } }],
  ['a laptop at 200 %', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 }],
  ['a 4K screen', { viewport: { width: 3840, height: 2160 } }],
] as const

for (const [name, options] of SIZES) {
  const test = base.extend('context', async ({ browser }, { onCleanup }) => {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
    onCleanup(() => context.close())
    return context
  })

  test(`${name}: everything fits and can be reached`, { timeout: 120_000 }, async ({ app }) => {
    for (const summary of await app.page.locator('summary').all()) await summary.click()
    expect(await misfits(app), 'the empty page').toEqual([])
    for (const keys of [',', '?', 'Control+k']) {
      await app.page.keyboard.press(keys)
      const dialog = app.page.locator('dialog[open]')
      await dialog.waitFor()
      const box = await dialog.boundingBox()
      expect(box?.x, keys).toBeGreaterThanOrEqual(0)
      expect((box?.x ?? 0) + (box?.width ?? 0), keys).toBeLessThanOrEqual(options.viewport.width)
      const content = dialog.locator('.content')
      if ((await content.count()) > 0)
        expect(await content.evaluate((element) => element.scrollWidth - element.clientWidth), keys).toBeLessThan(2)
      await app.page.keyboard.press('Escape')
    }
    await app.open([fixtureAs(KUBERNETES)])
    await app.waitReady()
    for (const view of await app.views()) {
      await app.goto(view)
      const main = await app.page.locator('main').boundingBox()
      expect(main?.width, view).toBeGreaterThan(300)
      expect(main?.height, view).toBeGreaterThan(200)
      expect(await misfits(app), view).toEqual([])
    }
    await app.goto('map')
    await app.page.getByRole('grid', { name: 'Mappings' }).press('ArrowDown')
    await app.page.getByRole('button', { name: 'Close detail' }).waitFor()
    expect(await misfits(app), 'a mapping').toEqual([])
    for (const view of ['commands', 'overview']) {
      const link = app.page.locator(`nav[aria-label="Sections"] a[href$="/${view}"]`)
      await app.page.goto(new URL((await link.getAttribute('href')) ?? '', app.page.url()).href)
      await app.page.locator(`nav a[href$="/${view}"][aria-current="page"]`).waitFor()
      await app.settle()
      const box = await link.boundingBox()
      // The words begin some pixels within the link.
      expect(box?.x, view).toBeGreaterThanOrEqual(-2)
      expect((box?.x ?? 0) + (box?.width ?? 0), view).toBeLessThanOrEqual(options.viewport.width + 2)
    }
  })
}

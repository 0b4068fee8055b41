/** The hex grid in a browser: movements, selection, folded repeats, gaps with their reason. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, startHarness, type Harness } from './browser.ts'

/** Where the memory of the harness begins, its hole, and what is behind the hole. */
const [START, HOLE, BEHIND] = [0x8000, 0xa000, 0xa000 + 160_000]

const hex = (address: number): string => address.toString(16)
const told = (page: Page, name: string) => page.evaluate((key) => document.documentElement.dataset[key], name)
const lines = (page: Page) => page.getByRole('row').allInnerTexts()

async function press(page: Page, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

describe.skipIf(!hasBrowser)('hex grid in a browser', () => {
  let harness: Harness
  beforeAll(async () => {
    harness = await startHarness()
  }, 60_000)
  afterAll(() => harness.close())

  async function open(): Promise<{ page: Page; problems: string[] }> {
    const opened = await harness.open('?hex')
    await opened.page.getByRole('grid').focus()
    await expect.poll(async () => (await lines(opened.page)).join('\n')).toContain('3c 69 6d 67')
    return opened
  }

  async function expectMoves(page: Page, moves: readonly (readonly [key: string, cursor: number])[]): Promise<void> {
    for (const [key, cursor] of moves) {
      await press(page, key)
      expect(await told(page, 'cursor'), key).toBe(hex(cursor))
    }
  }

  test('what is drawn: bytes as text, repeats as one line, a gap with its length and reason', async () => {
    const { page, problems } = await open()
    const shown = (await lines(page)).map((line) => line.replaceAll(/\s+/g, ' '))
    expect(shown[0]).toContain('[heap]')
    expect(shown[1]).toMatch(/8000 3c 69 6d 67 .*<img src=x onerr/)
    // 0x2000 bytes are 512 lines: three with the text, one of zeros that is drawn, and those that are the same.
    expect(shown[4]).toMatch(/8030 00 00/)
    expect(shown[5]).toContain('* 508 more lines are the same')
    expect(shown[6]).toContain('160000 B, nobody wrote here')
    expect(shown[7]).toMatch(/31100 3c 69 6d 67/)
    expect(await page.getByRole('grid').locator('img').count()).toBe(0)
    expect(await page.locator('[data-band=hit]').count()).toBeGreaterThan(0)
    expect(problems).toEqual([])
  })

  test('the cursor moves by byte, line and page, to the ends of a line and of the memory', async () => {
    const { page } = await open()
    await expectMoves(page, [
      ['ArrowRight', START + 1],
      ['ArrowDown', START + 0x11],
      ['End', START + 0x1f],
      ['Home', START + 0x10],
      ['ArrowUp', START],
      ['ArrowLeft', START],
      ['Control+End', BEHIND + 0xfff],
      ['Control+Home', START],
    ])
    await press(page, 'PageDown')
    expect(Number(`0x${(await told(page, 'cursor')) ?? ''}`)).toBeGreaterThan(START + 0x30)
    await press(page, 'PageUp')
    expect(await told(page, 'cursor')).toBe(hex(START))
  })

  test('a gap is one step', async () => {
    const { page } = await open()
    await press(page, 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown')
    const at = Number(`0x${(await told(page, 'cursor')) ?? ''}`)
    expect(at).toBe(HOLE)
    const active = await page.getByRole('grid').getAttribute('aria-activedescendant')
    expect(await page.locator(`[id="${active ?? ''}"]`).innerText()).toContain('nobody wrote here')
    await press(page, 'ArrowDown')
    expect(await told(page, 'cursor')).toBe(hex(BEHIND))
  })

  test('with Shift the selection grows, a movement without ends it; the mouse does the same', async () => {
    const { page } = await open()
    await press(page, 'ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowDown')
    expect(await told(page, 'selected')).toBe(`${hex(START + 1)}-${hex(START + 0x13)}`)
    expect(await page.locator('[data-band=selection]').count()).toBeGreaterThan(2)
    await press(page, 'ArrowRight')
    expect(await told(page, 'selected')).toBe(`${hex(START + 0x13)}-${hex(START + 0x14)}`)
    const box = await page.locator('[data-place="1"] [data-part=hex]').boundingBox()
    if (!box) throw new Error('the line is not drawn')
    const symbol = box.width / 48
    await page.mouse.move(box.x + symbol, box.y + 10)
    await page.mouse.down()
    await page.mouse.move(box.x + symbol * 10, box.y + 10)
    await page.mouse.up()
    expect(await told(page, 'selected')).toBe(`${hex(START)}-${hex(START + 4)}`)
  })

  test('folding is undone and done again; other keys are handed on', async () => {
    const { page } = await open()
    await press(page, 'f')
    expect((await lines(page)).join('\n')).not.toContain('more lines are the same')
    await press(page, 'f')
    await expect.poll(async () => (await lines(page)).join('\n')).toContain('more lines are the same')
    for (const [key, command] of [
      [']', 'storedPage'],
      ['n', 'hit'],
      ['Enter', 'follow'],
      ['Control+c', 'copy'],
      ['b', 'bookmark'],
    ] as const) {
      await press(page, key)
      expect(await told(page, 'command')).toBe(command)
    }
    await press(page, 'Shift+F10')
    expect(await told(page, 'menu')).toBe('open')
  })
})

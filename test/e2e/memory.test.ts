/** Memory map and hex view in the built page: going about, what is shown of hostile bytes, ways in and out, files. */
import { readFileSync } from 'node:fs'
import { memoryMembers } from '../builders/memory-archive.ts'
import { tarMember } from '../builders/tar.ts'
import type { App } from './harness/app.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

const PAGE = 4096
const START = 0x7f00_0000_0000n
/** Pages: text meant to do harm, pointers, zeros. A page that was never written lies before the last. */
const HOSTILE = '<img src=x onerror=alert(1)>\x1b]0;x\x07\u202eevil\x00\xff'

function madeArchive(): Uint8Array {
  const pages = new Uint8Array(4 * PAGE)
  pages.set(Buffer.from(HOSTILE))
  new DataView(pages.buffer).setBigUint64(PAGE, START + 5n * BigInt(PAGE), true)
  pages.set(Buffer.from('the last page'), 3 * PAGE)
  const members = memoryMembers(
    [{ start: START, size: 6 * PAGE }],
    [
      { start: START, pages: 3 },
      { start: START + 5n * BigInt(PAGE), pages: 1 },
    ],
  )
  const parts = [...members, { name: 'checkpoint/pages-1.img', body: pages }].map((member) => tarMember(member))
  return Buffer.concat([...parts, new Uint8Array(1024)])
}

async function openMade(app: App): Promise<void> {
  await app.open([{ name: 'made.tar', bytes: madeArchive() }])
  await app.waitReady()
  await app.goto('hex')
  await grid(app).focus()
}

const grid = (app: App) => app.page.getByRole('grid', { name: /Memory of/ })
const lines = (app: App) => grid(app).getByRole('row').allInnerTexts()
const status = (app: App) => app.page.locator('footer [role=status]').innerText()

async function goTo(app: App, place: string): Promise<void> {
  await app.page.getByRole('combobox', { name: 'Go to' }).fill(place)
  await app.page.keyboard.press('Enter')
}

async function press(app: App, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) await app.page.keyboard.press(key)
}

test('hex: bytes as they are, hostile ones as dots, gaps with their reason, repeats folded', async ({ app }) => {
  await openMade(app)
  await expect.poll(async () => (await lines(app)).join('\n')).toContain('3c 69 6d 67')
  const shown = (await lines(app)).join('\n')
  expect(shown).toContain('<img src=x onerr')
  expect(shown).toContain('or=alert(1)>·]0;')
  expect(shown).toContain('x····evil·······')
  expect(shown).toMatch(/8\.00 KiB +Anonymous memory without a page/)
  expect(shown).toMatch(/\* 25\d more lines are the same/)
  expect(await grid(app).locator('img').count()).toBe(0)
  await press(app, 'f')
  expect((await lines(app)).join('\n')).not.toContain('more lines are the same')
})

test('hex: a pointer is followed, back leads back, pages are stepped through', async ({ app }) => {
  await openMade(app)
  await press(app, ']')
  await expect.poll(() => status(app)).toContain('0x00007f0000001000')
  await expect
    .poll(() => app.page.getByRole('region', { name: 'Selection' }).innerText())
    .toContain('0x00007f0000005000')
  await press(app, 'ArrowRight', 'ArrowRight', 'Enter')
  await expect.poll(() => status(app)).toContain('0x00007f0000005000')
  expect(new URL(app.page.url()).hash).toContain('/hex/memory/process/1/0x7f0000005000')
  await press(app, 'Backspace')
  await expect.poll(() => status(app)).toContain('0x00007f0000001002')
  await press(app, ']', ']')
  await expect.poll(() => status(app)).toContain('0x00007f0000005000')
  await press(app, ']')
  await expect.poll(() => status(app)).toContain('No stored page follows')
  await press(app, '[')
  await expect.poll(() => status(app)).toContain('0x00007f0000002000')
})

test('hex: selected by keyboard and mouse, copied in every form, gaps never', async ({ app, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const clipboard = () => app.page.evaluate(() => navigator.clipboard.readText())
  await openMade(app)
  await press(app, 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight', 'Control+c')
  await expect.poll(clipboard).toBe('3c 69 6d 67')
  await expect.poll(() => status(app)).toContain('4 bytes copied')
  await press(app, 'Shift+ArrowLeft')
  await expect.poll(() => status(app), { timeout: 2000 }).not.toContain('copied')
  await press(app, 'Shift+ArrowRight')
  const forms = [
    ['Copy as text', '<img'],
    ['Copy as base64', 'PGltZw=='],
    ['Copy as C array', 'unsigned char bytes[4] = {\n  0x3c, 0x69, 0x6d, 0x67,\n};\n'],
  ] as const
  for (const [name, text] of forms) {
    await press(app, 'Shift+F10')
    await app.page.getByRole('menuitem', { name }).click()
    await expect.poll(clipboard).toBe(text)
  }
  await goTo(app, '7f0000002ffe')
  await press(app, 'Shift+ArrowDown', 'Control+c')
  await expect.poll(() => status(app)).toContain('not stored: nothing is copied')
  await press(app, 'Control+Home')
  const row = grid(app).getByRole('row').filter({ hasText: '3c 69 6d 67' })
  const box = await row.locator('[data-part=hex]').boundingBox()
  if (!box) throw new Error('the line is not drawn')
  const symbol = box.width / 48
  await app.page.mouse.move(box.x + symbol * 7, box.y + 10)
  await app.page.mouse.down()
  await app.page.mouse.move(box.x + symbol * 13, box.y + 10)
  await app.page.mouse.up()
  await press(app, 'Control+c')
  await expect.poll(clipboard).toBe('6d 67 20')
})

test('hex: where the byte stands in the archive, bookmarks, names of places', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('hex')
  await goTo(app, 'env_start')
  await expect.poll(async () => (await lines(app)).join('')).toMatch(/PATH=|KUBERNETES/)
  await app.page.getByTitle('Shows the bytes in the archive').click()
  const origin = app.page.getByLabel('Where this value comes from')
  await origin.getByText(/pages-\d+\.img/).waitFor()
  expect(await origin.locator('mark').first().innerText()).toMatch(/^[0-9a-f]{2}$/)
  await grid(app).focus()
  await press(app, 'b')
  await app.page.getByLabel(/Name of the bookmark/).fill('environment')
  await press(app, 'Tab')
  await grid(app).focus()
  await press(app, 'Control+Home')
  await app.page.getByLabel('Bookmarks').getByRole('link').click()
  await expect.poll(() => status(app)).toContain('[stack]')
  await app.page.getByRole('button', { name: 'Remove environment' }).click()
  await app.page.getByText('sets one at the selection').waitFor()
})

test('hex: the wheel, the thumb and both ends', async ({ app }) => {
  await openMade(app)
  await press(app, 'f')
  const first = async () => (await lines(app)).find((line) => /^[0-9a-f]{16}/.test(line))?.slice(0, 16)
  const box = await grid(app).boundingBox()
  if (!box) throw new Error('no grid')
  await app.page.mouse.move(box.x + 50, box.y + 50)
  await app.page.mouse.wheel(0, 20 * 10)
  await expect.poll(first).toBe('00007f0000000090')
  const thumb = app.page.getByRole('scrollbar')
  const track = await thumb.boundingBox()
  if (!track) throw new Error('no scroll bar')
  await app.page.mouse.move(track.x + 7, track.y + 10)
  await app.page.mouse.down()
  await app.page.mouse.move(track.x + 7, track.y + track.height)
  await app.page.mouse.up()
  await expect.poll(async () => (await lines(app)).at(-1)?.slice(0, 16)).toBe('00007f0000005ff0')
  expect(await thumb.getAttribute('aria-valuenow')).toBe('100')
})

test('search: a hit leads to the bytes with all hits marked, n and N go round', async ({ app }) => {
  await app.open([{ name: 'made.tar', bytes: madeArchive() }])
  await app.waitReady()
  await app.goto('search')
  await app.page.getByLabel('Pattern', { exact: true }).fill('e')
  await press(app, 'Enter')
  await app.page.getByText(/^\d+ hits in/).waitFor()
  const hits = app.page.getByRole('grid', { name: 'Hits' }).locator('[role=row]:has([role=gridcell])')
  await hits.first().getByRole('link', { name: /^0x/ }).click()
  await grid(app).waitFor()
  await expect.poll(() => grid(app).locator('[data-band=hit]').count()).toBeGreaterThan(1)
  const before = await status(app)
  await grid(app).focus()
  await press(app, 'n')
  await expect.poll(() => status(app)).toMatch(/Hit 2 of \d+/)
  expect((await status(app)).slice(0, 18)).not.toBe(before.slice(0, 18))
  await press(app, 'N', 'N')
  await expect.poll(() => status(app)).toMatch(/Hit (\d+) of \1 in this memory, round the end/)
})

test('map: every mapping, sums of what the filter leaves, ways to the bytes', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('map')
  const table = app.page.getByRole('grid', { name: 'Mappings' })
  await expect.poll(() => table.innerText()).toContain('[vdso]')
  await expect.poll(() => table.innerText()).toMatch(/unchanged file/)
  const sums = app.page.locator('main [role=status]').first()
  const all = await sums.innerText()
  await app.page.getByRole('searchbox', { name: 'Filter mappings' }).fill('name:stack')
  await expect.poll(() => sums.innerText()).toMatch(/^1 mapping\s/)
  expect(all).not.toBe(await sums.innerText())
  await table.locator('[role=row]:has([role=gridcell])').first().click()
  const facts = app.page.getByRole('region', { name: 'Resize detail' })
  await expect.poll(() => facts.innerText()).toContain('MAP_GROWSDOWN')
  await table.focus()
  await press(app, 'Enter')
  await expect.poll(() => status(app)).toContain('[stack]')
})

test('map: the picture is drawn, and a click chooses the mapping', async ({ app }) => {
  await openMade(app)
  await app.goto('map')
  const canvas = app.page.locator('canvas')
  await expect
    .poll(() =>
      canvas.evaluate((element: HTMLCanvasElement) => {
        const data = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? []
        return new Set(Array.from({ length: data.length / 4 }, (_, i) => data[i * 4])).size
      }),
    )
    .toBeGreaterThan(2)
  await canvas.click({ position: { x: 200, y: 8 } })
  expect(new URL(app.page.url()).hash).toMatch(/\/map\/memory\/process\/1\/0x7f000000[0-5]/)
  await app.page.getByRole('row', { selected: true }).waitFor()
})

test('a link to a byte is one to that byte; one to nothing says so', async ({ app }) => {
  await openMade(app)
  const id = /v1\/([^/]+)/.exec(app.page.url())?.[1] ?? ''
  await app.page.evaluate((hash) => (location.hash = hash), `#/v1/${id}/hex/memory/process/1/0x7f0000005004/4`)
  await expect.poll(() => status(app)).toContain('0x00007f0000005004')
  await expect.poll(() => status(app)).toContain('4 B selected')
  await app.page.evaluate((hash) => (location.hash = hash), `#/v1/${id}/hex/memory/process/77/0x10`)
  await app.page.getByText('address 0x10 of process 77, which is not in this checkpoint').waitFor()
})

test('memory is saved: selection, mapping, process, and the map of ranges', async ({ app }) => {
  await app.page.evaluate(() => {
    Object.defineProperty(window, 'showSaveFilePicker', { value: undefined })
  })
  await openMade(app)
  await press(app, 'Shift+ArrowRight', 'Shift+ArrowRight', 'Shift+ArrowRight')
  const saved = async (name: string): Promise<{ name: string; bytes: Buffer }> => {
    await app.page.getByRole('button', { name: 'Save', exact: true }).click()
    const [download] = await Promise.all([
      app.page.waitForEvent('download'),
      app.page.getByRole('menuitem', { name }).click(),
    ])
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
  }
  const selection = await saved('Selection, 4 B: stored bytes')
  expect(selection).toEqual({ name: 'memory-1-7f0000000000-7f0000000004.bin', bytes: Buffer.from('<img') })
  expect((await saved('Whole process: stored bytes')).bytes).toHaveLength(4 * PAGE)
  const sparse = (await saved('Mapping, 24.0 KiB: bytes at their place')).bytes
  expect(sparse).toHaveLength(6 * PAGE)
  expect(sparse.subarray(5 * PAGE, 5 * PAGE + 13).toString()).toBe('the last page')
  expect((await saved('Whole process: hex dump')).bytes.toString()).toContain('3c 69 6d 67')
  const map: unknown = JSON.parse((await saved('Whole process: JSON map of the stored')).bytes.toString())
  expect(JSON.stringify(map)).toContain('7f0000005000')
})

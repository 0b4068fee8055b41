/** axe over everything that can be on the page, in both themes and with forced colours: no violation of WCAG 2.2 A and AA. */
import type { App } from './harness/app.ts'
import { violations } from './harness/axe.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

/** What opens over a screen, by the keys that open it. */
const DIALOGS: readonly (readonly [string, string])[] = [
  ['settings', ','],
  ['keys', '?'],
  ['palette', 'Control+k'],
]

async function expectDialogsClean(app: App): Promise<void> {
  for (const [name, keys] of DIALOGS) {
    await app.page.keyboard.press(keys)
    await app.page.locator('dialog[open]').waitFor()
    expect(await violations(app), name).toEqual([])
    await app.page.keyboard.press('Escape')
    await expect.poll(() => app.page.locator('dialog[open]').count()).toBe(0)
  }
}

test('the empty page and what opens over it have no accessibility violations', async ({ app }) => {
  for (const summary of await app.page.locator('summary').all()) await summary.click()
  expect(await violations(app)).toEqual([])
  await expectDialogsClean(app)
})

test('no screen has accessibility violations', { timeout: 180_000 }, async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES), fixtureAs('podman/5.4.2/oddnames.tar.gz')])
  await app.waitReady(2)
  const views = await app.views()
  for (const needed of ['overview', 'commands', 'hex', 'map', 'search']) expect(views).toContain(needed)
  for (const view of views) {
    await app.goto(view)
    expect(await violations(app), view).toEqual([])
  }
})

test('what a person opens in a screen has no accessibility violations', { timeout: 180_000 }, async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('search')
  await app.page.getByRole('button', { name: 'Text', exact: true }).click()
  await app.page.getByLabel('Pattern', { exact: true }).fill('PATH=/')
  await app.page.keyboard.press('Enter')
  const hits = app.page.getByRole('grid', { name: 'Hits' }).locator('[role=row]:has([role=gridcell])')
  await hits.first().click()
  expect(await violations(app), 'hits of a search').toEqual([])
  await app.page.getByRole('tab', { name: 'Strings' }).click()
  await app.page.getByRole('button', { name: 'Gather strings' }).click()
  await app.page.getByText(/distinct strings in/).waitFor()
  expect(await violations(app), 'strings').toEqual([])
  await app.goto('hex')
  await app.page.getByRole('grid', { name: /Memory of/ }).focus()
  await app.page.keyboard.press('Shift+ArrowRight')
  expect(await violations(app), 'a selection in the hex view').toEqual([])
  await app.goto('processes')
  await app.page.getByRole('row', { name: /alive sleep/ }).click()
  expect(await violations(app), 'a process').toEqual([])
  await expectDialogsClean(app)
})

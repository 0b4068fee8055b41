/** Uses everything that the application has, as a person would, so that whatever it loads or refuses to load shows. */
import type { App } from './app.ts'
import { fixtureAs, KUBERNETES } from './fixtures.ts'
import { expect } from './test.ts'

/** Opens plain, gzip and zstd archives, looks at every screen, searches, saves. */
export async function driveEverything(app: App): Promise<void> {
  await app.open([
    fixtureAs(KUBERNETES),
    fixtureAs('podman/5.4.2/oddnames.tar.gz'),
    fixtureAs('podman/5.4.2/counters.tar.zst'),
  ])
  await app.waitReady(3)
  await app.page.evaluate(() => {
    location.hash = '#/v1/c1/overview'
  })
  const views = await app.views()
  expect(views.length).toBeGreaterThan(5)
  for (const view of views) {
    await app.goto(view)
    expect((await app.text()).trim(), view).not.toBe('')
  }
  await app.goto('overview')
  const saving = app.page.waitForEvent('download')
  await app.page.getByRole('button', { name: 'Export JSON' }).click()
  await (await saving).delete()
  await app.page.keyboard.press('Control+k')
  await app.page.keyboard.type('sleep')
  await app.page.keyboard.press('Enter')
  await expect.poll(() => app.page.locator('dialog[open]').count()).toBe(0)
  await app.page.keyboard.press('?')
  await app.page.locator('dialog[open]').waitFor()
  await app.page.keyboard.press('Escape')
  const found = await app.page.evaluate(async () => {
    const { cryoscope } = window
    const { total } = await cryoscope.search({ id: 'c1', text: 'PATH=' })
    const strings = await cryoscope.strings({ id: 'c2', minLength: 10 })
    return { total, strings: strings.total, core: (await cryoscope.coreDump('c1', 10)).size }
  })
  expect(found.total).toBeGreaterThan(0)
  expect(found.strings).toBeGreaterThan(0)
  expect(found.core).toBeGreaterThan(4096)
}

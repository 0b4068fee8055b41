/** axe over every screen in both themes: no violation of WCAG 2.2 A and AA rules. */
import { violations } from './harness/axe.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the empty page has no accessibility violations (${colorScheme})`, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme })
    expect(await violations(app)).toEqual([])
  })

  test(`no screen has accessibility violations (${colorScheme})`, { timeout: 180_000 }, async ({ app }) => {
    await app.page.emulateMedia({ colorScheme })
    await app.open([fixtureAs(KUBERNETES), fixtureAs('podman/5.4.2/oddnames.tar.gz')])
    await app.waitReady(2)
    const views = await app.views()
    expect(views.length).toBeGreaterThan(5)
    for (const view of views) {
      await app.goto(view)
      expect(await violations(app), `${view}, ${colorScheme}`).toEqual([])
    }
  })
}

/** axe over every screen in both themes: no violation of WCAG 2.2 A and AA rules. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { App } from './harness/app.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Areas of a treemap are as small as what they stand for; the same links are in the table beside it (WCAG 2.5.8, equivalent). */
function isSmallArea(rule: string, target: string): boolean {
  return rule === 'target-size' && target.includes('contents/member/')
}

/** What axe finds on the page as it is: rule and first element of each violation. */
async function violations(app: App): Promise<string[]> {
  await app.page.evaluate(AXE)
  const results = await app.page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    return axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] })
  })
  return results.violations
    .map(({ id, nodes }) => ({ id, nodes: nodes.filter((node) => !isSmallArea(id, node.target.join(' '))) }))
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 160) ?? ''}`)
}

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

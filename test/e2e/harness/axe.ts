/** What axe finds on the page: WCAG 2.2 A and AA. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { App } from './app.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Areas of a treemap are as small as what they stand for; the same links are in the table beside it (WCAG 2.5.8, equivalent). */
function isSmallArea(rule: string, target: string): boolean {
  return rule === 'target-size' && target.includes('contents/member/')
}

/** Rule and first element of each violation on the page as it is. */
export async function violations(app: App): Promise<string[]> {
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

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

const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** The rules that look at colours; all others say the same in every theme. */
const COLOURS = ['color-contrast', 'link-in-text-block']

const THEMES = [
  ['light', { colorScheme: 'light', forcedColors: 'none' }],
  ['dark', { colorScheme: 'dark', forcedColors: 'none' }],
  ['forced colours, light', { colorScheme: 'light', forcedColors: 'active' }],
  ['forced colours, dark', { colorScheme: 'dark', forcedColors: 'active' }],
] as const

/** Theme, rule and first element of each violation on the page as it is, in both themes and with high contrast. */
export async function violations(app: App): Promise<string[]> {
  await app.page.evaluate(AXE)
  const found: string[] = []
  for (const [index, [theme, media]] of THEMES.entries()) {
    await app.page.emulateMedia(media)
    await app.settle()
    const only = index === 0 ? LEVELS : COLOURS
    const results = await app.page.evaluate(async (runOnly) => {
      const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } }
      return axe.run({ runOnly, resultTypes: ['violations'] })
    }, only)
    for (const { id, nodes: all } of results.violations) {
      const nodes = all.filter((node) => !isSmallArea(id, node.target.join(' ')))
      if (nodes.length > 0) found.push(`${theme}: ${id}: ${nodes.length} × ${nodes[0]?.html.slice(0, 160) ?? ''}`)
    }
  }
  return found
}

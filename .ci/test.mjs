/** `npm test`: sets up, then every check and test there is, in two lanes for two cores. Ends with a non-zero code on any failure. */
import { ensureChromium, ensureModules, startOtherBrowsers } from './setup.mjs'
import { lanes, npm, step } from './steps.mjs'

const start = Date.now()
ensureModules()
process.env['CHROMIUM'] = ensureChromium()
step('generate', () => npm(['run', '--silent', 'generate']))
const otherBrowsers = startOtherBrowsers()
await lanes([
  ['check:style', 'check:unused', 'test:unit'],
  ['check:types', 'build', 'budgets', 'reproducible', 'test:e2e'],
])
await otherBrowsers()
step('test:browsers', () => npm(['run', '--silent', 'test:browsers']))
console.log(`\nAll checks and tests passed in ${Math.round((Date.now() - start) / 1000)} s.`)

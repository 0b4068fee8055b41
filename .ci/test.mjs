/** `npm test`: sets up, then every check and test there is, in order of how soon they can fail. Ends with a non-zero code on any failure. */
import { ensureChromium, ensureModules, startOtherBrowsers } from './setup.mjs'
import { npm, step } from './steps.mjs'

const start = Date.now()
ensureModules()
process.env['CHROMIUM'] = ensureChromium()
const otherBrowsers = startOtherBrowsers()
/** @param {string} name */
const run = (name) => {
  step(name, () => npm(['run', '--silent', name]))
}
for (const name of ['check', 'test:unit', 'build', 'budgets', 'reproducible', 'test:e2e']) run(name)
await otherBrowsers()
run('test:browsers')
console.log(`\nAll checks and tests passed in ${Math.round((Date.now() - start) / 1000)} s.`)

/**
 * `npm run bench -- <name> [arguments]`: sets up, builds the site when it is missing or older than its sources, and
 * runs `test/bench/<name>.ts`, whose `run(args)` prints its measurements.
 */
import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { ensureChromium, ensureModules } from './setup.mjs'
import { npm, root, step } from './steps.mjs'

const names = readdirSync(join(root, 'test/bench'))
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => basename(name, '.bench.ts'))
const [name = '', ...args] = process.argv.slice(2)
if (!names.includes(name)) {
  console.error(`Usage: npm run bench -- <name> [arguments]\nThere are: ${names.join(', ')}`)
  process.exit(1)
}

/** Latest change in a file or folder, milliseconds since the epoch; 0 when there is none. @param {string} path @returns {number} */
function changed(path) {
  const info = statSync(path, { throwIfNoEntry: false })
  if (!info) return 0
  if (!info.isDirectory()) return info.mtimeMs
  return Math.max(info.mtimeMs, ...readdirSync(path).map((entry) => changed(join(path, entry))))
}

ensureModules()
process.env['CHROMIUM'] = ensureChromium()
const sources = ['src', 'workers', 'proto', 'public', 'docs', 'index.html', 'vite.config.ts', 'package-lock.json']
const built = changed(join(root, 'dist/index.html'))
if (sources.some((source) => changed(join(root, source)) > built))
  step('build', () => npm(['run', '--silent', 'build']))
const { runnerImport } = await import('vite')
/** @type {{ module: unknown }} */
const loaded = await runnerImport(join(root, `test/bench/${name}.bench.ts`), { configFile: false })
const bench = /** @type {{ run: (args: readonly string[]) => Promise<void> }} */ (loaded.module)
await bench.run(args)

/** `npm start`: sets up, builds the site, serves it and prints the address. The environment's PORT picks another port. */
import { join } from 'node:path'
import { serve } from './serve.mjs'
import { ensureModules } from './setup.mjs'
import { npm, root, step } from './steps.mjs'

const FIRST_PORT = Number(process.env['PORT'] ?? 4173)
const TRIES = 20

/** @param {number} port @param {number} tries @returns {Promise<import('./serve.mjs').Site>} */
async function serveOnFreePort(port, tries) {
  try {
    return await serve(join(root, 'dist'), port)
  } catch (error) {
    const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
    if (!taken || tries <= 1 || process.env['PORT']) throw error
    return serveOnFreePort(port + 1, tries - 1)
  }
}

ensureModules()
step('build', () => npm(['run', '--silent', 'build']))
const site = await serveOnFreePort(FIRST_PORT, TRIES)
console.log(`\nCryoscope is at ${site.url}\nStop it with Ctrl+C.`)

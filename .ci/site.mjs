/** Vite plugin: the content security policy in the page, the headers for static hosts, and the service worker. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateSW } from 'workbox-build'
import { metaPolicy } from './headers.mjs'
import { hostingFiles } from './hosting.mjs'
import { serviceWorkerPackages } from './licences.mjs'

/** @returns {import('vite').Plugin} */
export function site() {
  let outDir = ''
  let failed = false
  return {
    name: 'site',
    apply: 'build',
    configResolved(config) {
      outDir = join(config.root, config.build.outDir)
    },
    transformIndexHtml() {
      const attrs = { 'http-equiv': 'Content-Security-Policy', content: metaPolicy }
      return [{ tag: 'meta', attrs, injectTo: 'head-prepend' }]
    },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: hostingFiles()['_headers'] ?? '' })
    },
    buildEnd(error) {
      failed = error !== undefined
    },
    async closeBundle() {
      if (!failed) await writeServiceWorker(outDir)
    },
  }
}

/**
 * A service worker that keeps every file of this build for offline use. A new version waits until the person asks for
 * it (src/app/pwa.ts): pages never change under an open checkpoint.
 * @param {string} outDir
 */
async function writeServiceWorker(outDir) {
  const { warnings } = await generateSW({
    globDirectory: outDir,
    globPatterns: ['**/*'],
    // The text of the guide is kept, its pictures are not.
    globIgnores: ['_headers', 'sw.js', 'cryoscope.html', 'guide/**'],
    swDest: join(outDir, 'sw.js'),
    inlineWorkboxRuntime: true,
    sourcemap: false,
    cleanupOutdatedCaches: true,
    // The page of a first visit, too, gets its program files from here from now on.
    clientsClaim: true,
    // Vite's file names carry a hash of their content.
    dontCacheBustURLsMatching: /^assets\//,
    maximumFileSizeToCacheInBytes: 8 * 1024 * 1024,
  })
  if (warnings.length > 0) throw new Error(`service worker: ${warnings.join('; ')}`)
  // Workbox modules announce themselves by name: what is in the file must be in licenses.txt too.
  for (const [, name = ''] of readFileSync(join(outDir, 'sw.js'), 'utf8').matchAll(/"workbox:([a-z-]+):/g))
    if (!serviceWorkerPackages.includes(`workbox-${name}`)) throw new Error(`workbox-${name} is not in licenses.txt`)
}

/**
 * Vite plugin: lists every package whose code is really in the build (page, workers, service worker) with version,
 * licence and licence text in dist/licenses.txt, and fails the build on a licence that is not on the list below.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

/** Licences that allow redistribution in a bundle when their text goes along. */
const ALLOWED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD'])

/** Packages that the generated service worker is made of; workbox-build puts them in past this plugin. */
export const serviceWorkerPackages = ['workbox-core', 'workbox-precaching', 'workbox-routing', 'workbox-strategies']

/** Folder of the package that a module belongs to; undefined for our own. @param {string} id */
function packageOf(id) {
  // Code that the bundler itself adds: loading of chunks and the module runtime.
  if (id.startsWith('\0vite/')) return 'vite'
  if (id.startsWith('\0rolldown/')) return 'rolldown'
  const path = id.replaceAll('\\', '/')
  const at = path.lastIndexOf('/node_modules/')
  if (at < 0) return undefined
  return /^(?:@[^/]+\/)?[^/]+/.exec(path.slice(at + '/node_modules/'.length))?.[0]
}

/** @param {string} name */
function section(name) {
  const folder = join(root, 'node_modules', name)
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const { version, license } = /** @type {{ version: string, license: string }} */ (manifest)
  if (!ALLOWED.has(license))
    throw new Error(`${name} ${version}: licence ${license} is not on the list of allowed ones`)
  const files = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort()
  if (files.length === 0) throw new Error(`${name} ${version}: the package has no licence text`)
  // Vite's file also lists what its own command-line tool bundles, none of which reaches the page.
  const texts = files.map((file) =>
    readFileSync(join(folder, file), 'utf8')
      .split(/^# Licenses of bundled/m)[0]
      ?.trim(),
  )
  return `${'='.repeat(78)}\n${name} ${version} (${license})\n${'='.repeat(78)}\n\n${texts.join('\n\n')}\n`
}

/**
 * Two plugins that share what they collect: one for the page, one for the worker bundles.
 * @param {readonly string[]} others packages that reach the build past the bundler
 * @returns {{ page: import('vite').Plugin, worker: import('vite').Plugin }}
 */
export function licences(others) {
  /** @type {Set<string>} */
  const packages = new Set(others)
  /** @param {import('vite').Rolldown.OutputBundle} bundle */
  const collect = (bundle) => {
    const chunks = Object.values(bundle).filter((item) => item.type === 'chunk')
    for (const id of chunks.flatMap((chunk) => chunk.moduleIds)) {
      const name = packageOf(id)
      if (name) packages.add(name)
    }
  }
  return {
    worker: {
      name: 'licences-of-workers',
      generateBundle(_options, bundle) {
        collect(bundle)
      },
    },
    page: {
      name: 'licences',
      apply: 'build',
      generateBundle(_options, bundle) {
        collect(bundle)
        const head =
          'Cryoscope is licensed under the Apache License 2.0 (see LICENSE in its source).\n' +
          'The build contains code of these packages:\n\n'
        const source = head + [...packages].sort().map(section).join('\n')
        this.emitFile({ type: 'asset', fileName: 'licenses.txt', source })
      },
    },
  }
}

/**
 * `npm run release`: builds from nothing and writes release/: the archive with the site, the portable file, host
 * configuration, bill of materials and licences, and SHA256SUMS. With `--check`, builds a second time from a copy of
 * the sources in another folder and fails unless every byte is the same; writes nothing.
 */
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { hostingFiles } from './hosting.mjs'
import { billOfMaterials } from './sbom.mjs'
import { ensureModules } from './setup.mjs'
import { npm, root, step } from './steps.mjs'
import { tarOf } from './tar.mjs'

const OUTPUT = join(root, 'release')

/** Every file of a folder by its path in it. @param {string} folder @returns {Map<string, Buffer>} */
function filesOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return new Map(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => /** @type {const} */ ([path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path)]))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

/** @param {Buffer} content */
const sha256 = (content) => createHash('sha256').update(content).digest('hex')

/** The release as files, from a built site. @param {string} dist @returns {Map<string, Buffer>} */
function releaseOf(dist) {
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { version } = /** @type {{ version: string }} */ (manifest)
  const name = `cryoscope-${version}`
  const built = filesOf(dist)
  const portable = built.get('cryoscope.html')
  const licences = built.get('licenses.txt')
  if (!portable || !licences) throw new Error('the build has no portable file or no licences')
  const bill = Buffer.from(`${JSON.stringify(billOfMaterials(licences.toString('utf8')), undefined, 2)}\n`)
  const hosting = Object.entries(hostingFiles()).map(
    ([path, text]) => /** @type {const} */ ([`hosting/${path}`, Buffer.from(text)]),
  )
  const docs = ['LICENSE', 'README.md', 'docs/hosting.md'].map(
    (path) => /** @type {const} */ ([path.replace('docs/', ''), readFileSync(join(root, path))]),
  )
  const inside = new Map([
    ...[...built].map(([path, content]) => /** @type {const} */ ([`site/${path}`, content])),
    ...hosting,
    ...docs,
    ['cryoscope.html', portable],
    ['licenses.txt', licences],
    ['sbom.cdx.json', bill],
  ])
  const sums = [...inside]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => `${sha256(content)}  ${path}\n`)
  inside.set('SHA256SUMS', Buffer.from(sums.join('')))
  const packed = gzipSync(tarOf(new Map([...inside].map(([path, content]) => [`${name}/${path}`, content]))), {
    level: 9,
  })
  // The ninth byte of gzip (RFC 1952) names the system it was made on.
  packed[9] = 255
  const files = new Map([
    [`${name}.tar.gz`, packed],
    [`${name}.html`, portable],
    [`${name}.cdx.json`, bill],
  ])
  files.set('SHA256SUMS', Buffer.from([...files].map(([path, content]) => `${sha256(content)}  ${path}\n`).join('')))
  return files
}

/** Builds a copy of the sources in another folder and gives its release. */
function rebuilt() {
  const copy = mkdtempSync(join(tmpdir(), 'release-'))
  try {
    const sources = [
      '.ci',
      'docs',
      'src',
      'workers',
      'proto',
      'public',
      'index.html',
      'package.json',
      'package-lock.json',
    ]
    for (const path of [...sources, 'svelte.config.js', 'tsconfig.json', 'vite.config.ts'])
      cpSync(join(root, path), join(copy, path), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction')
    if (npm(['--prefix', copy, 'run', '--silent', 'build']) !== 0) throw new Error('the second build failed')
    return releaseOf(join(copy, 'dist'))
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

if (process.argv.includes('--check')) {
  const first = releaseOf(join(root, 'dist'))
  const second = rebuilt()
  const different = [...first].filter(([path, content]) => !second.get(path)?.equals(content)).map(([path]) => path)
  if (different.length > 0) {
    console.error(`A second build gives other bytes: ${different.join(', ')}`)
    process.exit(1)
  }
  console.log(`A second build, in another folder, gives the same ${first.size} files of a release, byte for byte.`)
} else {
  ensureModules()
  rmSync(join(root, 'dist'), { recursive: true, force: true })
  step('build', () => npm(['run', '--silent', 'build']))
  rmSync(OUTPUT, { recursive: true, force: true })
  mkdirSync(OUTPUT)
  for (const [path, content] of releaseOf(join(root, 'dist'))) {
    writeFileSync(join(OUTPUT, path), content)
    console.log(`${sha256(content)}  release/${path}`)
  }
}

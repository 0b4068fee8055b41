/**
 * Software bill of materials, CycloneDX 1.6 (ECMA-424), from the lock file: packages whose code is in the build are
 * `required`, those that only build and test are `excluded`. No time and no random number: the same lock file and
 * licences give the same bytes.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

/** @typedef {{ version: string, license?: string, integrity?: string, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} Locked */

/** @param {string} path @returns {unknown} */
const json = (path) => JSON.parse(readFileSync(join(root, path), 'utf8'))

/** Place of a package that the one at `path` asks for: beside it, or in a folder further up. @param {Record<string, Locked>} packages @param {string} path @param {string} name */
function resolved(packages, path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    const place = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`
    if (place in packages) return place
    if (at === '') return undefined
  }
}

/** Package URL. @param {string} path @param {Locked} entry */
function purl(path, { version }) {
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

/** @param {string} licences text of the build's licenses.txt, which says what is in it */
export function billOfMaterials(licences) {
  const { name, version, license } = /** @type {{ name: string, version: string, license: string }} */ (
    json('package.json')
  )
  const { packages } = /** @type {{ packages: Record<string, Locked> }} */ (json('package-lock.json'))
  const built = new Set([...licences.matchAll(/^(\S+) (\d\S*) \(/gm)].map(([, pkg, at]) => `${pkg}@${at}`))
  const entries = Object.entries(packages).filter(([path]) => path !== '')
  const components = new Map(
    entries.map(([path, entry]) => {
      const reference = purl(path, entry)
      const label = decodeURIComponent(reference.slice('pkg:npm/'.length))
      const full = label.slice(0, label.lastIndexOf('@'))
      return [
        reference,
        {
          type: 'library',
          'bom-ref': reference,
          name: full,
          version: entry.version,
          scope: built.has(label) ? 'required' : 'excluded',
          hashes: [{ alg: 'SHA-512', content: Buffer.from(entry.integrity?.slice(7) ?? '', 'base64').toString('hex') }],
          ...(entry.license ? { licenses: [licenceOf(entry.license)] } : {}),
          purl: reference,
        },
      ]
    }),
  )
  const missing = [...built].filter(
    (label) => ![...components.values()].some((one) => `${one.name}@${one.version}` === label),
  )
  if (missing.length > 0) throw new Error(`in the build but not in the lock file: ${missing.join(', ')}`)
  const own = `pkg:npm/${name}@${version}`
  const dependencies = Object.entries(packages).map(([path, { dependencies: needs, optionalDependencies: may }]) => ({
    ref: path === '' ? own : purl(path, /** @type {Locked} */ (packages[path])),
    dependsOn: Object.keys({ ...needs, ...may })
      .map((needed) => resolved(packages, path, needed))
      .flatMap((place) => (place === undefined ? [] : [purl(place, /** @type {Locked} */ (packages[place]))]))
      .sort(),
  }))
  const digest = createHash('sha256').update(JSON.stringify(packages)).update(licences).digest('hex')
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-8${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': own, name, version, licenses: [licenceOf(license)], purl: own },
    },
    components: [...components.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1)),
    dependencies: [...new Map(dependencies.map((one) => [one.ref, one])).values()],
  }
}

/** @param {string} licence an SPDX identifier or expression */
function licenceOf(licence) {
  return /[ ()]/.test(licence) ? { expression: licence } : { license: { id: licence } }
}

/**
 * A name for what is built: the version and a digest of the sources. Page and worker compare it, so that a page kept
 * open over an update does not talk to a worker of another build. The same sources give the same name.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './steps.mjs'

const SOURCES = ['src', 'workers', 'proto']

export function buildId() {
  const digest = createHash('sha256')
  for (const folder of SOURCES)
    for (const path of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).sort())
      if (/\.\w+$/.test(path) && !path.includes('generated'))
        digest
          .update(path)
          .update('\0')
          .update(readFileSync(join(root, folder, path)))
  /** @type {unknown} */
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { version } = /** @type {{ version: string }} */ (manifest)
  return `${version}+${digest.digest('hex').slice(0, 12)}`
}

/** Serves the built site to the browser tests, with the headers that it is meant to have. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { serve } from '../../../.ci/serve.mjs'
import { root } from '../../../.ci/steps.mjs'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the site, with a slash at its end. */
    site: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = join(root, 'dist')
  if (!existsSync(join(folder, 'index.html'))) throw new Error('dist/ is missing: run `npm run build` first')
  const site = await serve(folder, 0)
  project.provide('site', site.url)
  return site.close
}

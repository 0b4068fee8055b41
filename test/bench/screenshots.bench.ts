/**
 * Pictures of every screen in both themes, to be looked at: under test/output/. Arguments: archives (default: the
 * Kubernetes fixture). `--width=N` pixels instead of 1440.
 */
import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { serve } from '../../.ci/serve.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'

const DEFAULT = join(root, 'test/fixtures/checkpoints/containerd/2.2.1/counters.tar')

export async function run(args: readonly string[]): Promise<void> {
  const width = Number(args.find((argument) => argument.startsWith('--width='))?.slice('--width='.length) ?? 1440)
  const given = args.filter((argument) => !argument.startsWith('--'))
  const archives = given.length > 0 ? given : [DEFAULT]
  mkdirSync(join(root, 'test/output'), { recursive: true })
  const site = await serve(join(root, 'dist'), 0)
  const browser = await launch()
  try {
    for (const archive of archives)
      for (const colorScheme of ['light', 'dark'] as const) {
        const context = await browser.newContext({
          viewport: { width, height: 900 },
          colorScheme,
          reducedMotion: 'reduce',
        })
        const app = await App.start(context, site.url)
        const label = basename(join(archive, '..'))
        console.log(await app.screenshot(`${label}-empty-${colorScheme}-${width}`))
        await app.open([archive])
        await app.waitReady()
        for (const view of await app.views()) {
          await app.goto(view)
          console.log(await app.screenshot(`${label}-${view}-${colorScheme}-${width}`))
        }
        for (const problem of app.problems) console.error(`problem on the page: ${problem}`)
        await context.close()
      }
  } finally {
    await browser.close()
    await site.close()
  }
}

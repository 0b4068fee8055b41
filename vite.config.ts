import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'
import { buildId } from './.ci/build-id.mjs'
import { licences } from './.ci/licences.mjs'
import { site } from './.ci/site.mjs'
import { generate } from './proto/generate.mjs'

/** Keeps src/criu/generated in step with proto/ for the dev server, the build and the tests. */
function criuDecoders(): Plugin {
  return { name: 'criu-decoders', configResolved: generate }
}

const licenceLists = licences()

/** On a busy machine the bundler warns of how its time is spent; everything else it warns of is kept. */
const checks = { pluginTimings: false }

export default defineConfig({
  base: './',
  define: { __BUILD__: JSON.stringify(buildId()) },
  plugins: [criuDecoders(), svelte(), licenceLists.page, site()],
  worker: { format: 'es', plugins: () => [licenceLists.worker], rolldownOptions: { checks } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { checks },
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/{unit,golden,property}/**/*.test.ts'], testTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'component',
          include: ['test/component/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: 'test/e2e/harness/global-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})

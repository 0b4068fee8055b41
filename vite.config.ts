import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import type { BuildOptions, Plugin } from 'vite'
import { buildId } from './.ci/build-id.mjs'
import { guide } from './.ci/guide.mjs'
import { licences, serviceWorkerPackages } from './.ci/licences.mjs'
import { portable } from './.ci/portable.mjs'
import { site } from './.ci/site.mjs'
import { generate } from './proto/generate.mjs'

/** Keeps src/criu/generated in step with proto/ for the dev server, the build and the tests. */
function criuDecoders(): Plugin {
  return { name: 'criu-decoders', configResolved: generate }
}

/** On a busy machine the bundler warns of how its time is spent; everything else it warns of is kept. */
const checks = { pluginTimings: false }

/** `vite build` makes the site, `vite build --mode portable` adds the portable file to it. */
export default defineConfig(({ mode }) => {
  const isPortable = mode === 'portable'
  const define = { __BUILD__: JSON.stringify(buildId()) }
  const build: BuildOptions = {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: isPortable ? false : { polyfill: false },
    reportCompressedSize: false,
    // The sample is a module of text; .ci/budgets.mjs bounds the sizes.
    chunkSizeWarningLimit: 6000,
    rolldownOptions: { checks },
  }
  const licenceLists = licences(isPortable ? [] : serviceWorkerPackages)
  return {
    base: './',
    define,
    assetsInclude: ['**/*.tar.zst'],
    plugins: [
      criuDecoders(),
      svelte(),
      licenceLists.page,
      ...(isPortable ? [portable({ define, build, plugins: [licenceLists.worker] })] : [guide(), site()]),
    ],
    worker: { format: 'es', plugins: () => [licenceLists.worker], rolldownOptions: { checks } },
    build,
    test: {
      projects: [
        {
          extends: true,
          test: { name: 'unit', include: ['test/{unit,golden,property}/**/*.test.ts'], testTimeout: 90_000 },
        },
        {
          extends: true,
          test: {
            name: 'component',
            include: ['test/component/**/*.test.ts'],
            testTimeout: 60_000,
            hookTimeout: 60_000,
            expect: { poll: { timeout: 10_000 } },
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
            expect: { poll: { timeout: 10_000 } },
            fileParallelism: false,
          },
        },
        {
          extends: true,
          test: {
            name: 'browsers',
            include: ['test/browsers/**/*.test.ts'],
            globalSetup: 'test/e2e/harness/global-setup.ts',
            testTimeout: 60_000,
            hookTimeout: 60_000,
            expect: { poll: { timeout: 10_000 } },
            // Node.js 20 has WebSocket behind this.
            execArgv: ['--experimental-websocket'],
          },
        },
      ],
    },
  }
})

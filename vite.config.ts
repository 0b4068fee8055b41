import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'
import { generate } from './proto/generate.mjs'

/** Keeps src/criu/generated in step with proto/ for the dev server, the build and the tests. */
function criuDecoders(): Plugin {
  return { name: 'criu-decoders', configResolved: generate }
}

export default defineConfig({
  base: './',
  plugins: [criuDecoders(), svelte()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  test: {
    include: ['test/{unit,golden,property}/**/*.test.ts'],
    testTimeout: 30_000,
  },
})

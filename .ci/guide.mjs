/** Vite plugin: docs/guide.md as a page of the site, guide.html, with its pictures beside it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { marked } from 'marked'
import { metaPolicy } from './headers.mjs'
import { root } from './steps.mjs'

const PICTURES = join(root, 'docs/guide')

/** The page around the text. @param {string} body */
const page = (body) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${metaPolicy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Guide – Cryoscope</title>
    <link rel="icon" href="./icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="./guide.css" />
  </head>
  <body>
    <main>
${body}    </main>
  </body>
</html>
`

/** @returns {import('vite').Plugin} */
export function guide() {
  return {
    name: 'guide',
    apply: 'build',
    generateBundle() {
      const text = readFileSync(join(root, 'docs/guide.md'), 'utf8')
      this.emitFile({ type: 'asset', fileName: 'guide.html', source: page(marked.parse(text, { async: false })) })
      for (const name of readdirSync(PICTURES))
        this.emitFile({ type: 'asset', fileName: `guide/${name}`, source: readFileSync(join(PICTURES, name)) })
    },
  }
}

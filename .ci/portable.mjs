/**
 * The portable file: page, styles, workers, icon and licences in one HTML file that opens by double-click. Vite plugins
 * for `vite build --mode portable`, which makes one chunk and one style sheet that are then put into the page.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { portablePolicy } from './headers.mjs'
import { root } from './steps.mjs'

const WORKER = '?worker&url'
const PREFIX = '\0worker-code:'

/**
 * `import code from './x.worker.ts?worker&url'` gives the worker's code as text; base/own-scripts.ts starts it.
 * @param {import('vite').UserConfig} shared what the build of a worker shares with that of the page
 * @returns {import('vite').Plugin}
 */
function workerCode(shared) {
  return {
    name: 'worker-code',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith(WORKER)) return undefined
      const found = await this.resolve(source.slice(0, -WORKER.length), importer)
      return found && PREFIX + found.id
    },
    async load(id) {
      if (!id.startsWith(PREFIX)) return undefined
      const result = await build({
        ...shared,
        configFile: false,
        logLevel: 'warn',
        mode: 'portable',
        plugins: [workerCode(shared), shared.plugins],
        build: {
          ...shared.build,
          write: false,
          rolldownOptions: {
            ...shared.build?.rolldownOptions,
            input: id.slice(PREFIX.length),
            output: { format: 'iife' },
          },
        },
      })
      const { output } = /** @type {import('vite').Rolldown.RolldownOutput} */ (result)
      const [chunk, ...others] = output
      if (others.length > 0) throw new Error(`${id} is more than one file`)
      return `export default ${JSON.stringify(chunk.code)}`
    },
  }
}

/**
 * Puts chunk and styles into the page and leaves nothing else.
 * @returns {import('vite').Plugin}
 */
function oneFile() {
  return {
    name: 'one-file',
    enforce: 'post',
    config: () => ({
      build: {
        cssCodeSplit: false,
        emptyOutDir: false,
        copyPublicDir: false,
        rolldownOptions: { output: { codeSplitting: false } },
      },
    }),
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const code = asScript(theOne(bundle, '.js'))
        const styles = asStyle(theOne(bundle, '.css'))
        const licences = theOne(bundle, 'licenses.txt').replaceAll('--', '- -')
        const icon = readFileSync(join(root, 'public/icon.svg')).toString('base64')
        const source = theOne(bundle, '.html')
          .replace(/<link rel="(?:manifest|apple-touch-icon|stylesheet)"[^>]*>\s*/g, '')
          .replace(/<script type="module"[^>]*><\/script>\s*/, '')
          .replace(/(<link rel="icon" href=")[^"]*/, `$1data:image/svg+xml;base64,${icon}`)
          .replace(/<meta charset="utf-8" \/>/, (charset) => charset + policy(code, styles))
          .replace('</head>', () => `<style>${styles}</style>\n<script type="module">${code}</script>\n</head>`)
          .replace('</html>', () => `</html>\n<!--\n${licences}-->`)
        for (const name of Object.keys(bundle)) Reflect.deleteProperty(bundle, name)
        this.emitFile({ type: 'asset', fileName: 'cryoscope.html', source })
      },
    },
  }
}

/** Text of the only file whose name ends so. @param {import('vite').Rolldown.OutputBundle} bundle @param {string} end */
function theOne(bundle, end) {
  const [found, ...more] = Object.values(bundle).filter(({ fileName }) => fileName.endsWith(end))
  if (!found || more.length > 0) throw new Error(`the portable build has ${found ? 'several files' : 'no file'} ${end}`)
  return found.type === 'chunk' ? found.code : Buffer.from(found.source).toString('utf8')
}

/** Code that an HTML parser takes as it stands: see "Restrictions for contents of script elements" in the HTML standard. @param {string} code */
function asScript(code) {
  const text = code
    .trim()
    .replaceAll('<!--', String.raw`\x3C!--`)
    .replace(/<(?=\/?script)/gi, String.raw`\x3C`)
  if (/[\r\0]/.test(text)) throw new Error('an HTML parser would change the code')
  return text
}

/** @param {string} styles */
function asStyle(styles) {
  if (/<\/style|[\r\0]/i.test(styles)) throw new Error('an HTML parser would change the styles')
  return styles.trim()
}

/** The policy, bound to this very code and these very styles. @param {string} code @param {string} styles */
function policy(code, styles) {
  const [script, style] = [code, styles].map((text) => createHash('sha256').update(text).digest('base64'))
  return `\n<meta http-equiv="Content-Security-Policy" content="${portablePolicy(`'sha256-${script}'`, `'sha256-${style}'`)}" />`
}

/**
 * Everything that makes the portable file, for the page's build.
 * @param {import('vite').UserConfig} shared
 * @returns {import('vite').PluginOption[]}
 */
export function portable(shared) {
  return [workerCode(shared), oneFile()]
}

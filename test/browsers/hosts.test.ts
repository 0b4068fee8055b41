/**
 * The ready configurations in docs/hosting/, in the servers that they are for: every header arrives, and the page works
 * with them. Servers that are not installed are left out, and it is said.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { headersFor } from '../../.ci/headers.mjs'
import { root } from '../../.ci/steps.mjs'
import { App } from '../e2e/harness/app.ts'
import { launch } from '../e2e/harness/browser.ts'
import { fixtureAs, KUBERNETES } from '../e2e/harness/fixtures.ts'
import { freePort } from './driver.ts'

/** A server with a configuration of docs/hosting/, brought to another folder and port. */
interface Host {
  readonly name: string
  readonly program: string
  /** Writes what it needs into `folder`, where the site is in `site/`; gives its arguments. */
  prepare(ready: (file: string) => string, folder: string, port: number): readonly string[]
}

const NGINX_TYPES = '/etc/nginx/mime.types'
const APACHE_MODULES = '/usr/lib/apache2/modules'
const APACHE_NEEDS = ['mpm_event', 'authz_core', 'headers', 'mime', 'dir']

const HOSTS: readonly Host[] = [
  {
    name: 'nginx',
    program: '/usr/sbin/nginx',
    prepare(ready, folder, port) {
      const own = ready('nginx.conf')
        .replace('/srv/cryoscope', join(folder, 'site'))
        .replace('listen 80', `listen 127.0.0.1:${port}`)
      const user = process.getuid?.() === 0 ? 'user root;' : ''
      const logs = `error_log ${folder}/error.log; pid ${folder}/pid;`
      writeFileSync(
        join(folder, 'nginx.conf'),
        `daemon off; ${user} ${logs} events {} http { access_log off; client_body_temp_path ${folder}/body;\n${own}}\n`,
      )
      copyFileSync(NGINX_TYPES, join(folder, 'mime.types'))
      return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
    },
  },
  {
    name: 'Apache',
    program: '/usr/sbin/apache2',
    prepare(ready, folder, port) {
      writeFileSync(join(folder, 'site/.htaccess'), ready('apache.htaccess'))
      const lines = [
        ...APACHE_NEEDS.map((name) => `LoadModule ${name}_module ${APACHE_MODULES}/mod_${name}.so`),
        `Listen 127.0.0.1:${port}\nServerName localhost\nPidFile ${folder}/pid\nErrorLog ${folder}/error.log`,
        `DefaultRuntimeDir ${folder}\nTypesConfig /etc/mime.types\nDirectoryIndex index.html`,
        ...(process.getuid?.() === 0 ? ['User www-data\nGroup www-data'] : []),
        `DocumentRoot ${folder}/site\n<Directory ${folder}/site>\nAllowOverride All\nRequire all granted\n</Directory>`,
      ]
      writeFileSync(join(folder, 'apache.conf'), `${lines.join('\n')}\n`)
      return ['-f', join(folder, 'apache.conf'), '-DFOREGROUND']
    },
  },
  {
    name: 'Caddy',
    program: '/usr/bin/caddy',
    prepare(ready, folder, port) {
      const own = ready('Caddyfile')
        .replace('/srv/cryoscope', join(folder, 'site'))
        .replace('cryoscope.example', `http://localhost:${port}`)
      writeFileSync(join(folder, 'Caddyfile'), `{\n  admin off\n}\n${own}`)
      return ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile']
    },
  },
]

async function answers(url: string, server: ChildProcess, patience = 10_000): Promise<void> {
  const end = Date.now() + patience
  for (;;) {
    const isUp = await fetch(url).then(
      (response) => response.ok,
      () => false,
    )
    if (isUp) return
    if (server.exitCode !== null || Date.now() > end) throw new Error(`the server does not answer at ${url}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Serves the built site with a ready configuration while `use` runs. */
async function hosted(host: Host, use: (url: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'host-'))
  cpSync(join(root, 'dist'), join(folder, 'site'), { recursive: true })
  // Servers that give up their rights must still be able to read it.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const ready = (file: string): string => readFileSync(join(root, 'docs/hosting', file), 'utf8')
  const arguments_ = host.prepare(ready, folder, port)
  const server = spawn(host.program, arguments_, { stdio: 'ignore', env: { ...process.env, HOME: folder } })
  const ended = once(server, 'exit')
  try {
    await answers(`http://localhost:${port}/`, server)
    await use(`http://localhost:${port}/`)
  } finally {
    server.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

const [asset = ''] = readdirSync(join(root, 'dist/assets')).filter((name) => name.endsWith('.css'))
const PATHS = ['/', '/index.html', '/sw.js', '/cryoscope.html', '/manifest.webmanifest', `/assets/${asset}`]

for (const host of HOSTS) {
  const isThere = existsSync(host.program)
  if (!isThere) console.warn(`${host.name}: left out, since there is no ${host.program}`)
  describe.skipIf(!isThere)(host.name, () => {
    test(`${host.name}: every header arrives, once, and the page works`, async () => {
      await hosted(host, async (url) => {
        for (const path of PATHS) {
          const { headers } = await fetch(new URL(path, url))
          for (const [name, value] of Object.entries(headersFor(path)))
            expect(headers.get(name), `${path} ${name}`).toBe(value)
          if (path !== '/cryoscope.html') expect(headers.get('Content-Disposition'), path).toBeNull()
        }
        const manifest = await fetch(new URL('manifest.webmanifest', url))
        expect(manifest.headers.get('Content-Type')).toBe('application/manifest+json')
        const browser = await launch()
        try {
          const app = await App.start(await browser.newContext(), url)
          await app.open([fixtureAs(KUBERNETES)])
          await app.waitReady()
          const { total } = await app.page.evaluate(() => window.cryoscope.search({ id: 'c1', text: 'PATH=' }))
          expect(total).toBeGreaterThan(0)
          await app.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
          expect(app.problems).toEqual([])
        } finally {
          await browser.close()
        }
      })
    })
  })
}

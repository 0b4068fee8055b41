/**
 * The core set in browsers that playwright-core cannot drive: the site and the portable file open every kind of
 * archive, decode, search, and stay within their policy. What is not installed is left out and said.
 */
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { root } from '../../.ci/steps.mjs'
import { fixtureAs, KUBERNETES } from '../e2e/harness/fixtures.ts'
import type { Driver } from './driver.ts'
import { FIREFOX, startFirefox } from './firefox.ts'
import { startWebKit } from './webkit.ts'

const WEBKIT = '/usr/bin/WebKitWebDriver'
const SCREEN = '/usr/bin/Xvfb'

const BROWSERS: readonly (readonly [string, readonly string[], () => Promise<Driver>])[] = [
  ['Firefox', [FIREFOX], () => startFirefox(FIREFOX)],
  ['WebKit', [WEBKIT, SCREEN], () => startWebKit(WEBKIT, SCREEN)],
]

const ARCHIVES = [KUBERNETES, 'podman/5.4.2/counters.tar.gz', 'podman/5.4.2/counters.tar.zst']

/** Opens the archives through the page's own console, looks at a screen, searches; counts violations on the way. */
const USE = `
  const violations = []
  document.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective))
  const files = argument.map(({ name, base64 }) =>
    new File([Uint8Array.from(atob(base64), (symbol) => symbol.charCodeAt(0))], name))
  const { checkpoints, failures } = await cryoscope.open(files)
  if (checkpoints.length === 0) return { failures, crash: document.body.innerText }
  const found = []
  for (const { id } of checkpoints) found.push((await cryoscope.memparse(id)).map(({ name }) => name))
  const { total, complete } = await cryoscope.search({ id: checkpoints[0].id, text: 'PATH=' })
  const core = await cryoscope.coreDump(checkpoints[0].id, 10)
  location.hash = '#/v1/' + checkpoints[0].id + '/processes'
  for (let wait = 0; wait < 200 && !document.querySelector('[role=treegrid] [role=row]:nth-child(2)'); wait++)
    await new Promise((resolve) => setTimeout(resolve, 50))
  const text = document.querySelector('main').innerText
  const own = violations.length
  const fetched = await fetch('http://127.0.0.1:9/').then(() => 'open', () => 'refused')
  for (let wait = 0; wait < 100 && violations.length === own; wait++)
    await new Promise((resolve) => setTimeout(resolve, 20))
  return { states: checkpoints.map(({ state }) => state), failures, found, total, complete, core: core.size, text, own,
    fetched, refusals: violations.length - own, crash: document.body.innerText.includes('itself failed') }`

interface Used {
  readonly states: readonly string[]
  readonly failures: readonly unknown[]
  readonly found: readonly (readonly string[])[]
  readonly total: number
  readonly complete: boolean
  readonly core: number
  readonly text: string
  readonly own: number
  readonly fetched: string
  readonly refusals: number
  readonly crash: boolean
}

/** A page without headers whose blob: worker tries to fetch: the ground that base/own-scripts.ts stands on. */
const PROBE = `<!doctype html><meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src 'unsafe-inline'; worker-src blob:; connect-src 'none'"><script>
  const code = "fetch('" + location.origin + "/caught').then(() => postMessage('open'), () => postMessage('refused'))"
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })))
  window.outcome = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data) })
</script>`

for (const [name, programs, start] of BROWSERS) {
  const missing = programs.filter((program) => !existsSync(program))
  if (missing.length > 0) console.warn(`${name}: left out, since there is no ${missing.join(' and no ')}`)
  describe.skipIf(missing.length > 0)(name, () => {
    let driver: Driver
    beforeAll(async () => {
      driver = await start()
    })
    afterAll(() => driver.close())

    const files = ARCHIVES.map((path) => fixtureAs(path)).map(({ name: label, bytes }) => ({
      name: label,
      base64: Buffer.from(bytes).toString('base64'),
    }))
    const places = [
      ['the site', () => inject('site')],
      ['the portable file, from disk', () => pathToFileURL(join(root, 'dist/cryoscope.html')).href],
    ] as const
    // WebKitGTK lets no worker read a Blob of a page from disk (an opaque origin): the page starts, and says so.
    const isRefused = (place: string): boolean => name === 'WebKit' && place.includes('disk')
    for (const [place, address] of places.filter(([one]) => !isRefused(one)))
      test(`${name}: ${place} opens, decodes, searches, and can connect to nowhere`, async () => {
        await driver.goto(address())
        const used = (await driver.run(USE, files)) as Used
        expect(used).toMatchObject({
          states: ['ready', 'ready', 'ready'],
          failures: [],
          found: [
            ['sh', 'sleep'],
            ['sh', 'sleep'],
            ['sh', 'sleep'],
          ],
          complete: true,
          own: 0,
          fetched: 'refused',
          crash: false,
        })
        expect(used.refusals).toBeGreaterThan(0)
        expect(used.total).toBeGreaterThan(0)
        expect(used.core).toBeGreaterThan(4096)
        expect(used.text).toContain('sleep')
      })

    test.runIf(places.some(([place]) => isRefused(place)))(
      `${name}: the portable file, from disk, starts and says that files cannot be read`,
      async () => {
        await driver.goto(pathToFileURL(join(root, 'dist/cryoscope.html')).href)
        const { failures } = (await driver.run(USE, files)) as Used
        expect(failures).toMatchObject(ARCHIVES.map(() => ({ code: 'unreadable' })))
      },
    )

    test(`${name}: a worker from a blob: address is bound by the policy in the page`, async () => {
      const asked: string[] = []
      const server = createServer((request, response) => {
        asked.push(request.url ?? '')
        response.setHeader('Content-Type', 'text/html').end(PROBE)
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const at = server.address()
      await driver.goto(`http://127.0.0.1:${typeof at === 'object' ? at?.port : ''}/`)
      expect(await driver.run('return window.outcome', [])).toBe('refused')
      server.closeAllConnections()
      server.close()
      expect(asked).not.toContain('/caught')
    })
  })
}

/** As an installed application, in a profile that is as new as on a fresh machine: installable, offline, opened with files. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { App } from './harness/app.ts'
import { launchProfile } from './harness/browser.ts'
import { fixtureAs, KUBERNETES, readFixture } from './harness/fixtures.ts'
import { expect, test as base } from './harness/test.ts'

/** Milliseconds until the page can be used, on a machine that is busy with other tests. */
const INTERACTIVE = 4000

const test = base.extend('context', async ({}, { onCleanup }) => {
  const profile = mkdtempSync(join(tmpdir(), 'profile-'))
  const context = await launchProfile(profile)
  onCleanup(async () => {
    await context.close()
    rmSync(profile, { recursive: true, force: true })
  })
  return context
})

test('a fresh profile: installable, then without a network: reload, open a checkpoint, open the sample', async ({
  app,
  context,
}) => {
  const cdp = await context.newCDPSession(app.page)
  await app.page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  const { errors, data } = await cdp.send('Page.getAppManifest')
  expect(errors).toEqual([])
  expect(await cdp.send('Page.getInstallabilityErrors')).toEqual({ installabilityErrors: [] })
  const manifest = JSON.parse(data ?? '') as { file_handlers: { accept: Record<string, string[]> }[] }
  const endings = manifest.file_handlers.flatMap(({ accept }) => Object.values(accept).flat())
  for (const ending of ['.tar', '.tar.gz', '.tgz', '.tar.zst']) expect(endings).toContain(ending)
  await context.setOffline(true)
  await app.reload()
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  expect(await app.text()).toContain('sleep')
  await app.page.getByRole('link', { name: 'Cryoscope', exact: true }).click()
  await app.reload()
  await app.page.getByRole('button', { name: 'Open the sample' }).click()
  await app.waitReady()
})

test('files that the system opens it with are opened', async ({ context }) => {
  await context.addInitScript(() => {
    Object.defineProperty(window, 'launchQueue', {
      value: {
        setConsumer: (consumer: unknown) => {
          Object.defineProperty(window, 'launch', { value: consumer })
        },
      },
    })
  })
  const app = await App.start(context, inject('site'))
  const launch = (files: readonly [string, string][]) =>
    app.page.evaluate((list) => {
      const { launch: consumer } = window as unknown as { launch: (launch: object) => void }
      const handles = list.map(([name, base64]) => ({
        getFile: () =>
          Promise.resolve(new File([Uint8Array.from(atob(base64), (symbol) => symbol.charCodeAt(0))], name)),
      }))
      consumer({ files: handles })
    }, files)
  const base64 = (path: string) => Buffer.from(readFixture(path)).toString('base64')
  // The application's own icon starts it without files.
  await launch([])
  await launch([
    ['first.tar', base64(KUBERNETES)],
    ['second.tar.zst', base64('podman/5.4.2/counters.tar.zst')],
  ])
  await app.waitReady(2)
  await launch([['third.tgz', base64('podman/5.4.2/counters.tar.gz')]])
  await app.waitReady(3)
  const labels = await app.page.evaluate(async () => (await window.cryoscope.checkpoints()).map(({ label }) => label))
  expect(labels).toEqual(['first.tar', 'second.tar.zst', 'third.tgz'])
  expect(app.problems).toEqual([])
})

test('the empty page can be used soon after it was asked for', async ({ context }) => {
  const page = await context.newPage()
  await page.goto(inject('site'))
  // The end of the last long task before half a second of rest, once the analysis worker has answered.
  const interactive = await page.evaluate(async () => {
    await new Promise<void>((resolve) => {
      const look = (): unknown => ('cryoscope' in window ? resolve() : setTimeout(look, 5))
      look()
    })
    await window.cryoscope.checkpoints()
    let last = performance.now()
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries()) last = Math.max(last, startTime + duration)
    })
    observer.observe({ type: 'longtask', buffered: true })
    do await new Promise((resolve) => setTimeout(resolve, 100))
    while (performance.now() - last < 500)
    return last
  })
  console.log(`the empty page can be used after ${Math.round(interactive)} ms`)
  expect(interactive).toBeLessThan(INTERACTIVE)
})

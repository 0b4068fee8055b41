/** Nothing leaves the page, nothing of the evidence runs. That no test makes a request elsewhere is held by the harness. */
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

/** An address that would be noticed: the port of nothing on this machine. */
const ELSEWHERE = 'http://127.0.0.1:9/'

test('the page can connect to nowhere, not even to its own site', async ({ app }) => {
  const tries = await app.page.evaluate(async (elsewhere) => {
    const attempt = (action: () => Promise<unknown>) =>
      action().then(
        () => 'connected',
        () => 'refused',
      )
    return Promise.all([
      attempt(() => fetch(elsewhere)),
      attempt(() => fetch('./index.html')),
      attempt(
        () =>
          new Promise((resolve, reject) => {
            const image = new Image()
            image.onload = resolve
            image.onerror = reject
            image.src = `${elsewhere}pixel.png`
          }),
      ),
    ])
  }, ELSEWHERE)
  expect(tries).toEqual(['refused', 'refused', 'refused'])
  expect(app.takeProblems().join('\n')).toMatch(/Content Security Policy/)
})

test('neither can the workers', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const workers = app.page.workers()
  expect(workers.length).toBeGreaterThan(0)
  for (const worker of workers) {
    const outcome = await worker.evaluate(
      (elsewhere) =>
        fetch(elsewhere).then(
          () => 'connected',
          () => 'refused',
        ),
      ELSEWHERE,
    )
    expect(outcome).toBe('refused')
  }
  app.takeProblems()
})

test('hostile names are shown as text and neither run nor become elements', async ({ app }) => {
  await app.open([fixtureAs('podman/5.4.2/oddnames.tar.gz')])
  await app.waitReady()
  const views = await app.views()
  expect(views.length).toBeGreaterThan(5)
  for (const view of views) {
    await app.goto(view)
    expect(await app.page.locator('main img, main script, main iframe').count(), view).toBe(0)
  }
  await app.goto('processes')
  const text = await app.text()
  // A process name holds 15 bytes.
  expect(text).toContain('<script>alert(1')
  expect(text).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/)
})

test('every file of the site comes with the policy', async ({ app }) => {
  const seen: [string, string | undefined][] = []
  app.page.on('response', (response) => {
    seen.push([response.url(), response.headers()['content-security-policy']])
  })
  await app.reload()
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  expect(seen.length).toBeGreaterThan(2)
  for (const [url, policy] of seen) {
    expect(policy, url).toContain("default-src 'none'")
    expect(policy, url).toContain("require-trusted-types-for 'script'")
    expect(policy, url).not.toContain('unsafe')
  }
})

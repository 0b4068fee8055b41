/** The Commands screen in the built page: without a checkpoint and with one, refusals, links, scripts, and the console. */
import { readFileSync } from 'node:fs'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { App } from './harness/app.ts'
import { violations } from './harness/axe.ts'
import { expect, test } from './harness/test.ts'

const NONE = '#/v1/-/commands'

async function go(app: App, hash: string): Promise<void> {
  await app.page.evaluate((to) => {
    location.hash = to
  }, hash)
  await app.page.getByRole('tab', { name: 'Create' }).waitFor()
}

test('commands: the empty page leads there, and the example can be tried without typing', async ({ app }) => {
  await app.page.getByRole('link', { name: 'Make a checkpoint' }).click()
  await app.page.getByRole('heading', { name: 'Make a checkpoint' }).waitFor()
  const text = await app.text()
  expect(text).toContain('https://localhost:10250/checkpoint/default/counters/counter')
  expect(text).not.toMatch(/\\ /)
})

test('commands: what is typed goes into the lines and the address, and is there again after a reload', async ({
  app,
}) => {
  await go(app, NONE)
  await app.page.getByLabel('How', { exact: true }).selectOption('token')
  await app.page.getByLabel('Pod', { exact: true }).fill('web-0')
  expect(await app.text()).toContain('/checkpoint/default/web-0/counter')
  expect(app.page.url()).toContain('pod=web-0')
  await app.reload()
  await app.page.getByLabel('Pod', { exact: true }).waitFor()
  expect(await app.page.getByLabel('Pod', { exact: true }).inputValue()).toBe('web-0')
  await app.page.getByRole('button', { name: 'Clear' }).click()
  expect(app.page.url()).not.toContain('web-0')
})

test('commands: what cannot be a name is refused where it stands, and nothing can be copied', async ({ app }) => {
  await go(app, NONE)
  await app.page.getByLabel('Pod', { exact: true }).fill('x$(reboot)')
  await app.page
    .getByText(/Character 2 is “\$”/)
    .first()
    .waitFor()
  expect(await app.page.getByLabel('Pod', { exact: true }).getAttribute('aria-invalid')).toBe('true')
  expect(await app.page.getByRole('button', { name: 'Copy the line' }).count()).toBe(0)
  expect(await app.page.getByRole('button', { name: 'Script' }).isDisabled()).toBe(true)
})

test('commands: an open checkpoint fills the form, says from where, and is neither kept nor in the address', async ({
  app,
}) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('commands')
  await app.page.getByRole('tab', { name: 'Restore' }).click()
  await app.page.getByText('sandbox-namespace').waitFor()
  await app.page.getByLabel('Engine version').fill('2.2.7')
  const text = await app.text()
  expect(text).toContain('name: counters-restored')
  expect(text).toContain('enable_experimental_restore_via_create = true')
  await app.page.getByText(/to compare on the other host/).click()
  const flight = app.page.getByRole('region', { name: 'Pre-flight' })
  expect(await flight.innerText()).toContain('register sets in the dump: x87, SSE')
  expect(await flight.innerText()).toContain('criu --version')
  expect(app.page.url()).not.toContain('counters')
  const kept = await app.page.evaluate(() => JSON.stringify(Object.entries(localStorage)))
  expect(kept).toContain('2.2.7')
  expect(kept).not.toContain('counter')
  await app.page.getByLabel('Engine version').fill('2.4.0')
  await app.page.getByText('Does not work.').waitFor()
  expect(await app.text()).toContain('No commands: they would fail, for the reason above.')
  expect(await app.text()).not.toContain('kubectl apply')
})

test('commands: one block and a script', async ({ app }) => {
  await go(app, `${NONE}?task=create&way=proxy&node=node-1&address=192.0.2.7`)
  await app.page.getByText('Filled in by the link').waitFor()
  await app.page.getByRole('button', { name: 'One block' }).click()
  expect(await app.page.getByLabel('All commands').innerText()).toContain(
    'kubectl create --raw /api/v1/nodes/node-1/proxy/checkpoint/default/counters/counter ',
  )
  const waiting = app.page.waitForEvent('download')
  await app.page.getByRole('button', { name: 'Script' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('create-checkpoint.sh')
  expect(readFileSync(await download.path(), 'utf8')).toMatch(/^#!\/bin\/sh\n/)
})

test('commands: the console gives steps, and says what is wrong', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const found = await app.page.evaluate(async () => {
    const { cryoscope } = window
    const id = (await cryoscope.checkpoints())[0]?.id ?? ''
    return {
      build: await cryoscope.commands('build', { id, image: 'registry.example/x:1' }),
      refused: await cryoscope.commands('create', { pod: 'A' }),
      wrong: await cryoscope.commands('create', { pods: 'a' } as object).catch((error: unknown) => String(error)),
    }
  })
  expect(found.build.values).toMatchObject({ container: 'counter', engine: 'containerd' })
  expect(found.build.steps[0]?.lines.at(-2)).toContain('buildah commit --format=oci ')
  expect(found.build.script).toContain('set -eu')
  expect(found.refused).toMatchObject({ steps: [], refusals: [{ field: 'pod' }], script: '' })
  expect(found.wrong).toContain('pods')
})

test('commands: no accessibility violations in any task', async ({ app }) => {
  await go(app, `${NONE}?task=create&pod=Wrong`)
  expect(await violations(app)).toEqual([])
  await app.page.getByRole('button', { name: 'Clear' }).click()
  await app.page.getByRole('tab', { name: 'Errors' }).click()
  expect(await violations(app), 'Errors').toEqual([])
  for (const task of ['Create', 'Build', 'Restore']) {
    await app.page.getByRole('tab', { name: task }).click()
    for (const shape of ['Step by step', 'One block']) {
      await app.page.getByRole('button', { name: shape }).click()
      expect(await violations(app), `${task}, ${shape}`).toEqual([])
    }
  }
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('commands')
  for (const task of ['Build', 'Restore']) {
    await app.page.getByRole('tab', { name: task }).click()
    await app.page.getByRole('button', { name: 'Step by step' }).click()
    await app.page.evaluate(() => {
      for (const part of document.querySelectorAll('details')) part.open = true
    })
    expect(await violations(app), `${task} of a checkpoint`).toEqual([])
  }
})

/** Tars inside the archive, listed by our index and cross-checked by js-untar in a worker of its own. */
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

test('nested tars: tmpfs content is listed, and the second reader agrees', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const index = await app.page.evaluate(async () => {
    const members = await window.cryoscope.members('c1')
    return members.find(({ image }) => image === 'TMPFS_DEV')?.index ?? -1
  })
  await app.page.evaluate((at) => {
    location.hash = `#/v1/c1/contents/member/${at}`
  }, index)
  await expect.poll(() => app.text()).toContain('a second tar reader agrees')
  expect(await app.text()).toContain('gzip inside the archive')
})

test('export: the whole checkpoint as checkpointctl writes it', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('overview')
  const saving = app.page.waitForEvent('download')
  await app.page.getByRole('button', { name: 'Export JSON' }).click()
  const stream = await (await saving).createReadStream()
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  const saved = JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  expect(saved).toEqual(await app.page.evaluate(() => window.cryoscope.inspect('c1')))
  expect(saved).toMatchObject([{ container_name: 'counter', process_tree: { pid: 1 } }])
})

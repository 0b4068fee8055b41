/** Saving a process as an ELF core file: through the picker where the browser has one, as a download, from a script. */
import { readFileSync } from 'node:fs'
import type { App } from './harness/app.ts'
import { parseCore } from '../builders/elf-core.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

async function openProcess(app: App): Promise<void> {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  await app.goto('processes')
  await app.page.getByRole('row', { name: /alive sleep/ }).click()
}

/** Size and first bytes of the file that a script gets. */
function scripted(app: App): Promise<{ size: number; bytes: number[] }> {
  return app.page.evaluate(async () => {
    const [checkpoint] = await window.cryoscope.checkpoints()
    const blob = await window.cryoscope.coreDump(checkpoint?.id ?? '', 10)
    return { size: blob.size, bytes: [...new Uint8Array(await blob.arrayBuffer())] }
  })
}

test('the file is streamed to the place that the person picked', async ({ app }) => {
  await app.page.evaluate(() => {
    const pick = async ({ suggestedName }: { suggestedName: string }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true })
    Object.defineProperty(window, 'showSaveFilePicker', { value: pick })
  })
  await openProcess(app)
  await app.page.getByRole('button', { name: 'Save ELF core' }).click()
  await app.page.getByText(/Saved core\.10: .* x86-64, 1 thread\./).waitFor()
  const written = await app.page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory()
    const file = await (await folder.getFileHandle('core.10')).getFile()
    const bytes = [...new Uint8Array(await file.arrayBuffer())]
    await folder.removeEntry('core.10')
    return bytes
  })
  const { bytes } = await scripted(app)
  expect(written).toEqual(bytes)
  expect(parseCore(Uint8Array.from(bytes))).toMatchObject({ type: 4, machine: 62 })
})

test('without a picker it is downloaded', async ({ app }) => {
  await app.page.evaluate(() => {
    Object.defineProperty(window, 'showSaveFilePicker', { value: undefined })
  })
  await openProcess(app)
  const [download] = await Promise.all([
    app.page.waitForEvent('download'),
    app.page.getByRole('button', { name: 'Save ELF core' }).click(),
  ])
  expect(download.suggestedFilename()).toBe('core.10')
  const core = parseCore(readFileSync(await download.path()))
  expect(core.notes.filter(({ type }) => type === 1)).toHaveLength(1)
  await app.page.getByText(/Not in it: .* of unchanged file content/).waitFor()
})

test('a change of mind says nothing, a process that is not there says why', async ({ app }) => {
  await app.page.evaluate(() => {
    const pick = () => Promise.reject(new DOMException('The user aborted a request.', 'AbortError'))
    Object.defineProperty(window, 'showSaveFilePicker', { value: pick })
  })
  await openProcess(app)
  const button = app.page.getByRole('button', { name: 'Save ELF core' })
  await button.click()
  await expect.poll(() => button.isEnabled()).toBe(true)
  expect(await app.page.getByText('Saved core').count()).toBe(0)
  expect(await app.page.getByText('Not saved').count()).toBe(0)
  const why = await app.page.evaluate(async () => {
    const [checkpoint] = await window.cryoscope.checkpoints()
    return window.cryoscope.coreDump(checkpoint?.id ?? '', 999).then(String, String)
  })
  expect(why).toContain('The checkpoint has no process 999.')
})

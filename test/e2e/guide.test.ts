/** The guide: a page of the site, reached from the list of keys; and what it says of the sample is so. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../.ci/steps.mjs'
import { expect, test } from './harness/test.ts'

const text = readFileSync(join(root, 'docs/guide.md'), 'utf8')

test('the guide opens from the list of keys, with its pictures', async ({ app, context }) => {
  await app.page.keyboard.press('?')
  const [guide] = await Promise.all([
    context.waitForEvent('page'),
    app.page.getByRole('link', { name: 'The guide' }).click(),
  ])
  await guide.getByRole('heading', { name: 'What can be stated?' }).waitFor()
  const pictures = await guide.locator('img').evaluateAll(async (list) => {
    await Promise.all(list.map((image) => (image as HTMLImageElement).decode()))
    return list.map((image) => (image as HTMLImageElement).naturalWidth)
  })
  expect(pictures.length).toBeGreaterThan(5)
  for (const width of pictures) expect(width).toBe(1180)
  expect(await guide.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

test('what the guide says of the sample is so', async ({ app }) => {
  await app.page.getByRole('button', { name: 'Open the sample' }).click()
  await app.waitReady()
  const found = await app.page.evaluate(async () => {
    const { cryoscope } = window
    const list = '203.0.113.66\nattacker@evil.example\nMOCK-SHELLCODE-MARK'
    const { hits, complete } = await cryoscope.search({ id: 'c1', list })
    const mark = hits.filter(({ pattern }) => pattern === 'MOCK-SHELLCODE-MARK')
    const code = await Promise.all(
      mark.map(async ({ pid, vma }) => {
        const { segments } = await cryoscope.readMemory('c1', pid ?? 0, vma?.start ?? '', 88)
        const [first] = segments
        return { pid, protection: vma?.protection, hex: first && 'hex' in first ? first.hex : '' }
      }),
    )
    return {
      complete,
      owners: Object.fromEntries(
        list
          .split('\n')
          .map((one) => [one, [...new Set(hits.filter((hit) => hit.pattern === one).map((hit) => hit.pid))]]),
      ),
      code,
      members: (await cryoscope.members('c1')).map(({ path }) => path),
      diagnostics: (await cryoscope.diagnostics('c1')).length,
      inspected: JSON.stringify(await cryoscope.inspect('c1')),
    }
  })
  expect(found.complete).toBe(true)
  expect(found.owners).toEqual({
    '203.0.113.66': [8, 16, 19],
    'attacker@evil.example': [8],
    'MOCK-SHELLCODE-MARK': [16, 19],
  })
  for (const { protection, hex } of found.code) {
    expect(protection).toBe('rwxp')
    expect(hex.startsWith('90'.repeat(64))).toBe(true)
    expect(hex).toContain(Buffer.from('/bin//sh').toString('hex'))
  }
  expect(found.diagnostics).toBe(0)
  for (const name of ['README.txt', 'rootfs-diff.tar', 'checkpoint/ghost-file-1.img']) {
    expect(found.members).toContain(name)
    expect(text).toContain(`\`${name}\``)
  }
  for (const value of ['http://203.0.113.66:8443/beacon', '[kworker/u4:2]', 'python3 -u /gt/vuln.py', 'sh -i']) {
    expect(found.inspected).toContain(value)
    expect(text).toContain(`\`${value}\``)
  }
  await app.goto('files')
  for (const value of ['TCP ESTABLISHED 127.0.0.1:47166 → 127.0.0.1:4444', '/memfd:kdevtmpfs'])
    expect(await app.text()).toContain(value)
  await app.goto('overview')
  for (const value of ['localhost/python:latest', '2026-11-22 16:07:10 UTC', 'The size of all 5 pages images'])
    expect(await app.text()).toContain(value)
})

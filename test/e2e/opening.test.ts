/** Opening: every kind of archive, under any name, one or several, whole or damaged. */
import { describe } from 'vitest'
import { checkpointFixtures, fixtureAs, KUBERNETES, readFixture } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

/** What each fixture is and which processes are in it: [path, engine, container, pids and names]. */
const TRUTH: readonly (readonly [string, string, string, readonly (readonly [number, string])[]])[] = [
  [
    'containerd/2.2.1/counters.tar',
    'containerd',
    'counter',
    [
      [1, 'sh'],
      [10, 'sleep'],
    ],
  ],
  [
    'cri-o/1.34.0/counters.tar',
    'CRI-O',
    'counter',
    [
      [1, 'sh'],
      [9, 'sleep'],
    ],
  ],
  [
    'podman/5.4.2/counters.tar',
    'Podman',
    'counter',
    [
      [1, 'sh'],
      [7, 'sleep'],
    ],
  ],
]

describe('opening', () => {
  for (const path of checkpointFixtures())
    test(`opens ${path} under a false name`, async ({ app }) => {
      await app.open([fixtureAs(path, 'holiday.jpg')])
      await app.waitReady()
      const checkpoints = await app.page.evaluate(() => window.cryoscope.checkpoints())
      expect(checkpoints).toHaveLength(1)
      expect(checkpoints[0]).toMatchObject({ state: 'ready', label: 'holiday.jpg', size: readFixture(path).length })
      const rows = await app.page.evaluate((id) => window.cryoscope.memparse(id), checkpoints[0]?.id ?? '')
      expect(rows.length).toBeGreaterThan(1)
    })

  for (const [path, engine, container, processes] of TRUTH)
    test(`${path}: shows identity and processes`, async ({ app }) => {
      await app.open([fixtureAs(path, 'archive')])
      await app.waitReady()
      await app.goto('overview')
      const overview = await app.text()
      expect(overview).toContain(engine)
      expect(overview).toContain(container)
      await app.goto('processes')
      const text = await app.text()
      for (const [pid, name] of processes)
        expect(text).toMatch(new RegExp(`\\b${pid}\\b[^]*\\b${name}\\b|\\b${name}\\b[^]*\\b${pid}\\b`))
    })

  test('opens several files at once, each as its own checkpoint', async ({ app }) => {
    const paths = checkpointFixtures().slice(0, 3)
    await app.open(paths.map((path, index) => fixtureAs(path, `file-${index}`)))
    await app.waitReady(paths.length)
    const checkpoints = await app.page.evaluate(() => window.cryoscope.checkpoints())
    expect(checkpoints.map(({ label }) => label).sort()).toEqual(paths.map((_path, index) => `file-${index}`))
    expect(new Set(checkpoints.map(({ id }) => id)).size).toBe(paths.length)
  })

  test('takes a drop anywhere on the page, and another one later', async ({ app }) => {
    await app.drop([fixtureAs(KUBERNETES)])
    await app.waitReady(1)
    await app.drop([fixtureAs('podman/5.4.2/counters.tar.zst')])
    await app.waitReady(2)
  })

  test('a cut archive opens as far as it goes and says where it breaks', async ({ app }) => {
    const whole = readFixture(KUBERNETES)
    await app.open([{ name: 'cut.tar', bytes: whole.subarray(0, Math.floor(whole.length * 0.6)) }])
    await app.waitReady()
    const found = await app.page.evaluate(async () => {
      const [checkpoint] = await window.cryoscope.checkpoints()
      const id = checkpoint?.id ?? ''
      return {
        members: await window.cryoscope.members(id),
        diagnostics: await window.cryoscope.diagnostics(id),
      }
    })
    expect(found.members.length).toBeGreaterThan(5)
    expect(found.diagnostics.filter(({ severity }) => severity === 'error').length).toBeGreaterThan(0)
    expect(JSON.stringify(found.diagnostics)).toMatch(/truncated|cut|breaks off|ends/i)
  })

  test('a damaged image is diagnosed and the rest still opens', async ({ app }) => {
    const bytes = readFixture(KUBERNETES).slice()
    // The first record of pstree.img: its length field claims four gigabytes.
    const header = Buffer.from(bytes.buffer).indexOf('pstree.img')
    bytes.set([0xff, 0xff, 0xff, 0xff], (Math.floor(header / 512) + 1) * 512 + 8)
    await app.open([{ name: 'damaged.tar', bytes }])
    await app.waitReady()
    const diagnostics = await app.page.evaluate(async () => {
      const [checkpoint] = await window.cryoscope.checkpoints()
      return window.cryoscope.diagnostics(checkpoint?.id ?? '')
    })
    expect(diagnostics.some(({ member }) => member?.endsWith('pstree.img'))).toBe(true)
    await app.goto('overview')
    expect(await app.text()).toContain('counter')
  })

  const REFUSED: readonly (readonly [string, Uint8Array])[] = [
    ['a text file', new TextEncoder().encode('These are not the bytes of a checkpoint.\n'.repeat(200))],
    ['an empty file', new Uint8Array()],
    ['random bytes', Uint8Array.from({ length: 5000 }, (_value, index) => (index * 7919) % 251)],
    ['a gzip stream of nothing', Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0])],
  ]
  for (const [what, bytes] of REFUSED)
    test(`${what} is refused, with what was found and what to do`, async ({ app }) => {
      const result = await app.page.evaluate(
        (list) => window.cryoscope.open(new File([Uint8Array.from(list)], 'checkpoint.tar')),
        [...bytes],
      )
      expect(result.checkpoints).toEqual([])
      expect(result.failures).toHaveLength(1)
      expect(result.failures[0]?.label).toBe('checkpoint.tar')
      expect(result.failures[0]?.message).not.toBe('')
      const shown = await app.page.locator('body').innerText()
      expect(shown).toContain(result.failures[0]?.message)
      expect(shown).toContain(result.failures[0]?.advice)
    })
})

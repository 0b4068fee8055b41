/** `window.cryoscope` as docs/console.md describes it. */
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

test('console: every function gives what is documented', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const found = await app.page.evaluate(async () => {
    const { cryoscope } = window
    const [checkpoint] = await cryoscope.checkpoints()
    const id = checkpoint?.id ?? ''
    return {
      checkpoint,
      list: await cryoscope.list(),
      inspect: await cryoscope.inspect(id),
      members: await cryoscope.members(id),
      decoded: await cryoscope.decode(id, 'checkpoint/pstree.img'),
      pretty: await cryoscope.decode(id, 'checkpoint/pstree.img', { pretty: true }),
      memparse: await cryoscope.memparse(id),
      diagnostics: await cryoscope.diagnostics(id),
    }
  })
  expect(found.checkpoint).toMatchObject({ state: 'ready', label: 'counters.tar' })
  expect(found.list).toHaveLength(1)
  expect(JSON.stringify(found.list)).toContain('containerd')
  expect(JSON.stringify(found.inspect)).toContain('localhost/busybox:latest')
  for (const member of found.members) {
    expect(typeof member.path).toBe('string')
    expect(member.size).toBeGreaterThanOrEqual(0)
    expect(typeof member.kind).toBe('string')
  }
  expect(found.members.find(({ path }) => path.endsWith('pstree.img'))).toMatchObject({
    kind: 'criu-image',
    image: 'PSTREE',
  })
  const pstree = JSON.parse(found.decoded) as { magic: string; entries: { pid: number }[] }
  expect(pstree.magic).toBe('PSTREE')
  expect(pstree.entries.map(({ pid }) => pid)).toEqual([1, 10])
  expect(JSON.parse(found.pretty)).toMatchObject({ magic: 'PSTREE' })
  expect(found.memparse).toMatchObject([
    { pid: 1, name: 'sh', memorySize: 76 * 1024, sharedMemorySize: 0 },
    { pid: 10, name: 'sleep', memorySize: 60 * 1024, sharedMemorySize: 0 },
  ])
  expect(found.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
})

test('console: close takes the checkpoint off the list, and asking for it again fails', async ({ app }) => {
  await app.open([fixtureAs(KUBERNETES)])
  await app.waitReady()
  const result = await app.page.evaluate(async () => {
    const [checkpoint] = await window.cryoscope.checkpoints()
    const id = checkpoint?.id ?? ''
    await window.cryoscope.close(id)
    const again = await window.cryoscope.members(id).then(
      () => 'found',
      (error: unknown) => String(error),
    )
    return { again, left: await window.cryoscope.checkpoints() }
  })
  expect(result.left).toEqual([])
  expect(result.again).toMatch(/no checkpoint "c\d+" is open/)
})

test('console: opening gives ids and leaves the four marks in order', async ({ app }) => {
  const { name, bytes } = fixtureAs(KUBERNETES)
  const result = await app.page.evaluate(
    async (file) => {
      const opened = await window.cryoscope.open([new File([Uint8Array.from(file.bytes)], file.name)])
      return { opened, marks: performance.getEntriesByType('mark').map((mark) => mark.name) }
    },
    { name, bytes: [...bytes] },
  )
  expect(result.opened.checkpoints).toMatchObject([{ state: 'ready', label: 'counters.tar' }])
  expect(result.opened.failures).toEqual([])
  expect(result.marks.filter((mark) => mark.startsWith('cryoscope:'))).toEqual([
    'cryoscope:drop',
    'cryoscope:index',
    'cryoscope:overview',
    'cryoscope:ready',
  ])
})

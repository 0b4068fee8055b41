/** Memory for scripts: `search`, `strings`, `readMemory` and `coreDump` of the built page, whatever the archive is packed in. */
import { parseCore } from '../builders/elf-core.ts'
import { fixtureAs, KUBERNETES } from './harness/fixtures.ts'
import { expect, test } from './harness/test.ts'

const ARCHIVES = [KUBERNETES, 'podman/5.4.2/counters.tar.gz', 'podman/5.4.2/counters.tar.zst']

for (const archive of ARCHIVES)
  test(`console: a hit is read, listed as a string and in the core file (${archive})`, async ({ app }) => {
    await app.open([fixtureAs(archive, 'holiday.jpg')])
    await app.waitReady()
    const found = await app.page.evaluate(async () => {
      const { cryoscope } = window
      const id = (await cryoscope.checkpoints())[0]?.id ?? ''
      const search = await cryoscope.search({ id, pid: 1, regex: 'PATH=/[!-~]+', utf16: false })
      const [hit] = search.hits
      if (!hit) throw new Error('nothing found')
      const core = await cryoscope.coreDump(id, 1)
      return {
        ...{ search, hit },
        same: await cryoscope.search({ id, hex: '50 41 54 48 3d 2f' }),
        bytes: await cryoscope.readMemory(id, 1, hit.address, hit.length),
        page: await cryoscope.readMemory(id, 1, BigInt(hit.address) & ~0xfffn, 4096),
        nothing: await cryoscope.readMemory(id, 1, 16, 32),
        strings: await cryoscope.strings({ id, pid: 1, minLength: hit.length, encodings: ['ascii'] }),
        some: await cryoscope.strings({ id, limit: 3 }),
        core: [...new Uint8Array(await core.arrayBuffer())],
        refused: await Promise.all(
          [
            cryoscope.readMemory(id, 1, 'no address', 1),
            cryoscope.readMemory(id, 1, 0, 2 ** 40),
            cryoscope.readMemory(id, 999, 0, 1),
            cryoscope.coreDump(id, 999),
            cryoscope.search({ id, text: 'a', regex: 'b' }),
            cryoscope.search({ id, regex: '(' }),
            cryoscope.strings({ id, pid: 1, vma: 16 }),
          ].map((call: Promise<unknown>) => call.then(() => 'not refused', String)),
        ),
      }
    })
    const { hit } = found
    const digits = Buffer.from(hit.text).toString('hex')
    expect(found.search).toMatchObject({ complete: true, total: found.search.hits.length })
    expect(hit).toMatchObject({ pid: 1, shmid: null, length: hit.text.length })
    expect(found.bytes).toEqual({ segments: [{ address: hit.address, length: hit.length, hex: digits }] })
    expect(found.page.segments.map((segment) => ('hex' in segment ? segment.hex : '')).join('')).toContain(digits)
    expect(found.nothing.segments).toMatchObject([{ address: '0x10', length: 32, gap: 'unmapped' }])
    expect(found.same.hits.map(({ pid, address }) => `${pid} ${address}`)).toContain(`1 ${hit.address}`)
    expect(found.strings.strings.map(({ text }) => text).join('\n')).toContain(hit.text)
    for (const { text, pid, count } of found.strings.strings) {
      expect(text.length).toBeGreaterThanOrEqual(hit.length)
      expect([pid, count > 0]).toEqual([1, true])
    }
    expect(found.some.strings).toHaveLength(3)
    expect(found.some.total).toBeGreaterThan(3)
    const core = parseCore(Uint8Array.from(found.core))
    const inCore = Array.from({ length: hit.length }, (_, i) => core.byteAt(BigInt(hit.address) + BigInt(i)) ?? 0)
    expect(Buffer.from(inCore).toString()).toBe(hit.text)
    for (const words of found.refused) expect(words).toMatch(/^(Type|Range|Format)?Error: ./)
  })

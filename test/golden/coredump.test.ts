/**
 * Core files of real checkpoints as gdb reads them: threads, registers, files, memory, the vdso. Without gdb, or without
 * the corpus, what needs it is left out.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { planCore } from '../../src/coredump/core-file.ts'
import type { CoreInput } from '../../src/coredump/core-input.ts'
import { readCoreInput } from '../../src/ingest/join/core-input.ts'
import { collect, parseCore } from '../builders/elf-core.ts'
import { cases, caseText, joinedCase, joinedFixture, type Joined } from '../builders/joined.ts'

const gdb = spawnSync('gdb', ['--version']).status === 0
if (!gdb) console.warn('No gdb: core files are not opened with it.')
const corpus = cases.length > 0
const folder = mkdtempSync(join(tmpdir(), 'core-'))

afterAll(() => {
  rmSync(folder, { recursive: true })
})

async function inputOf({ evidence, joined }: Joined, pid: number): Promise<CoreInput> {
  return readCoreInput(evidence, joined, pid)
}

async function save(input: CoreInput): Promise<string> {
  const path = join(folder, `core.${input.pid}`)
  const file = openSync(path, 'w')
  for await (const piece of planCore(input).pieces()) writeSync(file, piece)
  closeSync(file)
  return path
}

/** What gdb prints for the commands, none of the machine's own files at hand. */
function ask(core: string, ...commands: string[]): string {
  const early = ['set auto-load no', 'set sysroot /nonexistent', 'set print frame-info location'].flatMap((line) => [
    '-iex',
    line,
  ])
  const given = commands.flatMap((line) => ['-ex', line])
  return execFileSync('gdb', ['-nx', '-batch', ...early, '-c', core, ...given], {
    encoding: 'latin1',
    env: { ...process.env, LC_ALL: 'C', DEBUGINFOD_URLS: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 1 << 26,
  })
}

/** Addresses of a text in what is stored of a process. */
async function find(input: CoreInput, text: string): Promise<bigint[]> {
  const needle = Buffer.from(text, 'latin1')
  const found: bigint[] = []
  for (const { start, end } of input.mappings)
    for (const extent of input.space.extents(start, end - start)) {
      if (extent.gap || extent.length > 1n << 26n) continue
      const [segment] = await input.space.read(extent.address, Number(extent.length))
      if (!segment || segment.gap) continue
      const bytes = Buffer.from(segment.bytes)
      for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
        found.push(extent.address + BigInt(at))
    }
  return found
}

const hex = (address: bigint): string => `0x${address.toString(16)}`

describe.skipIf(!gdb)('gdb opens', () => {
  async function check(input: CoreInput): Promise<string> {
    const path = await save(input)
    const rip = input.threads.map(({ core }) => core.thread_info?.gpregs?.ip ?? 0n)
    const said = ask(
      path,
      'info threads',
      'thread apply all -q info registers rip',
      'info proc mappings',
      'bt',
      'info auxv',
    )
    const listed = [...said.matchAll(/^[* ] +\d+ +(?:LWP|Thread [^(]*\(LWP) (\d+)/gm)].map(([, tid]) => Number(tid))
    expect(listed.toSorted((a, b) => a - b)).toEqual(input.threads.map(({ tid }) => tid).toSorted((a, b) => a - b))
    const registers = [...said.matchAll(/^rip +(0x[\da-f]+)/gm)].map(([, value = '']) => BigInt(value))
    expect(registers.toSorted()).toEqual(rip.toSorted())
    for (const { path: name, start } of input.mappings)
      if (name !== undefined && !/[^ -~]/.test(name))
        expect(said).toMatch(new RegExp(`${hex(start)} .*${escaped(name)}`))
    expect(said).toMatch(new RegExp(`#0 +0x0*${(rip[0] ?? 0n).toString(16)}`))
    expect(said).toMatch(/AT_SYSINFO_EHDR .*0x[\da-f]+/)
    expect(ask(path, 'info functions vdso')).toContain('__vdso_clock_gettime')
    return path
  }

  function escaped(text: string): string {
    return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
  }

  test('a fixture', async () => {
    const input = await inputOf(await joinedFixture('podman/5.4.2/counters.tar'), 1)
    await check(input)
  })

  test.skipIf(!corpus)('webapp, and shows its threads and needles', async () => {
    const joined = await joinedCase('webapp')
    const { needles } = (JSON.parse(caseText('webapp', 'case.json')) as { truth: { needles: Record<string, string> } })
      .truth
    for (const [pid, names] of [
      [1, ['heap', 'anon-private', 'page-boundary', 'shared-anon', 'memfd', 'file-cow', 'rwx', 'sysv-shm']],
      [9, ['thread-0', 'thread-1', 'thread-2', 'thread-3']],
    ] as const) {
      const input = await inputOf(joined, pid)
      const path = await check(input)
      for (const name of names) {
        const needle = needles[name] ?? ''
        // One at a page border may be in two stretches of the archive; its first half is enough to find it.
        const [address] = [...(await find(input, needle)), ...(await find(input, needle.slice(0, 16)))]
        if (address === undefined) throw new Error(`needle ${name} is not in the memory of process ${pid}`)
        expect(ask(path, `x/s ${hex(address)}`)).toContain(needle)
      }
    }
  })

  test.skipIf(!corpus)('intrusion, every process, and shows the implant', async () => {
    const joined = await joinedCase('intrusion')
    const { needles } = JSON.parse(caseText('intrusion', 'case.json')) as { needles: Record<string, string> }
    for (const pid of [1, 8, 16, 19]) {
      const input = await inputOf(joined, pid)
      const path = await check(input)
      const [address] = await find(input, needles['shellcode'] ?? '')
      if (pid === 16 || pid === 19) expect(ask(path, `x/s ${hex(address ?? 0n)}`)).toContain(needles['shellcode'])
    }
  })

  test.skipIf(!corpus)('and says that it cannot read what the checkpoint does not hold', async () => {
    const input = await inputOf(await joinedCase('webapp'), 1)
    const path = await save(input)
    const gone = input.mappings.flatMap(({ start, end }) => {
      const extents = [...input.space.extents(start, end - start)]
      return extents.filter(({ gap }) => gap?.kind === 'file' || gap?.kind === 'kernel').map(({ address }) => address)
    })
    expect(gone.length).toBeGreaterThan(50)
    const said = spawnSync(
      'gdb',
      [
        '-nx',
        '-batch',
        '-iex',
        'set sysroot /nonexistent',
        '-c',
        path,
        ...gone.flatMap((at) => ['-ex', `output/x *(char*)${hex(at)}`]),
      ],
      { encoding: 'latin1' },
    )
    const denied = [...said.stderr.matchAll(/Cannot access memory at address (0x[\da-f]+)/g)].map(([, at = '']) =>
      BigInt(at),
    )
    expect(denied).toEqual(gone)
  })
})

describe.skipIf(!corpus)('every live process of the corpus', () => {
  for (const name of cases)
    test(name, async () => {
      const joined = await joinedCase(name)
      for (const [pid, task] of joined.joined.index.tasks) {
        if (task.state === 'zombie') {
          await expect(inputOf(joined, pid)).rejects.toThrow('is a zombie')
          continue
        }
        const input = await inputOf(joined, pid)
        const file = planCore(input)
        const bytes = await collect(file.pieces())
        expect(bytes.length).toBe(file.size)
        expect(file.threads).toEqual(input.threads.map(({ tid }) => tid))
        const core = parseCore(bytes)
        for (const { start, end } of input.mappings)
          for (const extent of input.space.extents(start, end - start)) {
            const last = extent.address + extent.length - 1n
            if (extent.gap) {
              const zero = extent.gap.kind === 'untouched' || extent.gap.kind === 'object-untouched'
              expect([core.byteAt(extent.address), core.byteAt(last)]).toEqual(zero ? [0, 0] : [undefined, undefined])
              continue
            }
            const [first] = await input.space.read(extent.address, 1)
            const [final] = await input.space.read(last, 1)
            expect([core.byteAt(extent.address), core.byteAt(last)]).toEqual([
              first?.gap ? -1 : first?.bytes[0],
              final?.gap ? -1 : final?.bytes[0],
            ])
          }
      }
    })
})

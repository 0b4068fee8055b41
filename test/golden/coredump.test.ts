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

interface WebappTruth {
  readonly needles: Readonly<Record<string, string>>
  readonly threads: Readonly<Record<string, number>>
  readonly processes: Readonly<Record<string, { readonly label: string; readonly threads?: Record<string, number> }>>
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
    expect(said).toMatch(new RegExp(`^#0 +0x0*${(rip[0] ?? 0n).toString(16)}`, 'm'))
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

  /** What stands at each address, as `x/s` shows it. */
  function strings(path: string, addresses: readonly bigint[]): readonly string[] {
    const said = ask(path, ...addresses.map((address) => `x/s ${hex(address)}`))
    return addresses.map((address) => new RegExp(`^0x0*${address.toString(16)}:\\s+(.*)$`, 'm').exec(said)?.[1] ?? '')
  }

  async function expectNeedles(input: CoreInput, path: string, needles: readonly string[]): Promise<void> {
    const addresses: bigint[] = []
    for (const needle of needles) {
      // One at a page border may be in two stretches of the archive; its first half is enough to find it.
      const [address] = [...(await find(input, needle)), ...(await find(input, needle.slice(0, 16)))]
      if (address === undefined) throw new Error(`${needle} is not in the memory of process ${input.pid}`)
      addresses.push(address)
    }
    for (const [index, shown] of strings(path, addresses).entries()) expect(shown).toContain(needles[index])
  }

  /** System calls of x86-64 in which the threads of webapp.py wait: `signal.pause()` and `time.sleep()`. */
  const [PAUSE, CLOCK_NANOSLEEP] = [34, 230]

  /**
   * Frames as the case plants them: which threads there are, and in which call of libc each waits. The innermost frame
   * stands in libc; names of functions, and frames beyond those that gdb guesses, need the files of the container.
   */
  function expectFrames(input: CoreInput, path: string, planted: readonly number[]): void {
    // Behind what gdb says of itself when it opens the file.
    const [, said = ''] = ask(path, 'echo opened\\n', 'thread apply all p $orig_rax', 'thread apply all bt').split(
      'opened\n',
    )
    const calls = [...said.matchAll(/\(LWP (\d+)\)+:\n\$\d+ = (-?\d+)/g)].map(([, tid, call]) => [
      Number(tid),
      Number(call),
    ])
    const waits = [[input.pid, PAUSE], ...planted.map((tid) => [tid, CLOCK_NANOSLEEP])]
    expect(calls.toSorted(([a = 0], [b = 0]) => a - b)).toEqual(waits.toSorted(([a = 0], [b = 0]) => a - b))
    const innermost = [...said.matchAll(/^#0 +(0x[\da-f]+)/gm)].map(([, pc = '']) => BigInt(pc))
    expect(innermost.toSorted()).toEqual(input.threads.map(({ core }) => core.thread_info?.gpregs?.ip ?? 0n).toSorted())
    for (const pc of innermost) {
      const home = input.mappings.find(({ start, end }) => start <= pc && pc < end)
      expect(home?.path).toMatch(/libc\.so\.6$/)
    }
  }

  test.skipIf(!corpus)('webapp: its threads, where they wait, and needles; its zombie is refused', async () => {
    const joined = await joinedCase('webapp')
    const { truth } = JSON.parse(caseText('webapp', 'case.json')) as { truth: WebappTruth }
    const processes = Object.entries(truth.processes)
    const [threaded, { threads = {} }] = processes.find(([, { label }]) => label === 'threads') ?? ['0', {}]
    for (const [pid, planted, names] of [
      [1, truth.threads, /^(heap|anon-private|page-boundary|shared-anon|memfd|file-cow|rwx|sysv-shm)$/],
      [Number(threaded), threads, /^thread-\d$/],
    ] as const) {
      const input = await inputOf(joined, pid)
      const path = await check(input)
      expectFrames(input, path, Object.values(planted))
      const needles = Object.entries(truth.needles).filter(([name]) => names.test(name))
      expect(needles.length).toBeGreaterThan(3)
      await expectNeedles(
        input,
        path,
        needles.map(([, text]) => text),
      )
    }
    const zombies = processes.filter(([, { label }]) => label === 'zombie')
    expect(zombies).toHaveLength(1)
    for (const [pid] of zombies)
      await expect(inputOf(joined, Number(pid))).rejects.toThrow(`Process ${pid} is a zombie`)
  })

  test.skipIf(!corpus)('intrusion, every process, and shows the implant', async () => {
    const joined = await joinedCase('intrusion')
    const { needles } = JSON.parse(caseText('intrusion', 'case.json')) as { needles: Record<string, string> }
    for (const pid of [1, 8, 16, 19]) {
      const input = await inputOf(joined, pid)
      const path = await check(input)
      if (pid < 16) continue
      await expectNeedles(input, path, [needles['shellcode'] ?? '', needles['implant_config'] ?? ''])
      // The code that the case plants: `/bin//sh` on the stack and execve, between nops and traps.
      const [mark = 0n] = await find(input, needles['shellcode'] ?? '')
      const code = ask(path, `x/12i ${hex(mark - 256n + 64n)}`)
      for (const step of ['movabs $0x68732f2f6e69622f,%rdi', 'push   $0x3b', 'int3']) expect(code).toContain(step)
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

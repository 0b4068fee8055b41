/** Processes, files and sockets of real checkpoints against what was running when they were made. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readProcessDetail } from '../../src/ingest/join/process-detail.ts'
import { readSizes } from '../../src/ingest/sizes.ts'
import { signalSet } from '../../src/criu/names.ts'
import { isAbsent, present } from '../../src/model/absent.ts'
import type { Process } from '../../src/model/process.ts'
import { checkIntegrity } from '../../src/query/integrity.ts'
import { caseText, cases, joinArchive, joinedCase, joinedFixture, there, type Joined } from '../builders/joined.ts'
import { inputFile, openOne } from '../builders/sources.ts'

interface Truth {
  readonly fdlist: Readonly<Record<string, string>>
  readonly proc: Readonly<Record<string, { comm: string; cmdline: string; status: string; maps: string }>>
}

async function processes(name: string): Promise<readonly Process[]> {
  return there((await joinedCase(name)).joined.processes)
}

function integrity({ evidence, joined }: Joined): string[] {
  return checkIntegrity({ ...joined, members: evidence.members })
}

describe.each(cases)('%s', (name) => {
  test('every id leads somewhere and nothing is amiss', async () => {
    const joined = await joinedCase(name)
    expect(integrity(joined)).toEqual([])
    expect(joined.evidence.diagnostics.filter((item) => item.severity !== 'info')).toEqual([])
  })

  test('the pages images have the sizes that their pagemaps ask for', async () => {
    const memory = there((await joinedCase(name)).joined.memory)
    expect(memory.pageSize).toBe(4096)
    expect(memory.checks.every((check) => check.ok)).toBe(true)
  })

  test('memory sizes are those of memparse', async () => {
    const age = name.includes('criu411') || /podman-(gzip|none|zstd|stale)$/.test(name) ? 'old' : 'head'
    const text = caseText(name, `oracle/ckctl-${age}-memparse.txt`)
    const rows = [...text.matchAll(/^(\d+) .*?([\d.]+ [KMG]?i?B) +([\d.]+ [KMG]?i?B)$/gm)]
    expect(rows.length).toBeGreaterThan(0)
    const all = new Map((await processes(name)).map((process) => [process.pid, process]))
    for (const [, pid, memory, shared] of rows) {
      const process = all.get(Number(pid))
      expect(sizeText(present(process?.memory ?? 0) ?? 0), `pid ${pid ?? ''}`).toBe(memory)
      expect(sizeText(present(process?.sharedMapped ?? 0) ?? 0), `pid ${pid ?? ''}`).toBe(shared)
    }
  })

  test('the tree is that of crit', async () => {
    const rows = [...caseText(name, 'oracle/crit-x-ps.txt').matchAll(/^\s*(\d+)\s+(\d+)\s+(\d+)/gm)]
    const ours = (await processes(name)).map(({ pid, pgid, sid }) => `${pid} ${there(pgid)} ${there(sid)}`)
    expect(ours.toSorted()).toEqual(rows.map(([, pid, pgid, sid]) => `${pid} ${pgid} ${sid}`).toSorted())
  })
})

/** As memparse writes sizes. */
function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const power = Math.min(3, Math.floor(Math.log2(bytes) / 10))
  return `${(bytes / 1024 ** power).toFixed(1)} ${['B', 'KiB', 'MiB', 'GiB'][power] ?? ''}`
}

function field(status: string, name: string): string[] {
  const line = new RegExp(`^${name}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]
  return line === undefined ? [] : line.trim().split(/\s+/)
}

describe.each(cases.filter((name) => name.startsWith('webapp')))('%s against /proc', (name) => {
  const truth = (JSON.parse(caseText(name, 'case.json')) as { truth: Truth }).truth

  test('exactly the processes that ran', async () => {
    const pids = (await processes(name)).map((process) => String(process.pid))
    expect(pids.toSorted()).toEqual(Object.keys(truth.proc).toSorted())
  })

  test('names, command lines and identity', async () => {
    for (const process of await processes(name)) {
      const proc = truth.proc[process.pid]
      if (!proc) throw new Error(`no ${process.pid}`)
      expect(`${there(process.name)}\n`).toBe(proc.comm)
      expect(String(there(process.ppid))).toBe(field(proc.status, 'PPid')[0])
      expect(String(there(process.pgid))).toBe(field(proc.status, 'NSpgid')[0])
      expect(String(there(process.sid))).toBe(field(proc.status, 'NSsid')[0])
      expect(String(process.threads.length)).toBe(field(proc.status, 'Threads')[0])
      if (field(proc.status, 'State')[0] === 'Z') {
        expect(process.state).toBe('zombie')
        expect(process.arguments).toMatchObject({ absent: 'not-applicable' })
        expect(there(process.exitCode) >> 8).toBe(42)
        continue
      }
      expect(process.state).toBe('alive')
      expect(
        there(process.arguments)
          .map((item) => `${item}\0`)
          .join(''),
      ).toBe(proc.cmdline)
      expect([process.uid, process.euid].map(String)).toEqual(field(proc.status, 'Uid').slice(0, 2))
      expect([process.gid, process.egid].map(String)).toEqual(field(proc.status, 'Gid').slice(0, 2))
      expect(there(process.umask)).toBe(parseInt(field(proc.status, 'Umask')[0] ?? '', 8))
    }
  })

  test('capabilities, groups and signal masks', async () => {
    const { evidence, joined } = await joinedCase(name)
    for (const { pid, state } of there(joined.processes)) {
      if (state === 'zombie') continue
      const status = truth.proc[pid]?.status ?? ''
      const [leader] = (await readProcessDetail(evidence, joined, pid)).threads
      if (!leader) throw new Error('no leader')
      const creds = there(leader.credentials)
      const hex = (set: bigint): string => set.toString(16).padStart(16, '0')
      expect(hex(creds.capabilities.effective)).toBe(field(status, 'CapEff')[0])
      expect(hex(creds.capabilities.permitted)).toBe(field(status, 'CapPrm')[0])
      expect(hex(creds.capabilities.inheritable)).toBe(field(status, 'CapInh')[0])
      expect(hex(creds.capabilities.bounding)).toBe(field(status, 'CapBnd')[0])
      expect(creds.groups.map(String)).toEqual(field(status, 'Groups').filter((group) => group !== ''))
      expect(String(Number(there(creds.noNewPrivileges)))).toBe(field(status, 'NoNewPrivs')[0])
      expect(hex(there(leader.blockedSignals))).toBe(field(status, 'SigBlk')[0])
    }
  })

  test('caught and ignored signals', async () => {
    const { evidence, joined } = await joinedCase(name)
    const status = truth.proc['1']?.status ?? ''
    const names = (line: string): string[] => signalSet(BigInt(`0x${field(status, line)[0] ?? '0'}`))
    const signals = there((await readProcessDetail(evidence, joined, 1)).signals)
    const ours = (ignored: boolean): string[] =>
      signals.filter((item) => (item.action === 'ignored') === ignored).map((item) => item.signal)
    expect(ours(true)).toEqual(names('SigIgn'))
    expect(ours(false)).toEqual(names('SigCgt'))
  })

  test('mappings with their names', async () => {
    const { evidence, joined } = await joinedCase(name)
    for (const { pid, state } of there(joined.processes)) {
      if (state === 'zombie') continue
      const ours = there((await readProcessDetail(evidence, joined, pid)).vmas)
      const theirs = mapsOf(truth.proc[pid]?.maps ?? '')
      for (const vma of ours) {
        const range = `${vma.start.toString(16)}-${vma.end.toString(16)}`
        const there = theirs.get(range)
        const text = isAbsent(vma.name) ? '' : vma.name
        expect(there, `pid ${pid} ${range} ${text}`).toBe(text)
      }
    }
  })

  test('descriptors of the first process by name', async () => {
    const { joined } = await joinedCase(name)
    const [first] = there(joined.processes)
    const files = new Map(there(joined.files).map((file) => [file.id, file]))
    const ours: Record<string, string> = {}
    for (const row of there(joined.descriptors)) {
      if (row.filesId !== first?.filesId) continue
      const file = files.get(row.fileId)
      const text = isAbsent(file?.name) ? `no name (${row.type})` : (file?.name ?? '?')
      ours[row.fd] = file?.deleted === true ? `${text} (deleted)` : text
    }
    const packet = Object.keys(ours).filter((fd) => ours[fd] === 'no name (PACKETSK)')
    expect(packet).toHaveLength(1)
    for (const fd of packet) ours[fd] = truth.fdlist[fd] ?? ''
    expect(ours).toEqual(truth.fdlist)
  })
})

/** Range → name; the kernel shows two halves of what CRIU records as one vvar. */
function mapsOf(maps: string): Map<string, string> {
  const names = new Map<string, string>()
  let vvar: string | undefined
  for (const line of maps.split('\n')) {
    const match = /^([0-9a-f]+)-([0-9a-f]+) \S+ \S+ \S+ \d+\s*(.*)$/.exec(line)
    if (!match) continue
    const [, start, end, name] = match
    if (name === '[vvar]') vvar = start
    else if (name === '[vvar_vclock]' && vvar !== undefined) names.set(`${vvar}-${end ?? ''}`, '[vvar]')
    else names.set(`${(start ?? '').replace(/^0+/, '')}-${(end ?? '').replace(/^0+/, '')}`, name ?? '')
  }
  return names
}

describe('one program under three engines and two CRIU versions', () => {
  const counters = [
    'containerd/2.2.1/counters.tar',
    'cri-o/1.34.0/counters.tar',
    'podman/5.4.2/counters.tar',
    'podman/5.4.2/counters.tar.gz',
    'podman/5.4.2/counters.tar.zst',
    'podman/5.4.2/counters-criu-4.2.tar.gz',
    'podman/5.4.2/stale.tar.gz',
  ]

  test.each(counters)('%s: a shell and its sleep', async (path) => {
    const joined = await joinedFixture(path)
    expect(integrity(joined)).toEqual([])
    const [shell, sleep, ...more] = there(joined.joined.processes)
    expect(more).toEqual([])
    expect(shell).toMatchObject({
      pid: 1,
      ppid: 0,
      state: 'alive',
      name: 'sh',
      exe: { path: '/bin/busybox', deleted: false },
    })
    expect(there(shell?.arguments ?? []).slice(1)).toEqual([
      '-c',
      'i=0; while true; do echo $i; i=$((i+1)); sleep 1; done',
    ])
    expect(sleep).toMatchObject({ ppid: 1, name: 'sleep', arguments: ['sleep', '1'], uid: 0, cwd: { path: '/' } })
    const types = there(joined.joined.descriptors).map((row) => `${row.fd} ${row.type}`)
    expect(types).toEqual(['0 REG', '1 PIPE', '2 PIPE', '0 REG', '1 PIPE', '2 PIPE'])
    const names = there(joined.joined.files).map((file) => present(file.name))
    expect(names).toContain('/dev/null')
  })

  test('images of earlier processes are set apart', async () => {
    const { evidence, joined } = await joinedFixture('podman/5.4.2/stale.tar.gz')
    const names = [...joined.staleMembers].map((index) => evidence.members[index]?.name)
    expect(names).toContain('checkpoint/core-7.img')
    expect(names).toContain('checkpoint/pagemap-8.img')
    expect(names).not.toContain('checkpoint/core-10.img')
    expect(names).not.toContain('checkpoint/pages-2.img')
    expect(evidence.diagnostics.map((item) => item.code)).toContain('stale-images')
  })
})

test('a cut archive counts what is there, and its self-check says what is not', async () => {
  const whole = readFileSync(join(import.meta.dirname, '../fixtures/checkpoints/containerd/2.2.1/counters.tar'))
  const archive = await openOne([inputFile('cut', whole.subarray(0, 60_000))])
  const { evidence, joined } = await joinArchive(archive)
  const pages = evidence.members.find((member) => member.recordedSize !== undefined)
  expect(pages?.name).toMatch(/pages-\d+\.img$/)
  expect((pages?.dataOffset ?? 0) + (pages?.size ?? 0)).toBe(60_000)
  const check = there(joined.memory).checks.find(({ pagesMember }) => pagesMember === pages?.index)
  expect(check).toMatchObject({ ok: false, expectedBytes: pages?.recordedSize, actualBytes: pages?.size })
  expect(evidence.diagnostics.map(({ code }) => code)).toContain('pages-size')
  const sizes = await readSizes(evidence)
  const bytes = sizes.groups.reduce((sum, group) => sum + group.bytes, 0)
  expect(bytes).toBeLessThan(60_000)
})

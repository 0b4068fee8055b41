import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { preflight, type PreflightFinding, type PreflightTarget } from '../../../src/commands/preflight.ts'
import { lineText } from '../../../src/commands/shell.ts'
import { absent, present } from '../../../src/model/absent.ts'
import type { Checkpoint, CheckpointMember } from '../../../src/model/checkpoint.ts'
import type { Socket } from '../../../src/model/files.ts'
import { openAnalysis } from '../../builders/search.ts'
import { corpusCases, corpusFolder, fileUnderFalseName } from '../../builders/sources.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/checkpoints')
const folder = corpusFolder()
if (folder === undefined) console.warn('No corpus: pre-flight over its checkpoints is left out.')

async function open(path: string): Promise<Checkpoint> {
  return (await openAnalysis(await fileUnderFalseName(path))).checkpoint
}

const podman: PreflightTarget = { engine: 'Podman', version: '5.4.2' }
const containerd: PreflightTarget = { engine: 'containerd', version: '2.2.1' }
const find = (cp: Checkpoint, id: string, target = podman): PreflightFinding | undefined =>
  preflight(cp, target).find((finding) => finding.id === id)

let kubernetes: Checkpoint
let plain: Checkpoint

beforeAll(async () => {
  kubernetes = await open(join(fixtures, 'containerd/2.2.1/counters.tar'))
  plain = await open(join(fixtures, 'podman/5.4.2/counters.tar'))
})

describe('pre-flight', () => {
  test('says the engine first when it cannot restore at all', () => {
    const [first] = preflight(kubernetes, { engine: 'containerd', version: '2.4.0' })
    expect(first).toMatchObject({ id: 'engine', severity: 'stop' })
    expect(find(kubernetes, 'engine', containerd)).toMatchObject({ severity: 'fine' })
    expect(find(kubernetes, 'engine', { engine: 'containerd', version: undefined })).toMatchObject({
      severity: 'check',
    })
  })

  test('warns of archives of another engine, not of the runtimes', () => {
    expect(find(plain, 'foreign-archive', containerd)).toMatchObject({ severity: 'stop' })
    expect(find(kubernetes, 'foreign-archive', { engine: 'CRI-O', version: '1.34.0' })).toMatchObject({
      severity: 'check',
    })
    expect(find(kubernetes, 'foreign-archive', containerd)).toBeUndefined()
    expect(find(plain, 'foreign-archive', { engine: 'crun', version: undefined })).toBeUndefined()
  })

  test('tells what was mounted and is in the archive from what is not', () => {
    const [data, shm] = ['/data', '/dev/shm']
    const mount = (destination: string, source: string) => ({
      destination,
      type: 'bind',
      source,
      options: ['bind'],
      from: undefined,
    })
    const made = (names: readonly string[]): Checkpoint => {
      const spec = present(plain.metadata.spec)
      if (!spec) throw new Error('the fixture has a spec')
      const mounts = [mount(data, '/var/lib/containers/storage/volumes/shop/_data'), mount(shm, '/run/shm')]
      const members = names.map((name) => ({ ...plain.members[0], name }) as CheckpointMember)
      return { ...plain, members, metadata: { ...plain.metadata, spec: { ...spec, mounts } } }
    }
    expect(find(made([]), 'external-mounts')?.remedy).toContain('it is not in the archive')
    const remedy = find(made(['volumes/shop.tar', 'devshm-checkpoint.tar']), 'external-mounts')?.remedy
    expect(remedy).toContain('has the content of /data, /dev/shm')
    expect(find(made(['volumes/other.tar', 'devshm-checkpoint.tar']), 'external-mounts')?.remedy).toContain(
      'has the content of /dev/shm,',
    )
  })

  test('names what must be the same on the other host, and where it stands', () => {
    expect(find(kubernetes, 'architecture')).toMatchObject({ found: 'x86_64' })
    expect(find(kubernetes, 'cpu-features')?.found).toMatch(/no cpuinfo\.img; register sets in the dump: x87, SSE, AVX/)
    expect(find(kubernetes, 'criu')?.found).toMatch(/^4\./)
    expect(find(plain, 'criu')?.found).toContain('only dump.log tells it')
    expect(find(plain, 'runtime')).toMatchObject({ found: 'crun', severity: 'check' })
    expect(find(plain, 'runtime', { engine: 'runc', version: undefined })).toMatchObject({ severity: 'stop' })
    expect(find(plain, 'architecture')?.from?.origin.member).toBeTypeOf('number')
    expect(find(plain, 'image-format')).toBeUndefined()
  })

  test('lists mounts from outside and external namespaces', () => {
    expect(find(kubernetes, 'external-mounts', containerd)?.remedy).toContain('mountPath')
    expect(find(kubernetes, 'external-namespaces')?.found).toContain('net')
  })

  test('finds nothing in a quiet container', () => {
    for (const id of [
      'tcp-established',
      'file-locks',
      'ghost-files',
      'unix-external',
      'parent',
      'lazy-pages',
      'plugins',
    ])
      expect(find(plain, id), id).toBeUndefined()
  })

  test('works on an overview, whose tables are not there yet', () => {
    const later = absent('not-yet', 'still being decoded')
    const early = { ...plain, sockets: later, files: later, mounts: later, namespaces: later, processes: later }
    expect(preflight(early, podman).map(({ id }) => id)).toContain('architecture')
  })

  test('gives every finding a consequence, and a remedy where it stops', () => {
    for (const finding of preflight(kubernetes, podman)) {
      expect(finding.consequence, finding.id).not.toBe('')
      if (finding.severity === 'stop') expect(finding.remedy, finding.id).toBeTruthy()
    }
  })
})

const inet: Socket = {
  id: 7,
  family: 'inet',
  protocol: 'TCP',
  type: 'STREAM',
  state: 'ESTABLISHED',
  local: { address: '10.0.0.2', port: 40000 },
  remote: { address: '192.0.2.9', port: 443 },
  ...{ inode: 1, backlog: 0, sendBuffer: 0, receiveBuffer: 0, netNs: 1, uid: 0, options: [] },
  peer: absent('not-applicable', ''),
  receiveQueue: absent('not-applicable', ''),
  sendQueue: absent('not-applicable', ''),
  origin: { member: 0, offset: 0, length: 0 },
  path: undefined,
}

function member(over: Partial<CheckpointMember>): CheckpointMember {
  const [first] = plain.members
  if (!first) throw new Error('no member')
  return { ...first, index: plain.members.length, ...over }
}

const withMember = (over: Partial<CheckpointMember>): Checkpoint => ({
  ...plain,
  members: [...plain.members, member(over)],
})

describe('of a busy container', () => {
  test.each([
    ['ESTABLISHED', true],
    ['CLOSE_WAIT', true],
    ['SYN_SENT', true],
    ['LISTEN', false],
    ['CLOSE', false],
  ])('a TCP socket in %s counts: %s', (state, counts) => {
    const found = find({ ...plain, sockets: [{ ...inet, state }] }, 'tcp-established')
    if (counts)
      expect(found).toMatchObject({ severity: 'stop', found: '1 open, to 192.0.2.9 port 443', subject: { id: 7 } })
    else expect(found).toBeUndefined()
  })

  test('connections on loopback are told from those that leave', () => {
    const here = { address: '127.0.0.1', port: 40000 }
    const there = { address: '127.0.0.1', port: 6379 }
    const one = { ...inet, local: here, remote: there }
    const other = { ...inet, id: 8, local: there, remote: here }
    const found = (sockets: readonly Socket[]) => find({ ...plain, sockets }, 'tcp-established')
    expect(found([one, other])).toMatchObject({
      severity: 'stop',
      found: '2 on loopback whose other end is in the checkpoint',
    })
    expect(found([one, other])?.consequence).toContain('never leave the container')
    expect(found([one])?.found).toBe('1 on loopback whose other end is not in the checkpoint')
    expect(found([one, { ...other, netNs: 2 }])?.found).toContain('not in the checkpoint')
    expect(found([inet, one, other])?.found).toBe(
      '1 open, to 192.0.2.9 port 443; 2 on loopback whose other end is in the checkpoint',
    )
    expect(found([one])?.remedy).not.toContain('examination')
    for (const address of ['::1', '::ffff:127.0.0.1', '127.9.9.9'])
      expect(found([{ ...inet, remote: { address, port: 1 } }])?.found, address).toContain('loopback')
    for (const address of ['128.0.0.1', '1.127.0.1', '::12'])
      expect(found([{ ...inet, remote: { address, port: 1 } }])?.found, address).toContain('1 open')
  })

  test('an option that the command has makes it a note', () => {
    const locks = { name: 'checkpoint/filelocks.img', image: 'FILE_LOCKS', reading: 'whole', records: 2 } as const
    const busy = { ...withMember(locks), sockets: [inet] }
    const stops = (...given: string[]) =>
      preflight(busy, { ...podman, given })
        .filter(({ severity }) => severity === 'stop')
        .map(({ id }) => id)
    expect(stops()).toEqual(['tcp-established', 'file-locks'])
    expect(stops('tcp-close')).toEqual(['file-locks'])
    expect(stops('tcp-established', 'file-locks')).toEqual([])
  })

  test('UDP is no connection', () => {
    expect(find({ ...plain, sockets: [{ ...inet, protocol: 'UDP' }] }, 'tcp-established')).toBeUndefined()
  })

  test('locks count where they are of this dump and not empty', () => {
    const locks = { name: 'checkpoint/filelocks.img', image: 'FILE_LOCKS', reading: 'whole', records: 2 } as const
    expect(find(withMember(locks), 'file-locks')).toMatchObject({
      found: '2 held',
      remedy: 'Restore with --file-locks.',
    })
    expect(find(withMember(locks), 'file-locks', containerd)?.remedy).toContain('/etc/criu/')
    expect(find(withMember({ ...locks, records: 0 }), 'file-locks')).toBeUndefined()
    expect(find(withMember({ ...locks, reading: 'stale' }), 'file-locks')).toBeUndefined()
  })

  test('an earlier checkpoint is needed where it is not in the archive', () => {
    const link = { name: 'checkpoint/parent', type: 'symlink', linkTarget: '../pre-checkpoint' } as const
    expect(find(withMember(link), 'parent')?.severity).toBe('stop')
    expect(find(withMember(link), 'parent')?.remedy).toContain('--import-previous')
    const both = withMember(link)
    const whole = { ...both, members: [...both.members, member({ name: 'pre-checkpoint/inventory.img' })] }
    expect(find(whole, 'parent')).toBeUndefined()
  })

  test('a GPU needs its plugin, a recorded processor can be compared', () => {
    expect(find(withMember({ name: 'checkpoint/amdgpu-kfd-1.img' }), 'plugins')).toMatchObject({ severity: 'stop' })
    const cpu = withMember({ name: 'checkpoint/cpuinfo.img', image: 'CPUINFO', reading: 'whole', records: 1 })
    const more = [
      { label: 'Processor', group: 'Processor', fact: { value: 'Xeon (Intel, family 6)' } },
      { label: 'Features', group: 'Processor', fact: { value: 'avx avx2' } },
    ]
    const found = find({ ...cpu, metadata: { ...cpu.metadata, more } }, 'cpu-features')
    expect(found?.found).toBe('Xeon (Intel, family 6): avx avx2')
    expect(found?.lines?.map(lineText)).toEqual(['sudo criu cpuinfo check --cpu-cap=ins --images-dir=checkpoint'])
  })
})

describe.runIf(folder !== undefined)('over the corpus', () => {
  const expected: Readonly<Record<string, readonly string[]>> = {
    webapp: ['tcp-established', 'file-locks', 'ghost-files', 'terminal'],
    intrusion: ['tcp-established', 'ghost-files'],
    redis: [],
    'counters-crio': ['external-mounts', 'external-namespaces'],
  }

  test.each(Object.entries(expected))('%s', async (name, ids) => {
    const found = corpusCases(folder ?? '').find((one) => one.name === name)
    if (!found) throw new Error(`no case ${name}`)
    const findings = preflight(await open(found.archive), podman)
    expect(findings.map(({ id }) => id)).toEqual(expect.arrayContaining([...ids]))
    if (!ids.includes('file-locks')) expect(findings.map(({ id }) => id)).not.toContain('file-locks')
  })
})

/** Joins over tiny worlds: old layouts, missing and contradicting records. */
import { expect, test } from 'vitest'
import { readProcessDetail } from '../../../src/ingest/join/process-detail.ts'
import { resolveTarget } from '../../../src/ingest/join/image-dirs.ts'
import { isAbsent } from '../../../src/model/absent.ts'
import { encodeText } from '../../../src/base/text.ts'
import { image, type RecordInit } from '../../builders/image.ts'
import { evidenceOf } from '../../builders/small-evidence.ts'
import { joinedWorld, there, type Joined, type World } from '../../builders/joined.ts'

const PAGE = 4096

/** One page that begins with a text. */
function page(text: string): Uint8Array {
  const bytes = new Uint8Array(PAGE)
  bytes.set(encodeText(text))
  return bytes
}

const creds = { uid: 10, gid: 20, euid: 10, egid: 20, suid: 10, sgid: 20, fsuid: 10, fsgid: 20, secbits: 0 }
const core = (comm: string, state = 1, more: object = {}): World[string] => [
  'CORE',
  { mtype: 1, tc: { task_state: state, exit_code: 0, personality: 0, flags: 0, blk_sigset: 0n, comm }, ...more },
]
const mm = (length: number, environment = 0, more: object = {}): World[string] => [
  'MM',
  {
    mm_arg_start: 0x1000n,
    mm_arg_end: 0x1000n + BigInt(length),
    mm_env_start: 0x1000n + BigInt(length),
    mm_env_end: 0x1000n + BigInt(length + environment),
    exe_file_id: 1,
    vmas: [{ start: 0x1000n, end: 0x2000n, pgoff: 0n, shmid: 0n, prot: 3, flags: 0x22, status: 0x201, fd: -1n }],
    ...more,
  },
]
const pagemap = (address = 0x1000n): World[string] => [
  'PAGEMAP',
  { pages_id: 1 },
  { vaddr: address, nr_pages: 1n, compat_nr_pages: 0, flags: 4 },
]

/** A process with one page of memory that holds these arguments. */
function oneProcess(text: string, length = text.length, environment = 0): World {
  return {
    'inventory.img': ['INVENTORY', { img_version: 2, fdinfo_per_id: true }],
    'pstree.img': ['PSTREE', { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }],
    'core-1.img': core('init', 1, { thread_core: { creds } }),
    'ids-1.img': ['IDS', { vm_id: 1, files_id: 1, fs_id: 1, sighand_id: 1 }],
    'fs-1.img': ['FS', { cwd_id: 2, root_id: 2, umask: 18 }],
    'mm-1.img': mm(length, environment),
    'pagemap-1.img': pagemap(),
    'pages-1.img': page(text),
    'fdinfo-1.img': ['FDINFO', { id: 1, flags: 1, type: 'REG', fd: 0 }],
    'files.img': [
      'FILES',
      { type: 'REG', id: 1, reg: { id: 1, flags: 2, pos: 7n, name: '/bin/init', size: 9n, mode: 0o100755 } },
      { type: 'REG', id: 2, reg: { id: 2, flags: 0, pos: 0n, name: '/' } },
    ],
  }
}

/** What the joins noted; these worlds leave out required fields that play no part. */
function codes({ evidence }: Joined): string[] {
  return evidence.diagnostics.map((item) => item.code).filter((code) => code !== 'missing-field')
}

test("a process in today's layout", async () => {
  const world = await joinedWorld(oneProcess('init\0--x\0', 9))
  expect(codes(world)).toEqual([])
  const { joined } = world
  const [process] = there(joined.processes)
  expect(process).toMatchObject({
    pid: 1,
    state: 'alive',
    name: 'init',
    arguments: ['init', '--x'],
    titleRewritten: false,
    exe: { path: '/bin/init', fileId: 1, deleted: false },
    cwd: { path: '/' },
    umask: 18,
    uid: 10,
    memory: PAGE,
    sharedMapped: 0,
  })
  expect(process?.sources.arguments).toMatchObject({ offset: 0, length: 9 })
  expect(there(joined.files)[0]).toMatchObject({
    name: '/bin/init',
    flags: 2,
    position: 7n,
    size: 9n,
    path: 'reg',
    deleted: false,
  })
  expect(there(joined.descriptors)).toMatchObject([{ fd: 0, type: 'REG', fileId: 1, closeOnExec: true }])
})

test('the layout of old versions resolves to the same process', async () => {
  const today = oneProcess('init\0--x\0', 9)
  const old: World = {
    'inventory.img': ['INVENTORY', { img_version: 2 }],
    'pstree.img': today['pstree.img'] ?? '',
    'core-1.img': core('init'),
    'creds-1.img': ['CREDS', creds],
    'fs-1.img': today['fs-1.img'] ?? '',
    'mm-1.img': mm(9, 0, { vmas: [] }),
    'vmas-1.img': [
      'VMAS',
      { start: 0x1000n, end: 0x2000n, pgoff: 0n, shmid: 0n, prot: 3, flags: 0x22, status: 0x201, fd: -1n },
    ],
    'pagemap-1.img': ['PAGEMAP', { pages_id: 1 }, { vaddr: 0x1000n, compat_nr_pages: 1 }],
    'pages-1.img': page('init\0--x\0'),
    'fdinfo-1.img': today['fdinfo-1.img'] ?? '',
    'rlimit-1.img': ['RLIMIT', { cur: 1n, max: 0xffffffffffffffffn }],
    'sigacts-1.img': ['SIGACT', { sigaction: 1n, flags: 0n, restorer: 0n, mask: 0n }],
    'reg-files.img': [
      'REG_FILES',
      { id: 1, flags: 2, pos: 7n, name: '/bin/init', size: 9n, mode: 0o100755 },
      { id: 2, flags: 0, pos: 0n, name: '/' },
    ],
  }
  const one = await joinedWorld(today)
  const two = await joinedWorld(old)
  expect(codes(two)).toEqual([])
  const plain = ({ joined }: Joined): unknown =>
    there(joined.processes).map((process) => ({ ...process, sources: undefined }))
  expect(plain(two)).toEqual(plain(one))
  const files = ({ joined }: Joined): unknown =>
    there(joined.files).map((file) => ({ ...file, origin: undefined, path: undefined }))
  expect(files(two)).toEqual(files(one))
  const detail = await readProcessDetail(two.evidence, two.joined, 1)
  expect(detail.rlimits).toEqual([{ name: 'RLIMIT_CPU', soft: '1', hard: 'unlimited' }])
  expect(detail.signals).toEqual([{ signal: 'SIGHUP', action: 'ignored', flags: '' }])
  expect(there(detail.vmas)).toMatchObject([{ start: 0x1000n, presentPages: 1, path: undefined }])
})

test('a rewritten title runs on into the environment', async () => {
  const { joined } = await joinedWorld(oneProcess('worker: idle now\0REST=1\0', 4, 20))
  expect(there(joined.processes)[0]).toMatchObject({ arguments: ['worker: idle now'], titleRewritten: true })
})

test('the environment keeps order, duplicates and odd items', async () => {
  const { evidence, joined } = await joinedWorld(oneProcess('a\0B=1\0B=2\0NOEQUALS\0=x\0\0\udcff=\udcfe\0', 2, 25))
  const items = there((await readProcessDetail(evidence, joined, 1)).environment)
  expect(items.map((item) => item.text)).toEqual(['B=1', 'B=2', 'NOEQUALS', '=x', '', '\udcff=\udcfe'])
  expect(items[1]?.origin).toMatchObject({ offset: 6, length: 3 })
})

test('arguments of an absurd length are not read', async () => {
  const world = { ...oneProcess('x'), 'mm-1.img': mm(2 ** 40) }
  const [process] = there((await joinedWorld(world)).joined.processes)
  expect(process?.arguments).toMatchObject({ absent: 'unparsable' })
})

test('a zombie has no memory, files or directories, and that is normal', async () => {
  const joined = await joinedWorld({
    'pstree.img': ['PSTREE', { pid: 5, ppid: 0, pgid: 5, sid: 5, threads: [0] }],
    'core-5.img': [
      'CORE',
      { mtype: 1, tc: { task_state: 2, exit_code: 0x2a00, personality: 0, flags: 0, blk_sigset: 0n, comm: 'gone' } },
    ],
    'files.img': ['FILES', { type: 'REG', id: 1, reg: { id: 1, flags: 0, pos: 0n, name: '/x' } }],
  })
  expect(codes(joined)).toEqual([])
  const [process] = there(joined.joined.processes)
  expect(process).toMatchObject({ state: 'zombie', name: 'gone', threads: [5], exitCode: 0x2a00 })
  for (const key of ['arguments', 'exe', 'cwd', 'memory', 'filesId', 'uid'] as const)
    expect(process?.[key], key).toMatchObject({ absent: 'not-applicable' })
})

test('a live process without core, mm and pagemap is shown with its reasons', async () => {
  const joined = await joinedWorld({ 'pstree.img': ['PSTREE', { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }] })
  expect(codes(joined)).toEqual(
    expect.arrayContaining(['core-missing', 'mm-missing', 'pagemap-missing', 'image-missing']),
  )
  expect(there(joined.joined.processes)[0]).toMatchObject({
    pid: 1,
    name: { absent: 'unreadable' },
    memory: { absent: 'unreadable' },
  })
  expect(joined.joined.files).toMatchObject({ absent: 'unreadable' })
})

test('duplicate pids, missing parents and circles are noted and do no harm', async () => {
  const entry = (
    pid: number,
    ppid: number,
  ): { pid: number; ppid: number; pgid: number; sid: number; threads: number[] } => ({
    pid,
    ppid,
    pgid: 1,
    sid: 1,
    threads: [pid],
  })
  const joined = await joinedWorld({
    'pstree.img': ['PSTREE', entry(1, 0), entry(1, 0), entry(7, 99), entry(8, 9), entry(9, 8)],
  })
  expect(there(joined.joined.processes).map((process) => process.pid)).toEqual([1, 7, 8, 9])
  expect(codes(joined)).toEqual(expect.arrayContaining(['duplicate-pid', 'parent-process-missing', 'process-circle']))
})

test('descriptors, places and mappings that lead nowhere are noted', async () => {
  const world = {
    ...oneProcess('x\0', 2),
    'fs-1.img': ['FS', { cwd_id: 77, root_id: 2, umask: 0 }],
    'fdinfo-1.img': ['FDINFO', { id: 78, flags: 0, type: 99, fd: 3 }],
  } satisfies World
  const joined = await joinedWorld(world)
  expect(codes(joined).filter((code) => code === 'file-missing')).toHaveLength(2)
  expect(there(joined.joined.processes)[0]?.cwd).toMatchObject({ absent: 'unreadable' })
  expect(there(joined.joined.descriptors)[0]).toMatchObject({ type: 'TYPE-99', fileId: 78 })
})

test('pages of the parent checkpoint are found beside it', async () => {
  const own = oneProcess('', 2)
  const world: World = {
    ...own,
    'pagemap-1.img': ['PAGEMAP', { pages_id: 3 }, { vaddr: 0x1000n, nr_pages: 1n, compat_nr_pages: 0, flags: 1 }],
    parent: { type: 'symlink', linkTarget: '../pre-checkpoint', size: 0 },
    '/pre-checkpoint/inventory.img': ['INVENTORY', { img_version: 2 }],
    '/pre-checkpoint/pagemap-1.img': [
      'PAGEMAP',
      { pages_id: 9 },
      { vaddr: 0n, nr_pages: 2n, compat_nr_pages: 0, flags: 4 },
    ],
    '/pre-checkpoint/pages-9.img': new Uint8Array([...page('zero'), ...page('i\0')]),
  }
  delete (world as Record<string, unknown>)['pages-1.img']
  const { joined, evidence } = await joinedWorld(world)
  const [process] = there(joined.processes)
  expect(process?.arguments).toEqual(['i'])
  expect(evidence.members[process?.sources.arguments?.member ?? -1]?.name).toBe('pre-checkpoint/pages-9.img')
})

test('a parent that is not there is a reason, not zeros', async () => {
  const world: World = {
    ...oneProcess('', 2),
    'pagemap-1.img': ['PAGEMAP', { pages_id: 1 }, { vaddr: 0x1000n, nr_pages: 1n, compat_nr_pages: 0, flags: 1 }],
    parent: { type: 'symlink', linkTarget: '../../outside', size: 0 },
  }
  const joined = await joinedWorld(world)
  expect(codes(joined)).toContain('parent-missing')
  expect(there(joined.joined.processes)[0]?.arguments).toMatchObject({ absent: 'not-in-archive' })
})

test('link targets are resolved as text and never leave the archive', () => {
  expect(resolveTarget('checkpoint/', '../pre-checkpoint')).toBe('pre-checkpoint/')
  expect(resolveTarget('a/b/', '.././c/')).toBe('a/c/')
  expect(resolveTarget('checkpoint/', '..')).toBe('')
  expect(resolveTarget('checkpoint/', '../../etc')).toBeUndefined()
  expect(resolveTarget('checkpoint/', '/etc')).toBeUndefined()
})

test('sign-extended addresses of a 32-bit process', async () => {
  const world: World = {
    ...oneProcess('x'),
    'mm-1.img': mm(2, 0, {
      mm_arg_start: 0xfffff000n,
      mm_arg_end: 0xfffff002n,
      vmas: [
        { start: 0xfffff000n, end: 0x100000000n, pgoff: 0n, shmid: 0n, prot: 3, flags: 0x22, status: 0x201, fd: -1n },
      ],
    }),
    'pagemap-1.img': pagemap(0xfffffffffffff000n),
    'pages-1.img': page('y\0'),
  }
  expect(there((await joinedWorld(world)).joined.processes)[0]?.arguments).toEqual(['y'])
})

test('the page size is inferred from the pages image, and a wrong size is reported', async () => {
  const big = await joinedWorld({
    ...oneProcess('x'),
    'mm-1.img': mm(2, 0, { mm_arg_start: 0x10000n, mm_arg_end: 0x10002n, vmas: [] }),
    'pagemap-1.img': pagemap(0x10000n),
    'pages-1.img': new Uint8Array([...page('b\0'), ...new Uint8Array(0xf000)]),
  })
  expect(there(big.joined.memory).pageSize).toBe(65536)
  expect(there(big.joined.processes)[0]?.arguments).toEqual(['b'])
  const cut = await joinedWorld({ ...oneProcess('x'), 'pages-1.img': page('').subarray(0, 100) })
  expect(codes(cut)).toEqual(expect.arrayContaining(['pages-size', 'page-size-doubtful']))
  expect(there(cut.joined.memory).checks).toMatchObject([{ ok: false, expectedBytes: 4096, actualBytes: 100 }])
})

test('sockets of every family, with queues and peers', async () => {
  const fown = { uid: 0, euid: 0, signum: 0, pid_type: 0, pid: 0 }
  const opts = {
    so_sndbuf: 1,
    so_rcvbuf: 2,
    so_snd_tmo_sec: 0n,
    so_snd_tmo_usec: 0n,
    so_rcv_tmo_sec: 0n,
    so_rcv_tmo_usec: 0n,
    reuseaddr: true,
  }
  const inet = (id: number, more: object): object => ({
    type: 'INETSK',
    id,
    isk: {
      id,
      ino: 0x100 + id,
      family: 2,
      type: 1,
      proto: 6,
      state: 1,
      src_port: 80,
      dst_port: 0,
      flags: 0,
      backlog: 0,
      src_addr: [0x0100007f],
      dst_addr: [0],
      fown,
      opts,
      ...more,
    },
  })
  const unix = (id: number, more: object): object => ({
    type: 'UNIXSK',
    id,
    usk: {
      id,
      ino: 0x100 + id,
      type: 1,
      state: 1,
      flags: 0,
      uflags: 0,
      backlog: 0,
      peer: 0,
      fown,
      opts,
      name: new Uint8Array(),
      ...more,
    },
  })
  const { joined } = await joinedWorld({
    'pstree.img': ['PSTREE', { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }],
    'core-1.img': core('x', 6),
    'files.img': [
      'FILES',
      inet(1, { state: 10, backlog: 5 }) as never,
      inet(2, { dst_port: 443, dst_addr: [0x04030201] }) as never,
      inet(3, {
        family: 10,
        src_addr: [0, 0, 0xffff0000, 0x0100007f],
        dst_addr: [0, 0, 0, 0],
        proto: 17,
        type: 2,
        state: 7,
      }) as never,
      unix(4, { peer: 0x105 }) as never,
      unix(5, { peer: 0x104, name: Uint8Array.of(0, 97, 0, 98, 255) }) as never,
      unix(6, {
        state: 10,
        backlog: 9,
        name: encodeText('/run/s\0'),
        file_perms: { mode: 0o140755, uid: 33, gid: 33 },
      }) as never,
      {
        type: 'NETLINKSK',
        id: 7,
        nlsk: {
          id: 7,
          ino: 7,
          protocol: 0,
          state: 7,
          flags: 0,
          portid: 1,
          groups: [5],
          dst_portid: 0,
          dst_group: 0,
          fown,
          opts,
        },
      },
    ],
    'tcp-stream-102.img': [
      'TCP_STREAM',
      { inq_len: 2, inq_seq: 0, outq_len: 1, outq_seq: 0, opt_mask: 0, snd_wscale: 0, $extra: Uint8Array.of(1, 2, 3) },
    ],
    'sk-queues.img': ['SK_QUEUES', { id_for: 4, length: 3, $extra: Uint8Array.of(1, 2, 3) }],
  })
  const sockets = there(joined.sockets)
  expect(sockets[0]).toMatchObject({
    protocol: 'TCP',
    state: 'LISTEN',
    local: { address: '127.0.0.1', port: 80 },
    remote: { absent: 'not-applicable' },
    backlog: 5,
  })
  expect(sockets[1]).toMatchObject({
    state: 'ESTABLISHED',
    remote: { address: '1.2.3.4', port: 443 },
    receiveQueue: { bytes: 2 },
    sendQueue: { bytes: 1 },
  })
  expect(sockets[1]?.options).toContainEqual({ name: 'SO_REUSEADDR', value: 'on' })
  expect(sockets[2]).toMatchObject({
    family: 'inet6',
    protocol: 'UDP',
    state: 'UNCONN',
    local: { address: '::ffff:127.0.0.1' },
    receiveQueue: { absent: 'not-recorded' },
  })
  expect(sockets[3]).toMatchObject({ family: 'unix', peer: 5, receiveQueue: { bytes: 3 } })
  expect(sockets[4]).toMatchObject({ peer: 4, local: { address: '@a\0b\udcff' }, receiveQueue: { bytes: 0 } })
  expect(sockets[5]).toMatchObject({ state: 'LISTEN', local: { address: '/run/s' }, uid: 33, backlog: 9 })
  expect(sockets[6]).toMatchObject({
    protocol: 'NETLINK_ROUTE',
    options: expect.arrayContaining([{ name: 'groups', value: '1, 3' }]) as unknown,
  })
})

test('an incomplete process tree says where its image stops, and has no place when there is no image', async () => {
  const place = async (tree: Uint8Array | undefined) => {
    const world: World = { ...oneProcess('init\0--x\0', 9), 'core-7.img': core('unlisted') }
    const entries = Object.entries(world).filter(([name]) => name !== 'pstree.img')
    const { evidence } = await joinedWorld(Object.fromEntries(tree ? [...entries, ['pstree.img', tree]] : entries))
    return evidence.diagnostics.find(({ code }) => code === 'pstree-incomplete')
  }
  const whole = image('PSTREE', [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }])
  const cut = await place(whole.subarray(0, -2))
  expect(cut?.subject).toMatchObject({ kind: 'member' })
  expect(cut?.origin?.offset).toBeGreaterThan(0)
  const unreadable = await place(Uint8Array.of(1, 2, 3))
  expect(unreadable?.origin).toMatchObject({ offset: 0 })
  const missing = await place(undefined)
  expect(missing?.message).toContain('missing')
  expect(missing?.origin).toBeUndefined()
})

test('without a whole pstree.img no image is called a leftover', async () => {
  const world: World = { ...oneProcess('init\0', 5), 'core-7.img': core('thread'), 'mm-9.img': mm(5) }
  const stale = async (given: World): Promise<number> => (await joinedWorld(given)).joined.staleMembers.size
  expect(await stale(world)).toBe(2)
  const { 'pstree.img': tree, ...rest } = world
  expect(await stale(rest)).toBe(0)
  const [type, ...records] = tree as readonly [string, ...RecordInit[]]
  expect(await stale({ ...rest, 'pstree.img': image(type, records).subarray(0, -2) })).toBe(0)
})

test('mappings that end before they begin, and threads without image, are noted where they stand', async () => {
  const world = oneProcess('init\0', 5)
  const vma = { start: 0x2000n, end: 0x1000n, pgoff: 0n, shmid: 0n, prot: 3, flags: 0x22, status: 0x201, fd: -1n }
  const { evidence, joined } = await joinedWorld({
    ...world,
    'pstree.img': ['PSTREE', { pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1, 2, 3] }],
    'core-3.img': core('worker', 1, { thread_core: { creds, comm: 'worker' } }),
    'mm-1.img': mm(5, 0, { vmas: [vma] }),
  })
  const member = evidence.members.find(({ name }) => name.endsWith('mm-1.img'))?.index
  const noted = evidence.diagnostics.filter(({ code }) => code !== 'missing-field')
  expect(noted.find(({ code }) => code === 'mapping-inverted')?.origin?.member).toBe(member)
  expect(noted.find(({ code }) => code === 'thread-core-missing')?.message).toContain('1 of 2')
  const { threads } = await readProcessDetail(evidence, joined, 1)
  expect(threads.map(({ name }) => (isAbsent(name) ? name.absent : name))).toEqual(['init', 'not-in-archive', 'worker'])
})

test('of an impossible pagemap entry nothing is counted', async () => {
  const { evidence, joined } = await joinedWorld({
    ...oneProcess('init\0', 5),
    'pagemap-1.img': [
      'PAGEMAP',
      { pages_id: 1 },
      { vaddr: 0x1000n, nr_pages: 1n, compat_nr_pages: 0, flags: 4 },
      { vaddr: 0x10000n, nr_pages: 1n << 62n, compat_nr_pages: 0, flags: 4 },
    ],
  })
  expect(there(joined.processes)[0]?.memory).toMatchObject({
    why: expect.stringContaining(`${PAGE} bytes are stored`) as string,
  })
  expect(there(joined.memory).checks[0]).toMatchObject({ presentPages: 1, ok: true })
  expect(evidence.diagnostics.map(({ code }) => code)).toContain('length-out-of-bounds')
})

test('an image with more entries than are kept in memory is still checked to its end', async () => {
  const entries = Array.from({ length: 900_000 }, (_, i) => ({ vaddr: BigInt(i * 8192), compat_nr_pages: 1, flags: 4 }))
  const evidence = evidenceOf({ 'checkpoint/pagemap-1.img': image('PAGEMAP', [{ pages_id: 1 }, ...entries]) })
  const [member] = evidence.members
  if (!member) throw new Error('no member')
  await evidence.check(member)
  expect(evidence.outcomes.get(0)).toMatchObject({ records: 900_001, complete: true })
  expect(evidence.diagnostics).toEqual([])
})

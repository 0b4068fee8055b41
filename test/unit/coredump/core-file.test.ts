import { describe, expect, test } from 'vitest'
import { bytesSource } from '../../../src/archive/byte-sources.ts'
import { planCore } from '../../../src/coredump/core-file.ts'
import type { CoreInput } from '../../../src/coredump/core-input.ts'
import { readCoreInput } from '../../../src/ingest/join/core-input.ts'
import { gap } from '../../../src/memory/gap.ts'
import { plainPages } from '../../../src/memory/pages-image.ts'
import { VMA } from '../../../src/memory/vma-status.ts'
import { collect, parseCore, type ParsedCore } from '../../builders/elf-core.ts'
import { minimal, type RecordInit } from '../../builders/image.ts'
import { joinedWorld, type World } from '../../builders/joined.ts'

const PAGE = 4096
const registers = { thread_info: { ...minimal('thread_info_x86'), gpregs: minimal('user_x86_regs_entry') } }
const tc = { ...minimal('task_core_entry'), task_state: 1, comm: 'prog' }
const thread = minimal('thread_core_entry')
const pages = plainPages(bytesSource(new Uint8Array(PAGE)), 0)

function siginfo(number: number): RecordInit {
  return { siginfo: Uint8Array.from({ length: 128 }, (_, i) => (i === 0 ? number : i < 4 ? 0 : i)) }
}

function vma(start: number, pages: number, more: RecordInit = {}): RecordInit {
  const place = { start: BigInt(start), end: BigInt(start + pages * PAGE) }
  return { ...minimal('vma_entry'), ...place, prot: 3, flags: 0x22, status: VMA.regular | VMA.anonPrivate, ...more }
}

function page(fill: number): Uint8Array {
  return new Uint8Array(PAGE).fill(fill)
}

/** A process of two threads: a heap of pages 0, 1, 3 of 64, a file mapping whose second page was changed. */
function world(over: World = {}): World {
  const text = Buffer.from('prog\0-x\0' + 'y'.repeat(200) + '\0')
  const heap = page(0x11)
  heap.set(text)
  return {
    'pstree.img': ['PSTREE', { pid: 7, ppid: 3, pgid: 5, sid: 4, threads: [9, 7] }],
    'core-7.img': [
      'CORE',
      {
        mtype: 1,
        tc: { ...tc, flags: 0x400, blk_sigset: 2n, signals_s: { signals: [siginfo(15)] } },
        thread_core: {
          ...thread,
          blk_sigset: 0x80n,
          sched_nice: -5,
          creds: { ...minimal('creds_entry'), uid: 33, gid: 44 },
        },
        ...registers,
      },
    ],
    'core-9.img': [
      'CORE',
      {
        mtype: 1,
        thread_core: { ...thread, blk_sigset: 1n, signals_p: { signals: [siginfo(10), siginfo(34)] } },
        ...registers,
      },
    ],
    'mm-7.img': [
      'MM',
      {
        ...minimal('mm_entry'),
        ...{ mm_arg_start: 0x10000n, mm_arg_end: BigInt(0x10000 + text.length) },
        mm_saved_auxv: [33n, 0x7000n, 6n, 4096n, 0n, 0n, 99n, 99n],
        vmas: [
          vma(0x10000, 64),
          vma(0x400000, 3, { status: VMA.regular | VMA.filePrivate, shmid: 5n, pgoff: 8192n, prot: 5 }),
          vma(0x500000, 1, { status: VMA.regular | VMA.filePrivate, shmid: 99n }),
          vma(0x600000, 1, { status: VMA.regular | VMA.vvar, prot: 1 }),
        ],
      },
    ],
    'files.img': ['FILES', { type: 1, id: 5, reg: { ...minimal('reg_file_entry'), id: 5, name: '/bin/prog' } }],
    'pagemap-7.img': [
      'PAGEMAP',
      { pages_id: 1 },
      { vaddr: 0x10000n, compat_nr_pages: 2, flags: 4 },
      { vaddr: 0x13000n, compat_nr_pages: 1, flags: 4 },
      { vaddr: 0x401000n, compat_nr_pages: 1, flags: 4 },
    ],
    'pages-1.img': Uint8Array.from([...heap, ...page(0x22), ...page(0x33), ...page(0x44)]),
    ...over,
  }
}

async function input(over?: World, pid = 7): Promise<CoreInput> {
  const { evidence, joined } = await joinedWorld(world(over))
  return readCoreInput(evidence, joined, pid)
}

async function written(core: CoreInput): Promise<ParsedCore> {
  const file = planCore(core)
  const bytes = await collect(file.pieces())
  expect(bytes.length).toBe(file.size)
  return parseCore(bytes)
}

function view(body: Uint8Array | undefined): DataView {
  if (!body) throw new Error('no such note')
  return new DataView(body.buffer, body.byteOffset, body.byteLength)
}

const notesOf = (core: ParsedCore, type: number): DataView[] =>
  core.notes.filter((note) => note.type === type).map(({ body }) => view(body))

function textAt(data: DataView, at: number, length: number): string {
  return Buffer.from(data.buffer, data.byteOffset + at, length).toString('latin1')
}

describe('notes', () => {
  test('threads: leader first, each with its own ids, masks and waiting signals', async () => {
    const core = await written(await input())
    const status = notesOf(core, 1)
    expect(status.map((one) => one.getInt32(32, true))).toEqual([7, 9])
    expect(status.map((one) => [36, 40, 44].map((at) => one.getInt32(at, true)))).toEqual([
      [3, 5, 4],
      [3, 5, 4],
    ])
    expect(status.map((one) => one.getBigUint64(24, true))).toEqual([0x80n, 1n])
    expect(status.map((one) => one.getBigUint64(16, true))).toEqual([0n, (1n << 9n) | (1n << 33n)])
    expect(status.map((one) => one.getInt16(12, true))).toEqual([0, 0])
    expect(core.notes.map(({ type }) => type)).toEqual([1, 3, 6, 0x46494c45, 0x53494749, 1, 0x53494749])
    expect(notesOf(core, 0x53494749).map((one) => one.getInt32(0, true))).toEqual([15, 10])
  })

  test('the process: name, state, ids, and 79 bytes of its arguments with spaces between them', async () => {
    const [info] = notesOf(await written(await input()), 3)
    if (!info) throw new Error('no NT_PRPSINFO')
    expect([info.getUint8(0), textAt(info, 1, 1), info.getUint8(2), info.getInt8(3)]).toEqual([0, 'R', 0, -5])
    expect(info.getBigUint64(8, true)).toBe(0x400n)
    expect([16, 20, 24, 28, 32, 36].map((at) => info.getInt32(at, true))).toEqual([33, 44, 7, 3, 5, 4])
    expect(textAt(info, 40, 16)).toBe('prog'.padEnd(16, '\0'))
    expect(textAt(info, 56, 80)).toBe('prog -x ' + 'y'.repeat(71) + '\0')
  })

  test('ids that are not known are not zero, which would say root', async () => {
    const core = await input()
    const lost = { ppid: undefined, pgid: undefined, sid: undefined, uid: undefined, gid: undefined }
    const parsed = await written({ ...core, ...lost })
    const [info] = notesOf(parsed, 3)
    expect([16, 20, 24, 28, 32, 36].map((at) => info?.getInt32(at, true))).toEqual([-1, -1, 7, -1, -1, -1])
    expect([36, 40, 44].map((at) => notesOf(parsed, 1)[0]?.getInt32(at, true))).toEqual([-1, -1, -1])
  })

  test('a stopped process has the signal that stopped it', async () => {
    const stopped = { mtype: 1, tc: { ...tc, task_state: 3, stop_signo: 19 }, thread_core: thread, ...registers }
    const core = await written(await input({ 'core-7.img': ['CORE', stopped] }))
    expect(notesOf(core, 1)[0]?.getInt16(12, true)).toBe(19)
    expect(textAt(notesOf(core, 3)[0] ?? view(undefined), 0, 2)).toBe('\u0003T')
  })

  test('the auxiliary vector is taken pair by pair and ends with AT_NULL', async () => {
    const [auxv] = notesOf(await written(await input()), 6)
    const words = Array.from({ length: (auxv?.byteLength ?? 0) / 8 }, (_, i) => auxv?.getBigUint64(8 * i, true))
    expect(words).toEqual([33n, 0x7000n, 6n, 4096n, 0n, 0n])
  })

  test('mapped files: addresses, offsets in pages, names', async () => {
    const [files] = notesOf(await written(await input()), 0x46494c45)
    if (!files) throw new Error('no NT_FILE')
    const words = [0, 8, 16, 24, 32].map((at) => files.getBigUint64(at, true))
    expect(words).toEqual([1n, 4096n, 0x400000n, 0x403000n, 2n])
    expect(textAt(files, 40, files.byteLength - 40)).toBe('/bin/prog\0')
  })

  test('a name that holds NUL cannot shift the names after it', async () => {
    const core = await input()
    const mappings = core.mappings.map((mapping) => ({ ...mapping, path: mapping.path && '/bin/a\0/etc/b' }))
    const [files] = notesOf(await written({ ...core, mappings }), 0x46494c45)
    expect(textAt(files ?? view(undefined), 40, 16)).toBe('/bin/a\u00ef\u00bf\u00bd/etc/b\0')
  })

  test('a thread without a core image is left out and named', async () => {
    const rest = Object.fromEntries(Object.entries(world()).filter(([name]) => name !== 'core-9.img'))
    const { evidence, joined } = await joinedWorld(rest)
    const file = planCore(await readCoreInput(evidence, joined, 7))
    expect([file.threads, file.lostThreads]).toEqual([[7], [9]])
  })
})

describe('segments', () => {
  test('stored pages, untouched ones, changed pages of files; nothing of what is not known', async () => {
    const file = planCore(await input())
    const core = parseCore(await collect(file.pieces()))
    const shape = core.loads.map(({ address, fileSize, memorySize, flags }) => [address, fileSize, memorySize, flags])
    expect(shape).toEqual([
      [0x10000n, 4 * PAGE, BigInt(64 * PAGE), 6],
      [0x401000n, PAGE, BigInt(PAGE), 5],
    ])
    expect([0x10000, 0x11000, 0x12000, 0x13fff, 0x14000, 0x4f000].map((at) => core.byteAt(BigInt(at)))).toEqual([
      0x70, 0x22, 0, 0x33, 0, 0,
    ])
    expect([0x400000, 0x402000, 0x500000, 0x600000].map((at) => core.byteAt(BigInt(at)))).toEqual(
      Array.from({ length: 4 }, () => undefined),
    )
    expect(core.byteAt(0x401000n)).toBe(0x44)
    const { stored, zero, files, missing } = file.coverage
    expect([stored, zero, files].map((bytes) => Number(bytes) / PAGE)).toEqual([4, 61, 2])
    expect([...missing].map(([kind, { bytes }]) => [kind, Number(bytes) / PAGE])).toEqual([
      ['file', 1],
      ['kernel', 1],
    ])
    for (const { offset, address, align } of core.loads) expect((BigInt(offset) - address) % BigInt(align)).toBe(0n)
  })

  test('pages that the pages image lacks are no zeros', async () => {
    const file = planCore(await input({ 'pages-1.img': Uint8Array.from([...page(1), ...page(2)]) }))
    const core = parseCore(await collect(file.pieces()))
    expect([core.byteAt(0x11000n), core.byteAt(0x13000n), core.byteAt(0x401000n)]).toEqual([2, undefined, undefined])
    expect(file.coverage.missing.get('truncated')?.bytes).toBe(BigInt(2 * PAGE))
  })

  test('nor are pages in a parent that is not opened, and lazy ones', async () => {
    const core = await written(
      await input({
        'pagemap-7.img': [
          'PAGEMAP',
          { pages_id: 1 },
          { vaddr: 0x10000n, compat_nr_pages: 1, flags: 4 },
          { vaddr: 0x11000n, compat_nr_pages: 1, flags: 1 },
          { vaddr: 0x12000n, compat_nr_pages: 1, flags: 2 },
        ],
        'pages-1.img': page(9),
      }),
    )
    const bytes = [0x10000, 0x11000, 0x12000, 0x13000].map((at) => core.byteAt(BigInt(at)))
    expect(bytes).toEqual([9, undefined, undefined, 0])
  })

  test('overlapping mappings of damaged images give each address once', async () => {
    const mm = { ...minimal('mm_entry'), vmas: [vma(0x10000, 4), vma(0x11000, 4), vma(0x10000, 1)] }
    const core = await written(await input({ 'mm-7.img': ['MM', mm] }))
    const ends = core.loads.map(({ address, memorySize }) => address + memorySize)
    expect(core.loads.slice(1).every(({ address }, i) => address >= (ends[i] ?? 0n))).toBe(true)
    expect(core.byteAt(0x14000n)).toBe(0)
  })

  test('more segments than a header can count', async () => {
    const core = await input()
    const extents = function* (address: bigint, length: bigint) {
      for (let at = 0n; at < length; at += 0x2000n) {
        yield { address: address + at, length: 0x1000n, image: pages, offset: 0, level: 0 } as const
        yield { address: address + at + 0x1000n, length: 0x1000n, gap: gap('lazy') } as const
      }
    }
    const read = (address: bigint, length: number) =>
      Promise.resolve([
        { address, bytes: new Uint8Array(length), origin: { member: 0, offset: 0, length }, image: pages, level: 0 },
      ])
    const large = {
      start: 0x10000n,
      end: 0x10000n + 0x2000n * 70_000n,
      prot: 1,
      status: 0,
      offset: 0n,
      path: undefined,
    }
    const file = planCore({ ...core, mappings: [large], space: { extents, read } })
    const first = await file.pieces().next()
    expect(parseCore(first.value ?? new Uint8Array()).loads.length).toBe(70_000)
  })
})

describe('refusals', () => {
  const zombie = { mtype: 1, tc: { ...tc, task_state: 2, exit_code: 256 } }

  test('a zombie', async () => {
    await expect(input({ 'core-7.img': ['CORE', zombie] })).rejects.toThrow('Process 7 is a zombie: it has ended')
  })

  test('a process that is not there, and one without a core image', async () => {
    await expect(input({}, 8)).rejects.toThrow('no process 8')
    await expect(input({ 'core-7.img': new Uint8Array(3) })).rejects.toThrow('core image of process 7 cannot be read')
  })

  test('memory that changes while it is written is an error, not zeros', async () => {
    const core = await input()
    const read = (address: bigint, length: number) => Promise.resolve([{ address, length, gap: gap('truncated') }])
    const file = planCore({ ...core, space: { extents: (from, length) => core.space.extents(from, length), read } })
    await expect(collect(file.pieces())).rejects.toThrow('cannot be read')
  })

  test('a shared object mapped over and over ends at a limit', async () => {
    const core = await input()
    const zero = gap('object-untouched')
    const extents = function* (address: bigint) {
      for (let i = 0n; i < 1_000_000n; i++) yield { address: address + i, length: 1n, gap: zero } as const
    }
    const one = { prot: 1, status: 0, offset: 0n, path: undefined }
    const starts = Array.from({ length: 40 }, (_, i) => BigInt(i) * 1_000_000n)
    const mappings = starts.map((start) => ({ start, end: start + 1_000_000n, ...one }))
    expect(() => planCore({ ...core, mappings, space: { extents, read: core.space.read } })).toThrow('runs of pages')
  })

  test('a 32-bit file ends at 4 GiB', async () => {
    const core = await input()
    const [leader] = core.threads
    const gpregs = leader?.core.thread_info?.gpregs
    if (!leader || !gpregs) throw new Error('no registers')
    Object.assign(gpregs, { mode: 2 })
    const extents = function* (address: bigint, length: bigint) {
      yield { address, length, image: pages, offset: 0, level: 0 } as const
    }
    const whole = { start: 0n, end: 1n << 33n, prot: 1, status: 0, offset: 0n, path: undefined }
    const space = { extents, read: core.space.read }
    expect(() => planCore({ ...core, mappings: [whole], space })).toThrow('4294967295')
  })
})

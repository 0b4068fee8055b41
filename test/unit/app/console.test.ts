import { describe, expect, test } from 'vitest'
import { createConsole, type ConsoleSession } from '../../../src/app/console.ts'
import { stringListOf } from '../../builders/string-list.ts'
import type { InputFile } from '../../../src/archive/member.ts'
import type { CoreDump } from '../../../workers/contract.ts'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import type { MappingRow, MemoryLayout } from '../../../src/model/memory.ts'
import type { SearchScope } from '../../../src/model/search.ts'

/** What was searched. */
const scopes: SearchScope[] = []

/** The parts of a checkpoint that the console reads. */
function checkpoint(id: string, paths: readonly string[] = []): Checkpoint {
  const members = paths.map((path, index) => ({
    index,
    path,
    name: path.replace(/^\.\//, ''),
    size: 10 + index,
    kind: path.endsWith('.img') ? 'criu-image' : 'unknown',
    type: 'file',
    image: path.endsWith('pstree.img') ? 'PSTREE' : undefined,
  }))
  const diagnostics = [
    { severity: 'error', code: 'truncated', message: 'cut', origin: { member: 0, record: 2, offset: 8, length: 4 } },
    { severity: 'info', code: 'note', message: 'whole archive' },
    {
      severity: 'error',
      code: 'tar-bad-checksum',
      message: 'header',
      subject: { kind: 'member', index: 0 },
      archiveOffset: 512,
    },
  ]
  return {
    id,
    name: `pod / ${id}`,
    state: 'ready',
    archive: { label: `${id}.tar`, size: 1024 },
    members,
    diagnostics,
  } as unknown as Checkpoint
}

interface Fake extends ConsoleSession {
  readonly opened: InputFile[][]
  readonly closed: string[]
  readonly decoded: unknown[][]
  readonly reads: unknown[][]
}

function fakeSession(checkpoints: Checkpoint[] = []): Fake {
  const failures: { key: number; label: string; code: string; message: string; advice: string }[] = [
    { key: 1, label: 'earlier', code: 'empty', message: 'nothing in it', advice: 'choose another' },
  ]
  const [opened, closed, decoded]: [InputFile[][], string[], unknown[][]] = [[], [], []]
  const reads: unknown[][] = []
  return {
    opened,
    closed,
    decoded,
    reads,
    checkpoints,
    failures,
    open: (files) => {
      opened.push([...files])
      checkpoints.push(checkpoint('c9'))
      failures.push({ key: 2, label: 'bad', code: 'not-a-checkpoint', message: 'a picture', advice: 'drop a tar' })
      return Promise.resolve(['c9'])
    },
    close: (id) => {
      closed.push(id)
      return Promise.resolve()
    },
    client: Promise.resolve({
      readMemory: (_id, space, address, length) => {
        reads.push([space, address, length])
        const origin = { member: 0, offset: 0, length: 2 }
        const stored = { origin, level: 0, compressed: false, checkpoint: undefined }
        return Promise.resolve([
          { address, bytes: Uint8Array.of(0, 0xfe), ...stored },
          { address: address + 2n, length: length - 2, kind: 'lazy', why: 'elsewhere' },
        ])
      },
      coreBlob: (id, pid) => Promise.resolve({ core: {} as CoreDump, blob: new Blob([`${id} ${pid}`]) }),
      memoryLayout: (_id, space) => {
        const vma = { start: 0x1000n, end: 0x2000n } as MappingRow['vma']
        const mappings: MappingRow[] = [{ vma, kinds: [], stored: 0n, guard: false }]
        return Promise.resolve({ space, mappings } as unknown as MemoryLayout)
      },
      searchMemory: (_id, { term, limit, scope }, onEvent) => {
        scopes.push(scope)
        if (term.kind === 'regex')
          onEvent({ kind: 'refused', errors: [{ line: undefined, at: 2, message: 'a bracket is open' }] })
        else {
          onEvent({ kind: 'started', patterns: ['sh'], total: 4096 })
          const mapping = { start: 0x1000n, end: 0x2000n, name: '[heap]', permissions: 'rw-p' }
          const place = { pid: 1, shmid: undefined, address: 0x1010n, mapping }
          const context = Uint8Array.of(0, 115, 104, 0xff)
          const hit = { ...place, pattern: 0, length: 2, form: 'utf-8', cut: false, context, before: 1 } as const
          onEvent({ kind: 'hits', hits: [hit] })
          onEvent({
            kind: 'done',
            summary: { found: 7, kept: 1, bytes: 4096, complete: true, notes: [`limit ${limit ?? 0}`] },
          })
        }
        return Promise.resolve()
      },
      findStrings: (_id, query, onEvent) => {
        const place = { pid: undefined, shmid: 3, address: 16n, mapping: undefined }
        const { minLength } = query
        onEvent({ kind: 'strings', strings: stringListOf([{ ...place, text: 'PATH', encoding: 'ascii', count: 2 }]) })
        onEvent({
          kind: 'done',
          summary: { found: 1, kept: 1, bytes: 4096, complete: false, notes: [`least ${minLength}`] },
        })
        return Promise.resolve()
      },
      list: (ids) => Promise.resolve(ids.map((id) => ({ id }))),
      inspect: (id) => Promise.resolve([{ id }]),
      memparse: () => Promise.resolve([]),
      decodeMember: (...request: [string, number, boolean]) => {
        decoded.push(request)
        return Promise.resolve(new Blob(['{"magic":"PSTREE","big":18446744073709551615}']))
      },
    }),
  }
}

describe('console', () => {
  test('checkpoints: id, name, state and what was dropped, as JSON can hold it', async () => {
    const all = await createConsole(fakeSession([checkpoint('c1')])).checkpoints()
    expect(all).toEqual([{ id: 'c1', name: 'pod / c1', state: 'ready', label: 'c1.tar', size: 1024 }])
    expect(JSON.parse(JSON.stringify(all))).toEqual(all)
  })

  test('open: takes one file, several, or files with paths, and gives only what this call brought', async () => {
    const session = fakeSession([checkpoint('c1')])
    const { open } = createConsole(session)
    const [a, b] = [new File(['a'], 'a.tar'), new File(['b'], 'b.tar')]
    const result = await open(a)
    expect(result.checkpoints.map(({ id }) => id)).toEqual(['c9'])
    expect(result.failures).toEqual([
      { label: 'bad', code: 'not-a-checkpoint', message: 'a picture', advice: 'drop a tar' },
    ])
    await open([a, { file: b, path: 'folder/b.img' }])
    expect(session.opened.map((files) => files.map(({ path }) => path))).toEqual([['a.tar'], ['a.tar', 'folder/b.img']])
  })

  test('members: path, size and kind of each, null for members that are no CRIU image', async () => {
    const { members } = createConsole(fakeSession([checkpoint('c1', ['./checkpoint/pstree.img', 'readme'])]))
    expect(await members('c1')).toEqual([
      {
        index: 0,
        path: './checkpoint/pstree.img',
        storedIn: null,
        size: 10,
        kind: 'criu-image',
        type: 'file',
        image: 'PSTREE',
      },
      { index: 1, path: 'readme', storedIn: null, size: 11, kind: 'unknown', type: 'file', image: null },
    ])
  })

  test('decode: finds a member by path, by name or by index, the last of several, and gives exact text', async () => {
    const session = fakeSession([checkpoint('c1', ['./a.img', 'b.img', './a.img'])])
    const { decode } = createConsole(session)
    expect(await decode('c1', './a.img')).toContain('18446744073709551615')
    await decode('c1', 'a.img', { pretty: true })
    await decode('c1', 0)
    expect(session.decoded).toEqual([
      ['c1', 2, false],
      ['c1', 2, true],
      ['c1', 0, false],
    ])
    await expect(decode('c1', 'c.img')).rejects.toThrow('no member "c.img"')
    await expect(decode('c1', 3)).rejects.toThrow('no member 3')
  })

  test('diagnostics: what and where, null where it concerns no bytes', async () => {
    const { diagnostics } = createConsole(fakeSession([checkpoint('c1', ['cut.img'])]))
    expect(await diagnostics('c1')).toEqual([
      {
        severity: 'error',
        code: 'truncated',
        message: 'cut',
        member: 'cut.img',
        record: 2,
        offset: 8,
        length: 4,
        archiveOffset: null,
      },
      {
        severity: 'info',
        code: 'note',
        message: 'whole archive',
        member: null,
        record: null,
        offset: null,
        length: null,
        archiveOffset: null,
      },
      {
        severity: 'error',
        code: 'tar-bad-checksum',
        message: 'header',
        member: 'cut.img',
        record: null,
        offset: null,
        length: null,
        archiveOffset: 512,
      },
    ])
  })

  test('search: hits with their place as JSON can hold it, and how many there are in all', async () => {
    const { search } = createConsole(fakeSession([checkpoint('c1')]))
    expect(await search({ id: 'c1', text: 'sh', limit: 1 })).toEqual({
      hits: [
        {
          pid: 1,
          shmid: null,
          address: '0x1010',
          length: 2,
          text: 'sh',
          vma: { start: '0x1000', name: '[heap]', protection: 'rw-p' },
          pattern: 'sh',
        },
      ],
      total: 7,
      complete: true,
      notes: ['limit 1'],
    })
    await expect(search({ id: 'c1', regex: 'a(' })).rejects.toThrow('character 3: a bracket is open')
    await expect(search({ id: 'c1' })).rejects.toThrow('exactly one of')
    await expect(search({ id: 'c1', text: 'a', hex: '00' })).rejects.toThrow('exactly one of')
  })

  test('search and strings: what is mistyped is refused', async () => {
    const { search, strings } = createConsole(fakeSession([checkpoint('c1')]))
    const given = (options: object): Parameters<typeof search>[0] & Parameters<typeof strings>[0] => ({
      id: 'c1',
      ...options,
    })
    await expect(search(given({ txt: 'sh' }))).rejects.toThrow('search has no option txt: there are id, pid, vma')
    await expect(search(given({ text: 5 }))).rejects.toThrow('text is a text')
    await expect(search(given({ text: 'sh', limit: -1 }))).rejects.toThrow('limit is a whole number from 0 on')
    await expect(search(given({ text: 'sh', pid: '1' }))).rejects.toThrow('pid is a whole number')
    await expect(strings(given({ minLength: 0 }))).rejects.toThrow('minLength is a whole number from 1 to 1000')
    await expect(strings(given({ encodings: [] }))).rejects.toThrow('encodings is a list of some of ascii, utf-8')
    await expect(search(given({ text: 'sh', toString: 1 }))).rejects.toThrow('has no option toString')
    expect((await search(given({ text: 'sh', limit: Infinity, pid: undefined }))).total).toBe(7)
  })

  test('search: one mapping or range of a process', async () => {
    const { search } = createConsole(fakeSession([checkpoint('c1')]))
    scopes.length = 0
    await search({ id: 'c1', text: 'sh', pid: 1, vma: '0x1fff' })
    await search({ id: 'c1', text: 'sh', pid: 1, range: { address: '1000', length: 16 } })
    expect(scopes).toEqual([
      { where: 1, range: { from: 0x1000n, below: 0x2000n } },
      { where: 1, range: { from: 0x1000n, below: 0x1010n } },
    ])
    await expect(search({ id: 'c1', text: 'sh', pid: 1, vma: 0x2000 })).rejects.toThrow('no mapping of process 1')
    await expect(search({ id: 'c1', text: 'sh', vma: 0x1000 })).rejects.toThrow('pid is needed')
    await expect(search({ id: 'c1', text: 'sh', pid: 1, range: { address: 0, length: 0 } })).rejects.toThrow('length')
  })

  test('strings: distinct ones with the place of the first', async () => {
    const { strings } = createConsole(fakeSession([checkpoint('c1')]))
    expect(await strings({ id: 'c1', minLength: 4 })).toEqual({
      strings: [{ text: 'PATH', encoding: 'ascii', count: 2, pid: null, shmid: 3, address: '0x10', vma: null }],
      total: 1,
      complete: false,
      notes: ['least 4'],
    })
  })

  test('an id that is not open rejects, never throws', async () => {
    const { members, inspect, memparse, close, diagnostics, decode, search } = createConsole(fakeSession())
    for (const ask of [
      members,
      inspect,
      memparse,
      close,
      diagnostics,
      (id: string) => decode(id, 0),
      (id: string) => search({ id, text: 'a' }),
    ])
      await expect(ask('c7')).rejects.toThrow('no checkpoint "c7" is open')
  })

  test('list and close go to the session', async () => {
    const session = fakeSession([checkpoint('c1'), checkpoint('c2')])
    const { list, close } = createConsole(session)
    expect(await list()).toEqual([{ id: 'c1' }, { id: 'c2' }])
    await close('c2')
    expect(session.closed).toEqual(['c2'])
  })
})

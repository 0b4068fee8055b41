import { describe, expect, test } from 'vitest'
import { limits } from '../../../src/base/limits.ts'
import { absent } from '../../../src/model/absent.ts'
import type { Checkpoint } from '../../../src/model/checkpoint.ts'
import type { Descriptor, Socket } from '../../../src/model/files.ts'
import type { Process } from '../../../src/model/process.ts'
import { countFiles, filesOf, listFiles } from '../../../src/query/files.ts'
import { firstHolders, lookup } from '../../../src/query/lookup.ts'
import { endpointText, listSockets } from '../../../src/query/sockets.ts'

const origin = { member: 0, offset: 0, length: 0 }
const none = absent('not-recorded', 'not recorded')

function process(pid: number, filesId: number | undefined): Process {
  return { pid, filesId: filesId ?? absent('not-applicable', 'a zombie has no descriptors') } as Process
}

function descriptor(filesId: number, fd: number, fileId: number): Descriptor {
  return { filesId, fd, type: 'REG', fileId, closeOnExec: false, origin }
}

function socket(id: number, family: Socket['family'], state: string, peer?: number): Socket {
  return { id, family, state, peer: peer ?? none } as Socket
}

/** A world with only what these rows are made of. */
function world(parts: Partial<Checkpoint>): Checkpoint {
  return { processes: [], descriptors: [], files: [], sockets: [], ...parts } as Checkpoint
}

describe('files', () => {
  const cp = world({
    processes: [process(1, 1), process(2, 2), process(3, 1), process(4, undefined)],
    descriptors: [descriptor(1, 5, 10), descriptor(1, 0, 10), descriptor(2, 0, 10), descriptor(2, 1, 99)],
    sockets: [socket(99, 'inet', 'LISTEN')],
  })

  test('every descriptor of every process, by number, tables shared by CLONE_FILES listed for each', () => {
    const list = listFiles(cp)
    if ('absent' in list) throw new Error('absent')
    const { rows, total } = list
    expect(total).toBe(rows.length)
    expect(rows.map((row) => [row.process.pid, row.descriptor.fd])).toEqual([
      [1, 0],
      [1, 5],
      [2, 0],
      [2, 1],
      [3, 0],
      [3, 5],
    ])
    expect(rows[0]?.tableUsers.map(({ pid }) => pid)).toEqual([1, 3])
  })

  test('an open file that several descriptors share names the others, not the same one seen twice', () => {
    const [first] = filesOf(cp, process(1, 1))
    expect(first?.sharedWith).toBe(3)
    const others = firstHolders(lookup(cp), 10, 5, first?.descriptor)
    expect(others.map((holder) => [holder.process.pid, holder.fd])).toEqual([
      [1, 5],
      [3, 5],
      [2, 0],
    ])
    expect(firstHolders(lookup(cp), 10, 2)).toHaveLength(2)
  })

  test('processes that hold thousands of files in common cost what there is of them, not its square', () => {
    const processes = Array.from({ length: 2000 }, (_, i) => process(i + 1, i + 1))
    const descriptors = processes.flatMap(({ pid }) => Array.from({ length: 100 }, (_, fd) => descriptor(pid, fd, fd)))
    const list = listFiles(world({ processes, descriptors }))
    if ('absent' in list) throw new Error('absent')
    expect(list.total).toBe(200_000)
    expect(list.rows.every(({ sharedWith }) => sharedWith === 1999)).toBe(true)
  })

  test('rows beyond the limit are counted', () => {
    const descriptors = Array.from({ length: 1000 }, (_, fd) => descriptor(1, fd, fd))
    const list = listFiles(world({ processes: Array.from({ length: 1100 }, (_, i) => process(i + 1, 1)), descriptors }))
    if ('absent' in list) throw new Error('absent')
    expect([list.rows.length, list.total]).toEqual([limits.fileRows, 1_100_000])
  })

  test('counts, and the reason where there is no table', () => {
    expect(countFiles(cp, process(2, 2))).toEqual({ files: 2, sockets: 1 })
    expect(countFiles(cp, process(4, undefined))).toMatchObject({ absent: 'not-applicable' })
    expect(countFiles(cp, process(5, 77))).toMatchObject({ absent: 'unreadable' })
  })
})

describe('sockets', () => {
  test('listeners first, then connections, peers paired both ways', () => {
    const cp = world({
      processes: [process(1, 1)],
      descriptors: [descriptor(1, 3, 2)],
      sockets: [
        socket(1, 'netlink', 'CLOSE'),
        socket(2, 'unix', 'ESTABLISHED', 3),
        socket(3, 'unix', 'ESTABLISHED', 2),
        socket(4, 'unix', 'LISTEN'),
        socket(5, 'inet', 'LISTEN'),
      ],
    })
    const rows = listSockets(cp)
    if ('absent' in rows) throw new Error('absent')
    expect(rows.map((row) => row.socket.id)).toEqual([5, 4, 2, 3, 1])
    expect(rows[3]?.peer?.owners.first.map(({ fd }) => fd)).toEqual([3])
    expect(rows[2]?.peer?.socket.id).toBe(3)
  })

  test('endpoints as ss writes them', () => {
    expect(endpointText({ address: '127.0.0.1', port: 80 })).toBe('127.0.0.1:80')
    expect(endpointText({ address: '::1', port: 0 })).toBe('[::1]:*')
    expect(endpointText({ address: '@abstract', port: undefined })).toBe('@abstract')
  })
})

/** Memory, environments and sockets of real checkpoints: what was planted is found where it was planted. */
import { describe, expect, test } from 'vitest'
import type { AddressSpace } from '../../src/memory/address-space.ts'
import { readProcessDetail } from '../../src/ingest/join/process-detail.ts'
import { present } from '../../src/model/absent.ts'
import type { Socket } from '../../src/model/files.ts'
import { endpointText, listSockets } from '../../src/query/sockets.ts'
import type { Checkpoint } from '../../src/model/checkpoint.ts'
import { caseText, cases, joinedCase, there } from '../builders/joined.ts'

/** Needles that live in private memory of the first process. */
const PRIVATE = ['heap', 'anon-private', 'page-boundary', 'file-cow', 'mprotect-ro', 'rwx', 'mlocked', 'dontdump']
/** Needles in shared memory that the first process maps. */
const SHARED = ['shared-anon', 'memfd', 'sysv-shm']

interface Truth {
  readonly seed: string
  readonly needles: Readonly<Record<string, string>>
  readonly sockets: readonly Readonly<Record<string, unknown>>[]
}

/** Mappings that hold a text, searched piecewise; contiguous pieces are joined. */
async function holders(space: AddressSpace, text: string): Promise<bigint[]> {
  const needle = Buffer.from(text)
  const found: bigint[] = []
  for (const mapping of space.mappings) {
    let tail = Buffer.alloc(0)
    for (const segment of await space.read(mapping.start, Number(mapping.end - mapping.start) % 2 ** 26)) {
      tail = segment.gap ? Buffer.alloc(0) : Buffer.concat([tail.subarray(-needle.length), segment.bytes])
      if (tail.includes(needle)) found.push(mapping.start)
    }
  }
  return found
}

if (cases.length === 0) test.skip('left out: there is no corpus of real checkpoints', () => undefined)

describe.each(cases.filter((name) => name.startsWith('webapp')))('%s', (name) => {
  const { truth } = JSON.parse(caseText(name, 'case.json')) as { truth: Truth }

  test.each([...PRIVATE, ...SHARED])('needle %s is read through the address space', async (needle) => {
    const { joined } = await joinedCase(name)
    const space = await joined.index.memory.process(1)
    if (!space) throw new Error('no memory')
    expect(await holders(space, truth.needles[needle] ?? 'none')).not.toEqual([])
  })

  test('a needle of a child is in a mapping where its parent has none', async () => {
    const { memory } = (await joinedCase(name)).joined.index
    const needle = truth.needles['child-anon'] ?? 'none'
    const child = there((await joinedCase(name)).joined.processes).find((process) => process.name === 'memchild')
    const [first, second] = [await memory.process(1), await memory.process(child?.pid ?? -1)]
    if (!first || !second) throw new Error('no memory')
    // The parent knows the text too: it wrote down what it had planted.
    const known = await holders(first, needle)
    expect((await holders(second, needle)).filter((start) => !known.includes(start))).not.toEqual([])
  })

  test('environments in order', async () => {
    const { evidence, joined } = await joinedCase(name)
    const items = there((await readProcessDetail(evidence, joined, 1)).environment).map((item) => item.text)
    expect(items).toContain(`DB_PASSWORD=p@ss w0rd-${truth.seed}`)
    for (const item of items) expect(item).not.toContain('\0')
  })

  test('sockets at the descriptors where they were opened', async () => {
    const { joined } = await joinedCase(name)
    const [first] = there(joined.processes)
    const byFd = new Map(
      there(joined.descriptors)
        .filter((row) => row.filesId === first?.filesId)
        .map((row) => [row.fd, row.fileId]),
    )
    const sockets = new Map(there(joined.sockets).map((socket) => [socket.id, socket]))
    const at = (fd: unknown): Socket => {
      const socket = sockets.get(byFd.get(Number(fd)) ?? -1)
      if (!socket) throw new Error(`no socket at ${String(fd)}`)
      return socket
    }
    for (const item of truth.sockets) {
      const [fds, unread] = [item['fds'] as number[] | undefined, item['unread'] as string | undefined]
      if (item['kind'] === 'tcp-listen')
        expect(at(item['fd'])).toMatchObject({
          state: 'LISTEN',
          local: { address: item['addr'], port: item['port'] },
          backlog: item['backlog'],
        })
      if (item['kind'] === 'tcp-established') {
        const [local, remote] = [item['local'], item['remote']] as (readonly unknown[])[]
        expect(at(item['fd'])).toMatchObject({
          state: 'ESTABLISHED',
          local: { address: local?.[0], port: local?.[1] },
          remote: { address: remote?.[0], port: remote?.[1] },
        })
        expect(present(at(item['fd']).receiveQueue)?.bytes).toBeGreaterThan(0)
      }
      if (item['kind'] === 'tcp-half-closed')
        expect((fds ?? []).map((fd) => at(fd).state)).toEqual(['FIN_WAIT2', 'CLOSE_WAIT'])
      if (item['kind'] === 'tcp-v4-mapped') {
        const [peer] = item['server_peer'] as [string]
        expect(at(item['fd'])).toMatchObject({ family: 'inet6', remote: { address: peer } })
      }
      if (item['kind'] === 'udp')
        expect(at(item['fd'])).toMatchObject({ protocol: 'UDP', state: 'UNCONN', local: { port: item['port'] } })
      if (item['kind'] === 'udp-connected')
        expect(at(item['fd'])).toMatchObject({ protocol: 'UDP', state: 'ESTABLISHED' })
      if (item['kind'] === 'raw') expect(at(item['fd'])).toMatchObject({ protocol: 'RAW', type: 'RAW' })
      if (item['kind'] === 'packet') expect(at(item['fd'])).toMatchObject({ family: 'packet' })
      if (item['kind'] === 'netlink') expect(at(item['fd'])).toMatchObject({ protocol: 'NETLINK_ROUTE' })
      if (item['kind'] === 'unix-stream-listen')
        expect(at(item['fd'])).toMatchObject({ state: 'LISTEN', local: { address: item['path'] } })
      if (item['kind'] === 'unix-abstract-listen')
        expect(at(item['fd'])).toMatchObject({ state: 'LISTEN', local: { address: item['name'] } })
      if (item['kind'] === 'unix-stream-established' || item['kind'] === 'unix-seqpacket-pair') {
        const [one, two] = (fds ?? []).map(at)
        expect(one?.peer).toBe(two?.id)
        expect(two?.peer).toBe(one?.id)
      }
      if (unread !== undefined && fds) {
        const needle = truth.needles[unread] ?? ''
        const bytes = fds.map((fd) => present(at(fd).receiveQueue)?.bytes ?? 0)
        expect(Math.max(...bytes)).toBeGreaterThanOrEqual(needle.length)
      }
    }
  })

  test('listeners come first and owners are named', async () => {
    const { evidence, joined } = await joinedCase(name)
    const rows = there(listSockets({ ...joined, members: evidence.members } as unknown as Checkpoint))
    const states = rows.map((row) => present(row.socket.state) === 'LISTEN')
    expect(states.lastIndexOf(true)).toBeLessThan(states.indexOf(false))
    const http = rows.find(
      (row) => endpointText(present(row.socket.local) ?? { address: '', port: 0 }) === '127.0.0.1:8080',
    )
    expect(http?.owners.count).toBeGreaterThan(0)
  })
})

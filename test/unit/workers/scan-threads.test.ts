import { expose } from 'comlink'
import { afterEach, expect, test } from 'vitest'
import type { Batch, BatchResult, ScanTask } from '../../../src/search/batch.ts'
import { scanThreads } from '../../../workers/scan-threads.ts'

const batch: Batch = { pieces: [], keep: 0, verbose: false }
const task: ScanTask = { kind: 'strings', minLength: 6, encodings: ['ascii'] }
const members = { read: () => new Uint8Array(0), own: () => undefined }

const ports: MessagePort[] = []
afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

/** Workers that only say how often they were begun and rested; `ended` counts those that were terminated. */
function fakes() {
  const log = { started: 0, ended: 0, calls: [] as string[] }
  const start = (): Worker => {
    const name = (log.started += 1)
    const { port1, port2 } = new MessageChannel()
    ports.push(port1, port2)
    const say = (what: string) => void log.calls.push(`${name} ${what}`)
    const scan = (): BatchResult => ({
      hits: [],
      bytes: new Uint8Array(0),
      found: new Float64Array(0),
      unread: name,
      unreadWhy: undefined,
    })
    expose(
      {
        begin: () => {
          say('begins')
        },
        rest: () => {
          say('rests')
        },
        scan,
      },
      port1,
    )
    return Object.assign(port2, { terminate: () => (log.ended += 1), onerror: null }) as unknown as Worker
  }
  return { log, host: scanThreads(start, 3) }
}

test('a thread whose task is done serves the next one, one that was ended does not', async () => {
  const { log, host } = fakes()
  expect(host.threads).toBe(2)
  const first = host.start(task, members, () => undefined)
  expect((await first.scan(batch)).unread).toBe(1)
  await first.rest()
  const second = host.start(task, members, () => undefined)
  const third = host.start(task, members, () => undefined)
  expect([(await second.scan(batch)).unread, (await third.scan(batch)).unread]).toEqual([1, 2])
  third.end()
  await second.rest()
  const fourth = host.start(task, members, () => undefined)
  expect((await fourth.scan(batch)).unread).toBe(1)
  expect(log).toMatchObject({ started: 2, ended: 1 })
  expect(log.calls).toEqual(['1 begins', '1 rests', '1 begins', '2 begins', '1 rests', '1 begins'])
})

test('no more threads are kept than scan at once', async () => {
  const { log, host } = fakes()
  const many = Array.from({ length: 5 }, () => host.start(task, members, () => undefined))
  for (const thread of many) {
    await thread.scan(batch)
    await thread.rest()
  }
  expect(log).toMatchObject({ started: 5, ended: 3 })
})

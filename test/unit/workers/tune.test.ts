/** What the person grants of the machine: threads that search, memory for what is unpacked. */
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { makeSpillStore } from '../../../src/archive/spill.ts'
import { scanHere, type ScanHost } from '../../../src/search/host.ts'
import { Analysis } from '../../../workers/analysis.ts'
import type { OpenEvent } from '../../../workers/contract.ts'
import { memoryMembers } from '../../builders/memory-archive.ts'
import { inputFile } from '../../builders/sources.ts'
import { tar } from '../../builders/tar.ts'

const MIB = 1024 * 1024
/** Each mapping is a piece of its own, and larger than the first batch. */
const MAPPINGS = Array.from({ length: 8 }, (_none, index) => ({ start: BigInt(1 + index * 16) * 2n ** 20n, size: MIB }))

function archive(): Uint8Array {
  const members = memoryMembers(
    MAPPINGS,
    MAPPINGS.map(({ start, size }) => ({ start, pages: size / 4096 })),
  )
  return tar(...members, { name: 'checkpoint/pages-1.img', body: new Uint8Array(MAPPINGS.length * MIB).fill(0x61) })
}

/** Scans in this thread, and counts the threads that are under way at once. */
function countingHost(threads: number): ScanHost & { readonly most: () => number } {
  let running = 0
  let most = 0
  return {
    threads,
    most: () => most,
    start(task, members, onBeat) {
      const thread = scanHere.start(task, members, onBeat)
      running += 1
      most = Math.max(most, running)
      return {
        scan: async (batch) => {
          // The others get their turn before this one is done.
          await new Promise((resolve) => setTimeout(resolve, 20))
          return thread.scan(batch)
        },
        rest() {
          running -= 1
          return Promise.resolve()
        },
        end: () => {
          running -= 1
        },
      }
    },
  }
}

async function open(analysis: Analysis, bytes: Uint8Array): Promise<OpenEvent[]> {
  const events: OpenEvent[] = []
  await analysis.open(1, [inputFile('made.tar', bytes)], (event) => events.push(event))
  return events
}

describe('tune', () => {
  test.each([
    { threads: 0, used: 3, what: 'none is named: as many as suit the machine' },
    { threads: 1, used: 1, what: 'one' },
    { threads: 4, used: 4, what: 'more than suit the machine' },
  ])('threads that search: $what', async ({ threads, used }) => {
    const host = countingHost(3)
    const analysis = new Analysis('test', makeSpillStore(), undefined, host)
    await analysis.tune({ threads, unpackMemory: 512 * MIB })
    const ready = (await open(analysis, archive())).find((event) => event.kind === 'checkpoint')
    const query = { scope: { where: 'all' }, minLength: 6, encodings: ['ascii'] } as const
    await analysis.strings(2, ready?.checkpoint.id ?? '', query, () => undefined)
    expect(host.most()).toBe(used)
  })

  test('an archive that does not fit the memory granted is refused, and opens once more is granted', async () => {
    const analysis = new Analysis('test', makeSpillStore({ small: 0 }))
    const packed = gzipSync(archive())
    await analysis.tune({ threads: 0, unpackMemory: 4 * MIB })
    expect((await open(analysis, packed)).filter(({ kind }) => kind === 'failed')).toMatchObject([{ code: 'no-room' }])
    await analysis.tune({ threads: 0, unpackMemory: 16 * MIB })
    const events = await open(analysis, packed)
    expect(events.filter(({ kind }) => kind === 'failed')).toEqual([])
    expect(events.some((event) => event.kind === 'checkpoint' && event.checkpoint.state === 'ready')).toBe(true)
  })
})

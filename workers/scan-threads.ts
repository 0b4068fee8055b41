/** Scan threads as workers of the analysis worker: Blobs and private files they read themselves, others they ask for. */
import { proxy, transfer, wrap, type Remote } from 'comlink'
import type { Batch } from '../src/search/batch.ts'
import type { OwnSource } from '../src/archive/source.ts'
import type { MemberBytes, ScanHost } from '../src/search/host.ts'
import type { ScanService } from './scan.worker.ts'

/** More threads than this do not read faster, and each holds some memory. */
const MOST = 4

interface Thread {
  readonly worker: Worker
  readonly remote: Remote<ScanService>
  /** Never settles while the worker runs. */
  readonly broken: Promise<never>
}

/**
 * Threads made by `startWorker`; `cores` as the browser tells. Those whose task is done are kept for the next one: a new
 * one takes time to start, and more until its code runs at full speed.
 */
export function scanThreads(startWorker: () => Worker, cores: number): ScanHost {
  const threads = Math.max(2, Math.min(cores - 1, MOST))
  const idle: Thread[] = []
  return {
    threads,
    start(task, members, onBeat) {
      const thread = idle.pop() ?? startThread(startWorker())
      const { worker, remote, broken } = thread
      const begun = remote.begin(
        task,
        proxy(async (member: number, offset: number, length: number) => {
          const bytes = (await members.read(member, offset, length)).slice()
          return transfer(bytes, [bytes.buffer])
        }),
        proxy(onBeat),
      )
      begun.catch(() => undefined)
      const told = new Set<number>()
      return {
        async scan(batch) {
          await Promise.race([begun, broken])
          return Promise.race([remote.scan(batch, newSources(batch, members, told)), broken])
        },
        async rest() {
          await Promise.race([remote.rest(), broken])
          if (idle.length < threads) idle.push(thread)
          else worker.terminate()
        },
        end: () => {
          worker.terminate()
        },
      }
    },
  }
}

function startThread(worker: Worker): Thread {
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      reject(new Error(event.message || 'a scan thread could not be started'))
    })
  })
  broken.catch(() => undefined)
  return { worker, remote: wrap<ScanService>(worker), broken }
}

/** Sources of the members in a batch that the thread has not been told before. */
function newSources({ pieces }: Batch, members: MemberBytes, told: Set<number>): Map<number, OwnSource> {
  const sources = new Map<number, OwnSource>()
  for (const { segments } of pieces)
    for (const { member } of segments) {
      if (told.has(member)) continue
      told.add(member)
      const source = members.own(member)
      if (source) sources.set(member, source)
    }
  return sources
}

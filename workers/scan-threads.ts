/** Scan threads as workers of the analysis worker: Blobs and private files they read themselves, others they ask for. */
import { proxy, transfer, wrap } from 'comlink'
import type { Batch } from '../src/search/batch.ts'
import type { OwnSource } from '../src/archive/source.ts'
import type { MemberBytes, ScanHost } from '../src/search/host.ts'
import type { ScanService } from './scan.worker.ts'

/** More threads than this do not read faster, and each holds some memory. */
const MOST = 4

/** Threads made by `startWorker`; `cores` as the browser tells. */
export function scanThreads(startWorker: () => Worker, cores: number): ScanHost {
  return {
    threads: Math.max(2, Math.min(cores - 1, MOST)),
    start(task, members, onBeat) {
      const worker = startWorker()
      const remote = wrap<ScanService>(worker)
      const broken = new Promise<never>((_, reject) => {
        worker.addEventListener('error', (event) => {
          reject(new Error(event.message || 'a scan thread could not be started'))
        })
      })
      broken.catch(() => undefined)
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
        end: () => {
          worker.terminate()
        },
      }
    },
  }
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

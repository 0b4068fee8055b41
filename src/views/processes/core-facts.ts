/** What a saved core file holds and lacks, in sentences. */
import type { CoreDump } from '../../../workers/contract.ts'
import { counted, formatBytes } from '../parts/format.ts'

export interface CoreFacts {
  readonly summary: string
  readonly lines: readonly string[]
}

export function coreFacts(core: CoreDump): CoreFacts {
  const { name, size, machine, threads, lostThreads, stored, zero, files, missing } = core
  const lines = [`${formatBytes(stored)} of memory as stored.`]
  if (zero > 0n) lines.push(`${formatBytes(zero)} without a page: they read as zeros.`)
  if (files > 0n)
    lines.push(`Not in it: ${formatBytes(files)} of unchanged file content, which a debugger takes from the files.`)
  for (const { why, bytes } of missing) lines.push(`Not in it: ${formatBytes(bytes)}. ${why}`)
  if (lostThreads.length > 0) lines.push(`Without registers on record and not in it: thread ${lostThreads.join(', ')}.`)
  return { summary: `Saved ${name}: ${formatBytes(size)}, ${machine}, ${counted(threads.length, 'thread')}.`, lines }
}

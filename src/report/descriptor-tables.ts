/** Which process has which descriptors. */
import { isAbsent, present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Descriptor } from '../model/files.ts'
import type { Process } from '../model/process.ts'

/** Processes of the checkpoint that have descriptors, with these in the order of their table. */
export function* processTables(
  checkpoint: Checkpoint,
): Generator<{ readonly process: Process; readonly descriptors: readonly Descriptor[] }> {
  const { processes, descriptors } = checkpoint
  const tables = new Map<number, Descriptor[]>()
  for (const item of isAbsent(descriptors) ? [] : descriptors) {
    const table = tables.get(item.filesId) ?? []
    table.push(item)
    tables.set(item.filesId, table)
  }
  for (const process of isAbsent(processes) ? [] : processes) {
    const filesId = present(process.filesId)
    yield { process, descriptors: (filesId === undefined ? undefined : tables.get(filesId)) ?? [] }
  }
}

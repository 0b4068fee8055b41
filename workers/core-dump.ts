/** Core files as they are described to the page. */
import type { CoreFile } from '../src/coredump/core-file.ts'
import type { CoreDump } from './contract.ts'

export function describeCore({ size, machine, threads, lostThreads, coverage }: CoreFile, pid: number): CoreDump {
  const { stored, zero, files, missing } = coverage
  const name = `core.${pid}`
  return { name, size, machine, threads, lostThreads, stored, zero, files, missing: [...missing.values()] }
}

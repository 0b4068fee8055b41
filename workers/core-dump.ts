/** Core files as they cross to the page: a description and a stream. */
import type { CoreFile } from '../src/coredump/core-file.ts'
import type { CoreDump } from './contract.ts'

/** A file's bytes, each piece made when it is wanted. */
export function fileBytes(file: Pick<CoreFile, 'pieces'>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const cancel = new AbortController()
  const pieces = file.pieces(cancel.signal)
  return new ReadableStream({
    async pull(controller) {
      const { value } = await pieces.next()
      if (value) controller.enqueue(value)
      else controller.close()
    },
    cancel() {
      cancel.abort()
    },
  })
}

export function describeCore({ size, machine, threads, lostThreads, coverage }: CoreFile, pid: number): CoreDump {
  const { stored, zero, files, missing } = coverage
  const name = `core.${pid}`
  return { name, size, machine, threads, lostThreads, stored, zero, files, missing: [...missing.values()] }
}

/**
 * The page's only door to the analysis worker: typed methods through comlink, cancellation by AbortSignal, progress
 * and results as a stream of events.
 */
import { proxy, wrap, type Remote } from 'comlink'
import type { InputFile } from '../src/archive/member.ts'
import type { AnalysisApi, OpenEvent } from './contract.ts'

export type AnalysisClient = Omit<Remote<AnalysisApi>, 'open' | 'cancel'> & {
  /** Opens inputs; resolves when all are ready or failed, rejects with AbortError when cancelled. */
  openFiles(files: readonly InputFile[], onEvent: (event: OpenEvent) => void, signal: AbortSignal): Promise<void>
}

/** Wraps a running analysis worker. `build` must be the worker's own build. */
export async function connect(worker: Worker, build: string): Promise<AnalysisClient> {
  const remote = wrap<AnalysisApi>(worker)
  const version = await remote.version()
  if (version !== build)
    throw new Error(`the worker is of build ${version}, the page of build ${build}: reload the page`)
  let requests = 0
  async function openFiles(
    files: readonly InputFile[],
    onEvent: (event: OpenEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const request = ++requests
    const cancel = (): void => void remote.cancel(request)
    signal.addEventListener('abort', cancel, { once: true })
    try {
      await remote.open(request, files, proxy(onEvent))
    } finally {
      signal.removeEventListener('abort', cancel)
    }
    signal.throwIfAborted()
  }
  return new Proxy(remote, {
    get: (target, name): unknown => (name === 'openFiles' ? openFiles : Reflect.get(target, name)),
  }) as unknown as AnalysisClient
}

/**
 * The page's only door to the analysis worker: typed methods through comlink, cancellation by AbortSignal, progress
 * and results as a stream of events.
 */
import { proxy, wrap, type Remote } from 'comlink'
import type { InputFile } from '../src/archive/member.ts'
import type { CopyEvent, SearchEvent, SearchQuery, StringsEvent, StringsQuery } from '../src/model/search.ts'
import type { AnalysisApi, CheckpointImage, HashProgress, ImageOptions, OpenEvent } from './contract.ts'

export type AnalysisClient = Omit<
  Remote<AnalysisApi>,
  'open' | 'cancel' | 'search' | 'strings' | 'copyMemory' | 'imageStream' | 'imageBlob'
> & {
  /** Opens inputs; resolves when all are ready or failed, rejects with AbortError when cancelled. */
  openFiles(files: readonly InputFile[], onEvent: (event: OpenEvent) => void, signal: AbortSignal): Promise<void>
  /** Searches memory; rejects with AbortError when cancelled. */
  searchMemory(
    id: string,
    query: SearchQuery,
    onEvent: (event: SearchEvent) => void,
    signal: AbortSignal,
  ): Promise<void>
  /** Copies the memory to where it is read quicker; rejects with AbortError when cancelled. */
  copyMemory(id: string, onEvent: (event: CopyEvent) => void, signal: AbortSignal): Promise<void>
  /** Gathers strings; rejects with AbortError when cancelled. */
  findStrings(
    id: string,
    query: StringsQuery,
    onEvent: (event: StringsEvent) => void,
    signal: AbortSignal,
  ): Promise<void>
  /** The checkpoint as an OCI image; rejects with AbortError when cancelled while it is hashed. */
  imageStream(
    id: string,
    options: ImageOptions,
    onHashed: (progress: HashProgress) => void,
    signal: AbortSignal,
  ): Promise<{ image: CheckpointImage; stream: ReadableStream<Uint8Array<ArrayBuffer>> }>
  imageBlob(
    id: string,
    options: ImageOptions,
    onHashed: (progress: HashProgress) => void,
    signal: AbortSignal,
  ): Promise<{ image: CheckpointImage; blob: Blob }>
}

/** Wraps a running analysis worker. `build` must be the worker's own build. */
export async function connect(worker: Worker, build: string): Promise<AnalysisClient> {
  const remote = wrap<AnalysisApi>(worker)
  const version = await remote.version()
  if (version !== build)
    throw new Error(`the worker is of build ${version}, the page of build ${build}: reload the page`)
  let requests = 0
  /** Something long: its number cancels it when the signal does. */
  async function run<T>(signal: AbortSignal, work: (request: number) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const request = ++requests
    const cancel = (): void => void remote.cancel(request)
    signal.addEventListener('abort', cancel, { once: true })
    let result: T
    try {
      result = await work(request)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
    signal.throwIfAborted()
    return result
  }
  const long: Pick<
    AnalysisClient,
    'openFiles' | 'searchMemory' | 'findStrings' | 'copyMemory' | 'imageStream' | 'imageBlob'
  > = {
    openFiles: (files, onEvent, signal) => run(signal, (request) => remote.open(request, files, proxy(onEvent))),
    searchMemory: (id, query, onEvent, signal) =>
      run(signal, (request) => remote.search(request, id, query, proxy(onEvent))),
    copyMemory: (id, onEvent, signal) => run(signal, (request) => remote.copyMemory(request, id, proxy(onEvent))),
    findStrings: (id, query, onEvent, signal) =>
      run(signal, (request) => remote.strings(request, id, query, proxy(onEvent))),
    imageStream: async (id, options, onHashed, signal) =>
      made(await run(signal, (request) => remote.imageStream(request, id, options, proxy(onHashed)))),
    imageBlob: async (id, options, onHashed, signal) =>
      made(await run(signal, (request) => remote.imageBlob(request, id, options, proxy(onHashed)))),
  }
  return new Proxy(remote, {
    get: (target, name): unknown => Reflect.get(name in long ? long : target, name),
  }) as unknown as AnalysisClient
}

/** What is there unless it was cancelled, which has been said by then. */
function made<T>(result: T | undefined): T {
  if (result === undefined) throw new DOMException('cancelled', 'AbortError')
  return result
}

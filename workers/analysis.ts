/**
 * The analysis worker's services over opened checkpoints, without the thread: tests and the worker entry both use it.
 */
import { transfer } from 'comlink'
import { CopiedArchive } from '../src/archive/copied-archive.ts'
import type { InputFile, OpenedArchive, ReadableBlob } from '../src/archive/member.ts'
import { listNestedTar } from '../src/archive/nested-tar.ts'
import type { UntarReader } from '../src/archive/untar-client.ts'
import { streamOf } from '../src/archive/source.ts'
import { openInputs, type OpenOptions } from '../src/archive/open.ts'
import type { SpillBacking } from '../src/archive/spill.ts'
import { OpenError, isAbort } from '../src/base/errors.ts'
import { limits } from '../src/base/limits.ts'
import { planCore } from '../src/coredump/core-file.ts'
import { critJson } from '../src/criu/crit-json.ts'
import { OpenCheckpoint } from '../src/ingest/checkpoint.ts'
import { locateTrace } from '../src/ingest/locate.ts'
import { listRecordFields, listRecords } from '../src/ingest/records.ts'
import { memparse } from '../src/query/memparse.ts'
import { isAbsent } from '../src/model/absent.ts'
import type { Checkpoint } from '../src/model/checkpoint.ts'
import { checkedSpace, type CheckedSpace } from '../src/memory/checked-space.ts'
import { memoryRanges, planMemoryFile, rangeOf } from '../src/memory/memory-file.ts'
import type { MemoryFileQuery, MemoryLayout, MemorySegment, SharedObject, SpaceRef } from '../src/model/memory.ts'
import type { Trace } from '../src/model/origin.ts'
import type { ProcessDetail } from '../src/model/process.ts'
import type {
  CopyEvent,
  MemoryHome,
  MemoryPlace,
  PlaceBytes,
  SearchEvent,
  SearchQuery,
  SearchTerm,
  StringsEvent,
  StringsQuery,
} from '../src/model/search.ts'
import { inspectJson } from '../src/report/inspect.ts'
import { listJson } from '../src/report/list.ts'
import { findStrings } from '../src/search/find-strings.ts'
import { scanHere, type ScanHost } from '../src/search/host.ts'
import { readPlace } from '../src/search/place-bytes.ts'
import { searchMemory } from '../src/search/search-memory.ts'
import { readTerm } from '../src/search/terms.ts'
import type {
  AnalysisApi,
  CoreDump,
  FieldNode,
  HashProgress,
  ImageOptions,
  LocatedBytes,
  MemparseRow,
  NestedListing,
  OpenEvent,
  ReadCost,
  RecordNode,
  Tuning,
} from './contract.ts'
import { byteStream } from './byte-stream.ts'
import { planCheckpointImage, type PlannedImage } from './checkpoint-image.ts'
import { describeCore } from './core-dump.ts'
import { relinkAll } from './kinship.ts'
import { inChunks, memoryFileName, memorySegments } from './memory-file.ts'
import { buffersOf } from './buffers.ts'

type Spill = OpenOptions['spill']

/** Largest answer of `readMember`. */
const READ_LIMIT = 1024 * 1024

export class Analysis implements AnalysisApi {
  readonly #build: string
  readonly #spill: Spill
  readonly #host: ScanHost
  readonly #untar: UntarReader | undefined
  readonly #open = new Map<string, OpenCheckpoint>()
  /** Archives by the checkpoint's id. */
  readonly #archives = new Map<string, CopiedArchive>()
  readonly #fast: (() => Promise<SpillBacking | undefined>) | undefined
  /** What runs, and for which checkpoint. */
  readonly #requests = new Map<number, { readonly controller: AbortController; readonly id: string | undefined }>()
  #count = 0
  #linking: Promise<unknown> = Promise.resolve()
  #threads = 0

  /**
   * Where workers can be started: `untar` is the second reader of small nested tars, `host` the threads that scan
   * memory. Without, nothing is read a second time, and this thread scans. `fast` is where memory may be copied to.
   */
  constructor(
    build: string,
    spill: Spill,
    untar?: UntarReader,
    host: ScanHost = scanHere,
    fast?: () => Promise<SpillBacking | undefined>,
  ) {
    this.#fast = fast
    this.#build = build
    this.#spill = spill
    this.#untar = untar
    this.#host = host
  }

  version(): Promise<string> {
    return Promise.resolve(this.#build)
  }

  async open(request: number, files: readonly InputFile[], listener: (event: OpenEvent) => unknown): Promise<void> {
    const cost = { bytesRead: 0, reads: 0 }
    const label = files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`
    await this.#run(request, listener, async (onEvent, signal) => {
      const results = openInputs(
        files.map((input) => ({ ...input, file: counted(input.file, cost) })),
        {
          signal,
          spill: this.#spill,
          onProgress: (progress) => {
            onEvent({ kind: 'progress', label, id: undefined, progress })
          },
        },
      )
      for await (const result of results) {
        if (result.kind === 'archive') await this.#decode(result.archive, cost, onEvent, signal)
        else onEvent(failure(result.label, result.error))
      }
    })
  }

  tune({ threads, unpackMemory }: Tuning): Promise<void> {
    this.#threads = threads
    this.#spill.limit(unpackMemory)
    return Promise.resolve()
  }

  cancel(request: number): Promise<void> {
    this.#requests.get(request)?.controller.abort()
    return Promise.resolve()
  }

  async close(id: string): Promise<readonly Checkpoint[]> {
    const checkpoint = this.#open.get(id)
    this.#open.delete(id)
    const changed = await this.#relink()
    this.#archives.delete(id)
    this.#cancelAll(id)
    await checkpoint?.close()
    return changed.map(({ model }) => model)
  }

  async processDetail(id: string, pid: number): Promise<ProcessDetail> {
    return this.#get(id).processDetail(pid)
  }

  async readMember(id: string, member: number, offset: number, length: number): Promise<Uint8Array> {
    if (length > READ_LIMIT) throw new RangeError(`at most ${READ_LIMIT} bytes are read at once`)
    const { evidence } = this.#get(id)
    return (await evidence.archive.open(memberAt(evidence, member)).read(offset, length)).slice()
  }

  async locate(id: string, trace: Trace): Promise<LocatedBytes> {
    return locateTrace(this.#get(id).evidence, trace)
  }

  async records(
    id: string,
    member: number,
    from: number,
    count: number,
  ): Promise<{ total: number; records: readonly RecordNode[] }> {
    const { evidence } = this.#get(id)
    return listRecords(evidence, memberAt(evidence, member), from, count)
  }

  async fields(
    id: string,
    member: number,
    record: number,
    path: string,
    from: number,
    count: number,
  ): Promise<{ total: number; fields: readonly FieldNode[] }> {
    const { evidence } = this.#get(id)
    return listRecordFields(evidence, memberAt(evidence, member), record, path, from, count)
  }

  async decodeMember(id: string, member: number, pretty: boolean): Promise<Blob> {
    const { evidence } = this.#get(id)
    const target = memberAt(evidence, member)
    const bytes = await evidence.archive.open(target).read(0, Math.min(target.size, limits.decodableMember))
    return new Blob([...critJson(bytes, target.name, { pretty })], { type: 'application/json' })
  }

  async listNested(id: string, member: number): Promise<NestedListing> {
    const { evidence } = this.#get(id)
    const source = evidence.archive.open(memberAt(evidence, member))
    const nested = await listNestedTar(source, { spill: this.#spill, crossCheck: this.#untar })
    await nested.close()
    const { members, defects, compression, crossCheck } = nested
    return { members, defects, compression, crossCheck }
  }

  async memberBlob(id: string, member: number): Promise<Blob> {
    const { evidence } = this.#get(id)
    return new Response(streamOf(evidence.archive.open(memberAt(evidence, member)))).blob()
  }

  async coreStream(
    id: string,
    pid: number,
  ): Promise<{ core: CoreDump; stream: ReadableStream<Uint8Array<ArrayBuffer>> }> {
    const file = planCore(await this.#get(id).coreInput(pid))
    const stream = byteStream(file)
    return transfer({ core: describeCore(file, pid), stream }, [stream])
  }

  async coreBlob(id: string, pid: number): Promise<{ core: CoreDump; blob: Blob }> {
    const file = planCore(await this.#get(id).coreInput(pid))
    return { core: describeCore(file, pid), blob: await new Response(byteStream(file)).blob() }
  }

  async imageStream(
    request: number,
    id: string,
    options: ImageOptions,
    listener: (progress: HashProgress) => unknown,
  ): ReturnType<AnalysisApi['imageStream']> {
    const planned = await this.#planImage(request, id, options, listener)
    if (!planned) return undefined
    const stream = byteStream(planned.image)
    return transfer({ image: planned.description, stream }, [stream])
  }

  async imageBlob(
    request: number,
    id: string,
    options: ImageOptions,
    listener: (progress: HashProgress) => unknown,
  ): ReturnType<AnalysisApi['imageBlob']> {
    const planned = await this.#planImage(request, id, options, listener)
    return planned && { image: planned.description, blob: await new Response(byteStream(planned.image)).blob() }
  }

  list(ids: readonly string[]): Promise<readonly Record<string, unknown>[]> {
    return Promise.resolve(ids.map((id) => listJson(this.#get(id).model)))
  }

  async inspect(id: string): Promise<readonly Record<string, unknown>[]> {
    const checkpoint = this.#get(id)
    const { processes } = checkpoint.model
    const details = new Map<number, ProcessDetail>()
    if (!isAbsent(processes)) for (const { pid } of processes) details.set(pid, await checkpoint.processDetail(pid))
    return [inspectJson(checkpoint.model, details)]
  }

  memparse(id: string): Promise<readonly MemparseRow[]> {
    return Promise.resolve(memparse(this.#get(id).model))
  }

  checkTerm(term: SearchTerm): ReturnType<AnalysisApi['checkTerm']> {
    const read = readTerm(term)
    return Promise.resolve(
      read.kind === 'refused' ? { patterns: 0, errors: read.errors } : { patterns: read.patterns.length, errors: [] },
    )
  }

  search(request: number, id: string, query: SearchQuery, listener: (event: SearchEvent) => unknown): Promise<void> {
    return this.#run(
      request,
      listener,
      (onEvent, signal) => searchMemory(this.#get(id), query, this.#tunedHost(), onEvent, signal),
      id,
    )
  }

  strings(request: number, id: string, query: StringsQuery, listener: (event: StringsEvent) => unknown): Promise<void> {
    return this.#run(
      request,
      listener,
      (onEvent, signal) =>
        findStrings(
          this.#get(id),
          query,
          this.#tunedHost(),
          (event) => {
            onEvent(event.kind === 'strings' ? transfer(event, buffersOf(event.strings)) : event)
          },
          signal,
        ),
      id,
    )
  }

  async memoryLayout(id: string, space: SpaceRef): Promise<MemoryLayout> {
    const layout = await this.#get(id).memoryLayout(space)
    const { start, length, reason, mapping } = layout
    return transfer(layout, [start.buffer, length.buffer, reason.buffer, mapping.buffer] as ArrayBuffer[])
  }

  async readMemory(id: string, ref: SpaceRef, address: bigint, length: number): Promise<readonly MemorySegment[]> {
    if (length > READ_LIMIT) throw new RangeError(`at most ${READ_LIMIT} bytes are read at once`)
    return memorySegments(await this.#get(id).space(ref), address, length)
  }

  async sharedObjects(id: string): Promise<readonly SharedObject[]> {
    return Promise.resolve(this.#get(id).sharedObjects())
  }

  async memoryStream(id: string, query: MemoryFileQuery): ReturnType<AnalysisApi['memoryStream']> {
    const file = planMemoryFile(await this.#checkedSpace(id, query), query)
    const stream = byteStream(file)
    return transfer({ name: memoryFileName(query), size: file.size, damage: file.damage, stream }, [stream])
  }

  async memoryBlob(id: string, query: MemoryFileQuery): ReturnType<AnalysisApi['memoryBlob']> {
    const file = planMemoryFile(await this.#checkedSpace(id, query), query)
    return { name: memoryFileName(query), damage: file.damage, blob: await new Response(byteStream(file)).blob() }
  }

  async memoryRanges(id: string, query: MemoryFileQuery): Promise<Blob> {
    const checkpoint = this.#get(id)
    const parts = memoryRanges(await this.#checkedSpace(id, query), query, (origin, other) => {
      const { evidence } = other === undefined ? checkpoint : this.#get(other)
      const member = evidence.members[origin.member]?.path ?? ''
      return other === undefined ? { member } : { member, archive: evidence.archive.label }
    })
    return new Blob([...inChunks(parts)], { type: 'application/json' })
  }

  async #checkedSpace(id: string, { space: ref, range }: MemoryFileQuery): Promise<CheckedSpace> {
    const space = await this.#get(id).space(ref)
    return checkedSpace(space, rangeOf(space, range))
  }

  async memoryHome(id: string): Promise<MemoryHome> {
    const { evidence } = this.#get(id)
    const pages = pagesOf(evidence)
    const bytes = pages.reduce((sum, { size }) => sum + size, 0)
    const copied = this.#archives.get(id)?.copied ?? 0
    const isSlow = pages.some((member) => evidence.archive.open(member).blob !== undefined)
    return { bytes, copied, canCopy: isSlow && (await this.#fast?.()) !== undefined }
  }

  copyMemory(request: number, id: string, listener: (event: CopyEvent) => unknown): Promise<void> {
    return this.#run(
      request,
      listener,
      async (onEvent, signal) => {
        const backing = await this.#fast?.()
        if (!backing) throw new Error('this browser has no private storage for the page')
        const { evidence } = this.#get(id)
        const onProgress = (done: number, total: number): void => {
          onEvent({ done, total })
        }
        await this.#archives.get(id)?.copy(pagesOf(evidence), backing, { signal, onProgress })
      },
      id,
    )
  }

  async dropMemoryCopy(id: string): Promise<void> {
    this.#cancelAll(id)
    await this.#archives.get(id)?.drop()
  }

  #cancelAll(checkpoint: string): void {
    for (const { controller, id } of this.#requests.values()) if (id === checkpoint) controller.abort()
  }

  async placeBytes(
    id: string,
    place: Pick<MemoryPlace, 'pid' | 'shmid' | 'address'>,
    length: number,
  ): Promise<PlaceBytes> {
    return readPlace(this.#get(id), place, length)
  }

  async #planImage(
    request: number,
    id: string,
    options: ImageOptions,
    listener: (progress: HashProgress) => unknown,
  ): Promise<PlannedImage | undefined> {
    let planned: PlannedImage | undefined
    await this.#run(request, listener, async (tell, signal) => {
      const told = (done: number, total: number): void => {
        tell({ done, total })
      }
      planned = await planCheckpointImage(this.#get(id), options, told, signal)
    })
    return planned
  }

  /** Something long that tells events and can be cancelled by its number; a cancelled one just ends. */
  async #run<Event>(
    request: number,
    listener: (event: Event) => unknown,
    work: (onEvent: (event: Event) => void, signal: AbortSignal) => Promise<void>,
    id?: string,
  ): Promise<void> {
    // Events take another channel than the answer to this call; waiting for the last one keeps it from overtaking them.
    let told: unknown
    const controller = new AbortController()
    this.#requests.set(request, { controller, id })
    try {
      await work((event) => {
        told = listener(event)
      }, controller.signal)
    } catch (error) {
      if (!isAbort(error)) throw error
    } finally {
      this.#requests.delete(request)
      await told
    }
  }

  async #decode(
    archive: OpenedArchive,
    cost: ReadCost,
    onEvent: (event: OpenEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const id = `c${++this.#count}`
    const { label } = archive
    onEvent({ kind: 'indexed', label, id, cost: { ...cost } })
    try {
      const copied = new CopiedArchive(archive)
      const checkpoint = await OpenCheckpoint.open(id, copied.archive, signal)
      this.#open.set(id, checkpoint)
      this.#archives.set(id, copied)
      onEvent({ kind: 'checkpoint', checkpoint: checkpoint.model, cost: { ...cost } })
      await checkpoint.complete((progress) => {
        onEvent({ kind: 'progress', label, id, progress })
      })
      const changed = await this.#relink()
      onEvent({ kind: 'checkpoint', checkpoint: checkpoint.model, cost: { ...cost } })
      for (const other of changed) if (other !== checkpoint) onEvent({ kind: 'changed', checkpoint: other.model })
    } catch (error) {
      this.#open.delete(id)
      this.#archives.delete(id)
      onEvent({ kind: 'closed', id })
      for (const { model } of await this.#relink()) onEvent({ kind: 'changed', checkpoint: model })
      await archive.close()
      throw error
    }
  }

  /** One at a time, since several may be opened and closed at once. */
  #relink(): Promise<readonly OpenCheckpoint[]> {
    const changed = this.#linking.then(() => relinkAll([...this.#open.values()]))
    this.#linking = changed.catch(() => undefined)
    return changed
  }

  #tunedHost(): ScanHost {
    return this.#threads === 0 ? this.#host : { ...this.#host, threads: this.#threads }
  }

  #get(id: string): OpenCheckpoint {
    const checkpoint = this.#open.get(id)
    if (!checkpoint) throw new Error(`no checkpoint ${id} is open`)
    return checkpoint
  }
}

function failure(label: string, error: OpenError): OpenEvent {
  return { kind: 'failed', label, code: error.code, message: error.message, advice: error.advice }
}

function pagesOf({ members }: OpenCheckpoint['evidence']): OpenCheckpoint['evidence']['members'] {
  return members.filter(({ kind, type }) => kind === 'pages' && type === 'file')
}

function memberAt(evidence: OpenCheckpoint['evidence'], index: number): OpenCheckpoint['evidence']['members'][number] {
  const member = evidence.members[index]
  if (!member) throw new RangeError(`no member ${index}`)
  return member
}

/** The file, with what is read of it counted. */
function counted(file: ReadableBlob, cost: { bytesRead: number; reads: number }): ReadableBlob {
  return {
    size: file.size,
    slice(start = 0, end = file.size, type) {
      cost.bytesRead += end - start
      cost.reads += 1
      return file.slice(start, end, type)
    },
  }
}

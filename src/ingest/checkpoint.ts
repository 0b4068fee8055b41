/**
 * One opened checkpoint in the analysis worker: its archive, its decoded evidence, and the model made from them.
 * It is shown twice: as `overview` (metadata, sizes, contents) as soon as these are read, as `ready` when all is decoded.
 */
import type { OpenedArchive, Progress } from '../archive/member.ts'
import { FormatError, isAbort } from '../base/errors.ts'
import { fingerprint } from '../base/fingerprint.ts'
import { limits } from '../base/limits.ts'
import { visibleText } from '../base/text.ts'
import { absent, present } from '../model/absent.ts'
import type { Checkpoint, CheckpointMember } from '../model/checkpoint.ts'
import type { MemoryLayout, SharedObject, SpaceRef } from '../model/memory.ts'
import type { ProcessDetail, Vma } from '../model/process.ts'
import type { AddressSpace } from '../memory/address-space.ts'
import { layoutObject, layoutProcess } from '../memory/layout.ts'
import { classify } from './classify.ts'
import type { CoreInput } from '../coredump/core-input.ts'
import { defectPlaces } from './defect-place.ts'
import { readCoreInput } from './join/core-input.ts'
import { joinCheckpoint, type JoinedCheckpoint, type JoinedTables, type JoinIndex } from './join/join-checkpoint.ts'
import { joinMappings } from './join/mappings.ts'
import type { MemoryIndex } from './join/memory.ts'
import { readProcessDetail } from './join/process-detail.ts'
import { listObjects } from './join/shared-objects.ts'
import { JoinNotes } from './join-notes.ts'
import { LoadedEvidence } from './load.ts'
import { linkedParent, type Kinship } from './parents.ts'
import { readMetadata } from './metadata.ts'
import { readSizes } from './sizes.ts'

/** Images decoded at the same time while the rest of the archive is read. */
const CONCURRENCY = 8

const FAILED = absent('unreadable', 'Cryoscope failed while it joined the images; see the diagnostics')
const NO_TABLES: JoinedTables = {
  processes: FAILED,
  descriptors: FAILED,
  files: FAILED,
  sockets: FAILED,
  mounts: FAILED,
  namespaces: FAILED,
  memory: FAILED,
}

export class OpenCheckpoint {
  readonly id: string
  readonly evidence: LoadedEvidence
  #model: Checkpoint
  #joined: JoinedCheckpoint | undefined
  /** What the last join had to say. */
  #notes: JoinNotes
  #joins = 0
  #kinship = ''

  private constructor(id: string, evidence: LoadedEvidence, model: Checkpoint) {
    this.id = id
    this.evidence = evidence
    this.#model = model
    this.#notes = new JoinNotes(evidence)
  }

  /** Reads identity, metadata and sizes: a few small members. */
  static async open(id: string, archive: OpenedArchive, signal?: AbortSignal): Promise<OpenCheckpoint> {
    const { members, imageDir } = classify(archive)
    const evidence = new LoadedEvidence(archive, members, imageDir, signal)
    const placeOf = defectPlaces(archive.members)
    for (const defect of archive.defects) {
      const { severity, code, message } = defect
      evidence.diagnose({ severity, code, message, ...placeOf(defect) })
    }
    const metadata = await readMetadata(evidence)
    const later = absent('not-yet', 'still being decoded')
    const { label, shape, compression, size, unpackedSize, spill } = archive
    const model: Checkpoint = {
      id,
      fingerprint: fingerprintOf(archive),
      name: nameOf(present(metadata.pod.value), present(metadata.container.value), label),
      state: 'overview',
      archive: { label, shape, compression, size, unpackedSize, spill },
      members,
      metadata,
      sizes: await readSizes(evidence),
      diagnostics: [...evidence.diagnostics],
      diagnosticsDropped: evidence.diagnosticsDropped,
      processes: later,
      descriptors: later,
      files: later,
      sockets: later,
      mounts: later,
      namespaces: later,
      memory: later,
    }
    return new OpenCheckpoint(id, evidence, model)
  }

  get model(): Checkpoint {
    return this.#model
  }

  /** Decodes everything else and joins it into the model. */
  async complete(onProgress?: (progress: Progress) => void): Promise<Checkpoint> {
    this.#joined = await this.#join()
    await this.#decodeRest(onProgress)
    return this.#show()
  }

  /** Joins the images anew, over a parent in another archive or without one; nothing is done when that is as it was. */
  async relink(kinship: Kinship | undefined): Promise<boolean> {
    const { parent, message = '' } = kinship ?? {}
    const key = parent ? `${parent.id} ${parent.joins} ${message}` : message
    if (key === this.#kinship) return false
    this.#kinship = key
    this.#joined = await this.#join(kinship)
    this.#show()
    return true
  }

  /** How often the images have been joined. */
  get joins(): number {
    return this.#joins
  }

  #show(): Checkpoint {
    const { evidence } = this
    const { processes, descriptors, files, sockets, mounts, namespaces, memory } = this.#joined ?? NO_TABLES
    this.#model = {
      ...this.#model,
      state: 'ready',
      members: this.#membersAfter(this.#joined?.staleMembers ?? new Set()),
      diagnostics: [...evidence.diagnostics, ...this.#notes.diagnostics],
      diagnosticsDropped: evidence.diagnosticsDropped + this.#notes.dropped,
      ...{ processes, descriptors, files, sockets, mounts, namespaces, memory },
    }
    return this.#model
  }

  processDetail(pid: number): Promise<ProcessDetail> {
    return readProcessDetail(this.evidence, { index: this.#index() }, pid)
  }

  /** What a core file of the process is made of. */
  coreInput(pid: number): Promise<CoreInput> {
    return readCoreInput(this.evidence, { index: this.#index() }, pid)
  }

  /** Address spaces; undefined until the images are joined, and when they could not be. */
  get memory(): MemoryIndex | undefined {
    return this.#joined?.index.memory
  }

  /** Mappings of a process in the order of its image, their pages not counted; none when it has none. */
  mappings(pid: number): readonly Vma[] {
    const { tasks, context, memory } = this.#joined?.index ?? {}
    const task = tasks?.get(pid)
    return task && context && memory ? joinMappings(task, context, memory, undefined) : []
  }

  /** How an address space is laid out. Throws FormatError, saying why, when there is no such memory. */
  async memoryLayout(ref: SpaceRef): Promise<MemoryLayout> {
    const space = await this.space(ref)
    const { tasks, memory } = this.#index()
    const { pageSize } = memory.images.facts
    if (ref.kind === 'process') return layoutProcess(space, ref.pid, this.mappings(ref.pid), pageSize)
    const object = listObjects(memory, tasks.values()).find(({ shmid }) => shmid === ref.shmid)
    return layoutObject(space, ref, present(object?.size ?? 0n) ?? 0n, pageSize)
  }

  /** Shared memory objects, by number. */
  sharedObjects(): readonly SharedObject[] {
    const { tasks, memory } = this.#index()
    return listObjects(memory, tasks.values())
  }

  /** An address space. Throws FormatError, saying why, when there is no such memory. */
  async space(ref: SpaceRef): Promise<AddressSpace> {
    const { tasks, memory } = this.#index()
    if (ref.kind === 'shared') {
      const space = await memory.shared(ref.shmid)
      if (space) return space
      throw new FormatError('unsupported', `The checkpoint holds no shared memory object ${ref.shmid}.`)
    }
    const space = await memory.process(ref.pid)
    if (space) return space
    const why = tasks.has(ref.pid) ? 'has ended and has no memory any more' : 'is not in the checkpoint'
    throw new FormatError('unsupported', `Process ${ref.pid} ${why}.`)
  }

  async close(): Promise<void> {
    await this.evidence.archive.close()
  }

  #index(): JoinIndex {
    if (!this.#joined) throw new Error('the processes of this checkpoint are not decoded')
    return this.#joined.index
  }

  /** A defect of ours in the join leaves the tables absent; metadata, contents and images stay open. */
  async #join(kinship?: Kinship): Promise<JoinedCheckpoint | undefined> {
    this.#joins += 1
    const notes = new JoinNotes(this.evidence)
    this.#notes = notes
    if (kinship) notes.diagnose({ severity: kinship.severity, code: kinship.code, message: kinship.message })
    try {
      return await joinCheckpoint(notes, kinship?.parent && linkedParent(kinship.parent))
    } catch (error) {
      if (isAbort(error)) throw error
      const message = `Cryoscope failed while it joined the images: ${String(error)}`
      notes.diagnose({ severity: 'error', code: 'internal', message })
      return undefined
    }
  }

  /** Decodes images that no join asked for, so that their defects are known. */
  async #decodeRest(onProgress?: (progress: Progress) => void): Promise<void> {
    const { evidence } = this
    const rest = evidence.members.filter(
      (member) =>
        member.kind === 'criu-image' && !evidence.outcomes.has(member.index) && member.size <= limits.eagerMember,
    )
    let done = 0
    const next = rest.values()
    const work = async (): Promise<void> => {
      for (const member of next) {
        await evidence.check(member)
        done += 1
        onProgress?.({ phase: 'decoding', done, total: rest.length, unit: 'items' })
      }
    }
    await Promise.all(Array.from({ length: CONCURRENCY }, work))
  }

  #membersAfter(stale: ReadonlySet<number>): CheckpointMember[] {
    return this.evidence.members.map((member) => {
      const reading = stale.has(member.index) ? 'stale' : undefined
      const outcome = this.evidence.outcomes.get(member.index)
      if (outcome === undefined) return reading ? { ...member, reading } : member
      if (outcome === 'failed')
        return { ...member, records: absent('unparsable', 'the image could not be decoded'), reading: 'failed' }
      return { ...member, records: outcome.records, reading: reading ?? (outcome.whole ? 'whole' : 'partial') }
    })
  }
}

/** Names and sizes of all members: what is known without reading the archive. */
function fingerprintOf({ members, unpackedSize }: OpenedArchive): string {
  return fingerprint([String(unpackedSize), ...members.map(({ path, size }) => `${size} ${path}`)])
}

function nameOf(pod: string | undefined, container: string | undefined, label: string): string {
  if (pod !== undefined && container !== undefined) return `${pod} / ${container}`
  return container ?? (visibleText(label) === '' ? 'unnamed' : label)
}

/**
 * `window.cryoscope`: the page for scripts, in the browser's console and in automation. Documented in docs/console.md.
 * Everything is asynchronous and gives plain values that JSON can hold; only `decode` gives JSON text, so that 64-bit
 * numbers stay exact, and `coreDump` a Blob.
 */
import type { InputFile } from '../archive/member.ts'
import type { Checkpoint, CheckpointMember } from '../model/checkpoint.ts'
import type { AnalysisClient } from '../../workers/client.ts'
import type { AnalysisApi, MemparseRow } from '../../workers/contract.ts'
import { readFor, type AddressArgument, type SegmentSummary } from './console-memory.ts'
import { makeCommands } from '../commands/commands.ts'
import type { CommandKind, CommandOptions } from '../commands/input.ts'
import { knownOf } from '../commands/known.ts'
import { fileText, scriptText } from '../commands/render.ts'
import { lineText } from '../commands/shell.ts'
import { searchFor, stringsOf } from './console-search.ts'
import type { ConsoleSearch, ConsoleStrings, HitSummary, StringSummary } from './console-search.ts'

/** An input that could not be opened. */
export interface ConsoleFailure {
  readonly label: string
  readonly code: string
  readonly message: string
  readonly advice: string
}

/** What the page's session gives to the console. */
export interface ConsoleSession {
  readonly checkpoints: readonly Checkpoint[]
  readonly failures: readonly (ConsoleFailure & { readonly key: number })[]
  readonly client: Promise<
    SearchClient &
      Pick<AnalysisApi, 'list' | 'inspect' | 'memparse' | 'decodeMember' | 'coreBlob' | 'readMemory' | 'memoryLayout'>
  >
  /** Resolves with the ids of the checkpoints that came of it once all are decoded or failed. */
  open(files: readonly InputFile[]): Promise<readonly string[]>
  close(id: string): Promise<void>
}

/** What searches are made with. */
export type SearchClient = Pick<AnalysisClient, 'searchMemory' | 'findStrings'>

export interface CheckpointSummary {
  readonly id: string
  readonly name: string
  /** `overview`: identity and sizes are known; `ready`: everything is decoded. */
  readonly state: Checkpoint['state']
  /** Name of the dropped file or folder. */
  readonly label: string
  /** Bytes as dropped. */
  readonly size: number
}

export interface MemberSummary {
  readonly index: number
  readonly path: string
  /** Path under which a container image keeps it, for the parts of a `ctr` image; else null. */
  readonly storedIn: string | null
  /** Bytes. */
  readonly size: number
  readonly kind: CheckpointMember['kind']
  readonly type: CheckpointMember['type']
  /** CRIU's magic name, null for members that are no CRIU image. */
  readonly image: string | null
}

export interface DiagnosticSummary {
  readonly severity: 'error' | 'warning' | 'info'
  readonly code: string
  readonly message: string
  /** Path of the member it concerns, and where in it; null when it concerns no bytes. */
  readonly member: string | null
  readonly record: number | null
  readonly offset: number | null
  readonly length: number | null
  /** Byte of the (unpacked) archive, for defects of the archive itself; else null. */
  readonly archiveOffset: number | null
}

/** A step of a task: files to write, lines for a shell. */
export interface StepSummary {
  readonly id: string
  readonly title: string
  readonly why: string
  readonly files: readonly { readonly name: string; readonly text: string }[]
  readonly lines: readonly string[]
  readonly warnings: readonly string[]
  /** Only where it is needed; not in the script. */
  readonly aside: boolean
}

export interface CommandsSummary {
  readonly steps: readonly StepSummary[]
  /** Values that were refused, with the reason; there are no steps then. */
  readonly refusals: readonly { readonly field: string; readonly reason: string }[]
  readonly advice: readonly { readonly tone: string; readonly text: string; readonly remedy: string | null }[]
  readonly warnings: readonly string[]
  /** The values that were used: given, of the checkpoint, or examples. */
  readonly values: Readonly<Record<string, string | boolean>>
  readonly script: string
}

export interface CryoscopeConsole {
  readonly open: (files: OpenArgument) => Promise<{
    readonly checkpoints: readonly CheckpointSummary[]
    readonly failures: readonly ConsoleFailure[]
  }>
  readonly checkpoints: () => Promise<readonly CheckpointSummary[]>
  readonly list: () => Promise<readonly Record<string, unknown>[]>
  readonly inspect: (id: string) => Promise<readonly Record<string, unknown>[]>
  readonly members: (id: string) => Promise<readonly MemberSummary[]>
  readonly close: (id: string) => Promise<void>
  readonly decode: (id: string, member: string | number, options?: { readonly pretty?: boolean }) => Promise<string>
  readonly memparse: (id: string) => Promise<readonly MemparseRow[]>
  readonly coreDump: (id: string, pid: number) => Promise<Blob>
  readonly readMemory: (
    id: string,
    pid: number,
    address: AddressArgument,
    length: number,
  ) => Promise<{ readonly segments: readonly SegmentSummary[] }>
  readonly diagnostics: (id: string) => Promise<readonly DiagnosticSummary[]>
  readonly commands: (kind: CommandKind, options?: ConsoleCommandOptions) => Promise<CommandsSummary>
  readonly search: (query: ConsoleSearch) => Promise<{
    readonly hits: readonly HitSummary[]
    readonly total: number
    readonly complete: boolean
    readonly notes: readonly string[]
  }>
  readonly strings: (query: ConsoleStrings) => Promise<{
    readonly strings: readonly StringSummary[]
    readonly total: number
    readonly complete: boolean
    readonly notes: readonly string[]
  }>
}

/** Values of the form by name, and the checkpoint that fills in the rest. */
export type ConsoleCommandOptions = CommandOptions & { readonly id?: string }

/** A file, or several: an array, or the `files` of a file input. A path can be given for each. */
export type OpenArgument = File | InputFile | Iterable<File | InputFile>

/** Makes the console over a session. */
export function createConsole(session: ConsoleSession): CryoscopeConsole {
  function find(id: string): Checkpoint {
    const checkpoint = session.checkpoints.find((one) => one.id === id)
    if (!checkpoint) throw new Error(`no checkpoint ${JSON.stringify(id)} is open`)
    return checkpoint
  }
  return {
    async open(files) {
      const known = new Set(session.failures.map((failure) => failure.key))
      const ids = await session.open(inputsOf(files))
      const failures = session.failures.filter((failure) => !known.has(failure.key))
      return {
        checkpoints: session.checkpoints.filter(({ id }) => ids.includes(id)).map(summary),
        failures: failures.map(({ label, code, message, advice }) => ({ label, code, message, advice })),
      }
    },
    checkpoints: () => Promise.resolve(session.checkpoints.map(summary)),
    list: async () => (await session.client).list(session.checkpoints.map(({ id }) => id)),
    inspect: async (id) => (await session.client).inspect(find(id).id),
    members: (id) => attempt(() => find(id).members.map(memberSummary)),
    close: async (id) => session.close(find(id).id),
    async decode(id, member, { pretty = false } = {}) {
      const { index } = findMember(find(id), member)
      return (await (await session.client).decodeMember(id, index, pretty)).text()
    },
    memparse: async (id) => (await session.client).memparse(find(id).id),
    coreDump: async (id, pid) => (await (await session.client).coreBlob(find(id).id, pid)).blob,
    readMemory: async (id, pid, address, length) => readFor(await session.client, find(id).id, pid, address, length),
    diagnostics: (id) => attempt(() => diagnosticsOf(find(id))),
    commands: (kind, { id, ...options } = {}) =>
      attempt(() => commandsSummary(kind, options, id === undefined ? undefined : find(id))),
    search: async (query) => searchFor(await session.client, find(query.id).id, query),
    strings: async (query) => stringsOf(await session.client, find(query.id).id, query),
  }
}

/** Runs it so that what it throws rejects the promise. */
function attempt<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(action())
  })
}

function inputsOf(files: OpenArgument): InputFile[] {
  const list: unknown[] = typeof files === 'object' && Symbol.iterator in files ? [...files] : [files]
  return list.map((item: unknown) => {
    if (item instanceof File) return { file: item, path: item.webkitRelativePath || item.name }
    if (isInput(item)) return item
    throw new TypeError('open takes File objects, or objects with a file and a path')
  })
}

function isInput(item: unknown): item is InputFile {
  return (
    typeof item === 'object' &&
    item !== null &&
    'file' in item &&
    item.file instanceof Blob &&
    'path' in item &&
    typeof item.path === 'string'
  )
}

function commandsSummary(
  kind: CommandKind,
  options: CommandOptions,
  checkpoint: Checkpoint | undefined,
): CommandsSummary {
  if (!['create', 'build', 'restore'].includes(kind)) throw new TypeError('commands are for create, build or restore')
  const commands = makeCommands(kind, options, checkpoint && knownOf(checkpoint))
  const { steps, refusals, advice, stops, warnings, values } = commands
  return {
    steps: steps.map(({ id, title, why, warnings, files, lines, isAside }) => ({
      id,
      title,
      why,
      warnings,
      files: files.map((file) => ({ name: file.name, text: fileText(file) })),
      lines: lines.map(lineText),
      aside: isAside,
    })),
    refusals,
    advice: advice.map(({ tone, text, remedy }) => ({ tone, text, remedy: remedy ?? null })),
    warnings: [...stops, ...warnings],
    values: Object.fromEntries(values.fields.map((field) => [field.id, values.input[field.id]])),
    script: steps.length === 0 ? '' : scriptText(commands, `Cryoscope: ${kind}`),
  }
}

function summary({ id, name, state, archive }: Checkpoint): CheckpointSummary {
  return { id, name, state, label: archive.label, size: archive.size }
}

function memberSummary({ index, path, storedIn, size, kind, type, image }: CheckpointMember): MemberSummary {
  return { index, path, storedIn: storedIn ?? null, size, kind, type, image: image ?? null }
}

/** By index, or by path as recorded or as compared; of several with one path the last, as extraction would leave it. */
function findMember(checkpoint: Checkpoint, member: string | number): CheckpointMember {
  const found =
    typeof member === 'number'
      ? checkpoint.members[member]
      : checkpoint.members.findLast(({ path, name }) => path === member || name === member)
  if (!found) throw new Error(`checkpoint ${checkpoint.id} has no member ${JSON.stringify(member)}`)
  return found
}

function diagnosticsOf(checkpoint: Checkpoint): DiagnosticSummary[] {
  return checkpoint.diagnostics.map(({ severity, code, message, origin, subject, archiveOffset }) => ({
    severity,
    code,
    message,
    member: checkpoint.members[origin?.member ?? (subject?.kind === 'member' ? subject.index : -1)]?.path ?? null,
    record: origin?.record ?? null,
    offset: origin?.offset ?? null,
    length: origin?.length ?? null,
    archiveOffset: archiveOffset ?? null,
  }))
}

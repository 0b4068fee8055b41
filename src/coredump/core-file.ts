/**
 * An ELF core file of a process, as the kernel would have written it at the moment of the dump (fs/binfmt_elf.c), for gdb,
 * lldb and everything else that reads cores. Its size is known before the first byte; the bytes are read as they are
 * asked for.
 *
 *   file header | program headers | notes | segments, each at a multiple of the page size
 */
import { FormatError, LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { CoreInput, CoreThread } from './core-input.ts'
import { headers, headersSize, PT, type ProgramHeader } from './elf.ts'
import type { Machine } from './machine.ts'
import { machineOf } from './machines.ts'
import { noteBytes, NT, type Note } from './note.ts'
import { auxvNotes, fileNotes, processNote, siginfoNotes, statusNote } from './process-notes.ts'
import { planSegments, type Coverage, type Segment } from './segments.ts'

export interface CoreFile {
  /** Bytes. */
  readonly size: number
  /** `x86-64`, `aarch64`, … */
  readonly machine: string
  /** Threads whose registers are in it, leader first. */
  readonly threads: readonly number[]
  /** Threads without registers on record; they are not in the file. */
  readonly lostThreads: readonly number[]
  readonly coverage: Coverage
  /** The file's bytes in order, in pieces of at most 1 MiB after the headers. */
  readonly pieces: (signal?: AbortSignal) => AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined>
}

/** Bytes read at a time. */
const PIECE = 1024 * 1024

/** Plans the file. Throws FormatError when the process has no registers on record, LimitError when it would be too large. */
export function planCore(input: CoreInput): CoreFile {
  const [leader] = input.threads
  const machine = leader && machineOf(leader.core)
  if (!machine)
    throw new FormatError(
      'unsupported',
      `Process ${input.pid} has no registers of a known architecture: no core file can be made.`,
    )
  const { notes, threads, lostThreads } = allNotes(input, machine)
  const top = machine.layout.wide ? 1n << 64n : 1n << 32n
  const { segments, coverage } = planSegments(input, top)
  const start = headersSize(machine, segments.length + 1)
  const noteArea = joined(notes.map((note) => noteBytes(machine.layout, note)))
  const { programs, size } = place(segments, start + noteArea.length, input.pageSize)
  checkSize(size, machine)
  const note = { type: PT.note, flags: 0, address: 0n, memorySize: 0n, align: 4 }
  const noteHeader = { ...note, offset: BigInt(start), fileSize: BigInt(noteArea.length) }
  const head = joined([headers(machine, [noteHeader, ...programs]), noteArea])
  return {
    size: Number(size),
    machine: machine.name,
    threads,
    lostThreads,
    coverage,
    pieces: (signal) => pieces(input, head, programs, signal),
  }
}

interface Notes {
  readonly notes: readonly Note[]
  readonly threads: readonly number[]
  readonly lostThreads: readonly number[]
}

/** In the kernel's order: the leader's status, then what concerns the process, then the other register sets. */
function allNotes(input: CoreInput, machine: Machine): Notes {
  const process = [processNote(input, machine), ...auxvNotes(input, machine), ...fileNotes(input, machine)]
  const top = input.mappings.reduce((sum, { end }) => (end > sum && end < 1n << 56n ? end : sum), 0n)
  const notes: Note[] = []
  const threads: number[] = []
  const lost = [...input.lostThreads]
  for (const thread of input.threads) {
    const own = threadNotes(input, machine, thread, top)
    if (!own) {
      lost.push(thread.tid)
      continue
    }
    const [status, ...more] = own
    if (status) notes.push(status, ...(threads.length === 0 ? process : []), ...more)
    threads.push(thread.tid)
  }
  if (threads.length === 0)
    throw new FormatError(
      'truncated',
      `The registers of process ${input.pid} are incomplete: no core file can be made.`,
    )
  return { notes, threads, lostThreads: lost }
}

/** NT_PRSTATUS first; undefined when the registers are not on record. */
function threadNotes(input: CoreInput, machine: Machine, thread: CoreThread, top: bigint): Note[] | undefined {
  const { general, notes } = machine.state(thread.core, top)
  if (!general) return undefined
  const hasFloat = notes.some(({ type }) => type === NT.prfpreg || type === NT.armVfp)
  const status = statusNote(input, machine, thread, general, hasFloat)
  return [status, ...siginfoNotes(input, machine, thread), ...notes]
}

/** Gives each segment its place: offset and address are equal within a page. */
function place(
  segments: readonly Segment[],
  start: number,
  align: number,
): { programs: ProgramHeader[]; size: bigint } {
  const page = BigInt(align)
  let at = BigInt(start)
  const programs: ProgramHeader[] = []
  for (const { address, fileSize, memorySize, prot } of segments) {
    const offset = at + ((((address - at) % page) + page) % page)
    programs.push({ type: PT.load, flags: flagsOf(prot), offset, address, fileSize, memorySize, align })
    if (fileSize > 0n) at = offset + fileSize
  }
  return { programs, size: at }
}

/** PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 are PF_R 4, PF_W 2, PF_X 1. */
function flagsOf(prot: number): number {
  return ((prot & 1) << 2) | (prot & 2) | ((prot & 4) >> 2)
}

function checkSize(size: bigint, { layout, name }: Machine): void {
  const most = layout.wide ? BigInt(limits.coreFile) : 0xffffffffn
  if (size > most)
    throw new LimitError('coreFile', `The core file would have ${size} bytes; one of ${name} can have ${most}.`)
}

async function* pieces(
  input: CoreInput,
  head: Uint8Array<ArrayBuffer>,
  programs: readonly ProgramHeader[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  yield head
  let at = BigInt(head.length)
  for (const { offset, address, fileSize } of programs) {
    if (fileSize === 0n) continue
    if (offset > at) yield new Uint8Array(Number(offset - at))
    for (let done = 0n; done < fileSize;) {
      const left = fileSize - done
      const length = left < BigInt(PIECE) ? Number(left) : PIECE
      yield await memoryPiece(input, address + done, length, signal)
      done += BigInt(length)
    }
    at = offset + fileSize
  }
}

/** Bytes of a segment: what is stored, and zeros where nothing was ever written. */
async function memoryPiece(
  input: CoreInput,
  address: bigint,
  length: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length)
  for (const segment of await input.space.read(address, length, signal)) {
    if (segment.gap === undefined) bytes.set(segment.bytes, Number(segment.address - address))
    else if (segment.gap.kind !== 'untouched' && segment.gap.kind !== 'object-untouched')
      throw new FormatError(
        'truncated',
        `Memory at 0x${segment.address.toString(16)} cannot be read: ${segment.gap.why}`,
      )
  }
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

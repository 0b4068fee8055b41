/**
 * Notes about a process and its threads: NT_PRSTATUS, NT_PRPSINFO, NT_SIGINFO, NT_AUXV, NT_FILE
 * (include/linux/elfcore.h, include/uapi/linux/elfcore.h, fs/binfmt_elf.c).
 */
import { LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import { encodeText } from '../base/text.ts'
import type { CoreInput, CoreThread } from './core-input.ts'
import type { Machine } from './machine.ts'
import { NT, type Note } from './note.ts'
import { StructWriter } from './struct-writer.ts'

/** Bytes of siginfo_t on every architecture. */
const SIGINFO = 128

/** Signals of a mask that wait for the thread itself, as the kernel counts pr_sigpend. */
function pendingMask({ core }: CoreThread): bigint {
  let mask = 0n
  for (const { siginfo } of core.thread_core?.signals_p?.signals ?? []) {
    const number = siginfo && siginfo.length >= 4 ? signalNumber(siginfo, core.mtype === S390) : 0
    if (number >= 1 && number <= 64) mask |= 1n << BigInt(number - 1)
  }
  return mask
}

/** core_entry.mtype of the one big-endian machine. */
const S390 = 5

function signalNumber(siginfo: Uint8Array, bigEndian: boolean): number {
  return new DataView(siginfo.buffer, siginfo.byteOffset, siginfo.byteLength).getInt32(0, !bigEndian)
}

/**
 * NT_PRSTATUS. The current signal is the one that stopped the process, otherwise none: a checkpoint is no crash. Times are
 * zero: CRIU does not record what the process had used.
 */
export function statusNote(
  input: CoreInput,
  machine: Machine,
  thread: CoreThread,
  general: Uint8Array,
  hasFloat: boolean,
): Note {
  const { layout } = machine
  const tc = input.threads[0]?.core.tc
  const signal = input.stopped ? (tc?.stop_signo ?? 0) : 0
  const held = thread.core.thread_core?.blk_sigset ?? (thread.tid === input.pid ? tc?.blk_sigset : undefined) ?? 0n
  const writer = new StructWriter(layout)
  writer
    .u32(signal)
    .u32(0)
    .u32(0)
    .u16(signal)
    .align(layout.wide ? 8 : 4)
  writer.word(pendingMask(thread)).word(held)
  writer.u32(thread.tid)
  for (const id of [input.ppid, input.pgid, input.sid]) writer.u32(id ?? UNKNOWN_ID)
  writer.zeros(8 * (layout.wide ? 8 : 4))
  writer
    .bytes(general)
    .u32(hasFloat ? 1 : 0)
    .align(layout.wide ? 8 : 4)
  return { name: 'CORE', type: NT.prstatus, body: writer.done() }
}

/** An id that is not known: the kernel's own value for none. Zero would say root. */
const UNKNOWN_ID = -1

/** pr_state and pr_sname as the kernel numbers `RSDTZW`. CRIU keeps only whether the process was stopped. */
const RUNNING = { number: 0, letter: 'R' } as const
const STOPPED = { number: 3, letter: 'T' } as const

/** pr_fname and pr_psargs. */
const NAME_SIZE = 16
const ARGUMENTS_SIZE = 80

/** NT_PRPSINFO */
export function processNote(input: CoreInput, { layout, shortIds }: Machine): Note {
  const state = input.stopped ? STOPPED : RUNNING
  const leader = input.threads[0]?.core
  const writer = new StructWriter(layout)
  writer
    .u8(state.number)
    .u8(state.letter.charCodeAt(0))
    .u8(0)
    .u8(leader?.thread_core?.sched_nice ?? 0)
  writer.align(layout.wide ? 8 : 4).word(leader?.tc?.flags ?? 0)
  for (const id of [input.uid, input.gid])
    if (shortIds) writer.u16(shortId(id ?? UNKNOWN_ID))
    else writer.u32(id ?? UNKNOWN_ID)
  writer.u32(input.pid)
  for (const id of [input.ppid, input.pgid, input.sid]) writer.u32(id ?? UNKNOWN_ID)
  writer.chars(encodeText(input.name ?? ''), NAME_SIZE).chars(spaced(input.arguments), ARGUMENTS_SIZE)
  return { name: 'CORE', type: NT.prpsinfo, body: writer.done() }
}

/** Ids that do not fit are given as the kernel's overflow id (kernel/sys.c). */
function shortId(id: number): number {
  return id < 0 ? id : id > 0xffff ? 65534 : id
}

/** As the kernel does: NUL between the arguments becomes a space. */
function spaced(bytes: Uint8Array): Uint8Array {
  return bytes.slice(0, ARGUMENTS_SIZE - 1).map((byte) => (byte === 0 ? 0x20 : byte))
}

/**
 * NT_SIGINFO of a thread: the first signal that waits for it, or, for the leader, for the process. CRIU keeps it in the form
 * of 64-bit tasks, which 32-bit ones on a 64-bit kernel do not share; theirs is left out.
 */
export function siginfoNotes(input: CoreInput, machine: Machine, { tid, core }: CoreThread): Note[] {
  if (core.mtype === 1 && !machine.layout.wide) return []
  const own = core.thread_core?.signals_p?.signals[0]
  const shared = tid === input.pid ? core.tc?.signals_s?.signals[0] : undefined
  const body = (own ?? shared)?.siginfo
  return body?.length === SIGINFO ? [{ name: 'CORE', type: NT.siginfo, body }] : []
}

const AT_NULL = 0n

/** NT_AUXV: pairs of words up to and with AT_NULL. */
export function auxvNotes(input: CoreInput, { layout }: Machine): Note[] {
  const words = layout.wide ? input.auxv : narrowWords(input.auxv)
  if (words.length < 2) return []
  const writer = new StructWriter(layout)
  for (let i = 0; i + 1 < words.length && words[i] !== AT_NULL; i += 2) writer.word(words[i]).word(words[i + 1])
  return [{ name: 'CORE', type: NT.auxv, body: writer.word(0).word(0).done() }]
}

/** A 32-bit vector that was read as 64-bit words has two in each. */
function narrowWords(words: readonly bigint[]): readonly bigint[] {
  const packed = words.some((word) => word >> 32n !== 0n)
  return packed ? words.flatMap((word) => [word & 0xffffffffn, word >> 32n]) : words
}

/** Longest path that the kernel gives a mapping. */
const PATH_MAX = 4096

/** NT_FILE: which file each mapping is of, offsets counted in pages. */
export function fileNotes(input: CoreInput, { layout }: Machine): Note[] {
  const writer = new StructWriter(layout)
  const names: Uint8Array[] = []
  const fits = layout.wide ? 1n << 64n : 1n << 32n
  const mapped = input.mappings.filter((mapping) => mapping.end > mapping.start && mapping.end <= fits)
  const files = mapped.flatMap(({ path, ...mapping }) => (path === undefined ? [] : [{ ...mapping, path }]))
  if (files.length === 0) return []
  let bytes = 0
  writer.word(files.length).word(input.pageSize)
  for (const { start, end, offset, path } of files) {
    const name = fileName(path)
    bytes += name.length
    if (bytes > limits.coreNotes)
      throw new LimitError('coreNotes', 'The names of the mapped files are too long for a core file.')
    writer
      .word(start)
      .word(end)
      .word(offset / BigInt(input.pageSize))
    names.push(name)
  }
  for (const name of names) writer.bytes(name).u8(0)
  return [{ name: 'CORE', type: NT.file, body: writer.done() }]
}

/** Names are told apart by NUL, so one that holds it (no kernel makes such) would shift all that follow. */
function fileName(path: string): Uint8Array {
  return encodeText(path.replaceAll('\0', '\ufffd')).subarray(0, PATH_MAX)
}

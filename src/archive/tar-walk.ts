/**
 * Walks the headers of a tar. Extended headers (pax `x` and `g`, GNU `L` and `K`) are folded into the entry they
 * speak about; the caller says where the next header is, because only it knows how long the body is.
 */
import { LimitError } from '../base/errors.ts'
import { limits } from '../base/limits.ts'
import type { DefectList } from './defects.ts'
import { paxInteger, readPax } from './pax.ts'
import type { PaxRecord } from './pax.ts'
import type { ByteSource } from './source.ts'
import { TAR_BLOCK, hasGoodChecksum, isZeroBlock, looksLikeHeader, readHeader, untilNul } from './tar-header.ts'
import type { TarHeader } from './tar-header.ts'

/** A member's header with all that was said about it before. */
export interface RawEntry {
  readonly at: number
  readonly block: Uint8Array
  readonly header: TarHeader
  /** pax records in force, the later and the local ones winning. */
  readonly records: ReadonlyMap<string, Uint8Array>
  /** Local pax records in order. */
  readonly recordList: readonly PaxRecord[]
  readonly longName: Uint8Array | undefined
  readonly longLink: Uint8Array | undefined
}

/** A feature that simpler tar readers are known to misread. */
export type TarTrait = 'gnu-long-name' | 'pax-global' | 'pax-override' | 'base-256' | 'odd-type' | 'sparse'

/** pax keys that change where bodies are or whose values may be binary or look like numbers. */
const OVERRIDES = /^(?:size|GNU\.sparse\..*|SCHILY\..*|LIBARCHIVE\..*)$/

/** Types that have no body whatever their size field says. */
export const BODYLESS: ReadonlySet<string> = new Set(['1', '2', '3', '4', '5', '6'])

/** Bytes a body takes, padding counted. */
export const padded = (size: number): number => Math.ceil(size / TAR_BLOCK) * TAR_BLOCK

const NEWLINE = 0x0a
/** How far behind the end mark other data is looked for. */
const TAIL_LOOK = 1024 * 1024
/** Headers between two looks at the event loop, so that a cancel can arrive. */
const BREATH = 4096

export class TarWalker {
  /** Offset of the next header. Set by the caller behind each entry. */
  at = 0
  readonly #source: ByteSource
  readonly #defects: DefectList
  readonly #maxHeaders: number
  readonly #signal: AbortSignal | undefined
  readonly #breathe: () => void
  readonly #traits: Set<TarTrait>
  readonly #global = new Map<string, Uint8Array>()
  #local = new Map<string, Uint8Array>()
  #localList: readonly PaxRecord[] = []
  #longName: Uint8Array | undefined
  #longLink: Uint8Array | undefined
  #headers = 0

  constructor(
    source: ByteSource,
    defects: DefectList,
    maxMembers: number,
    breathe: () => void,
    traits: Set<TarTrait>,
    signal?: AbortSignal,
  ) {
    this.#traits = traits
    this.#source = source
    this.#defects = defects
    this.#maxHeaders = 4 * maxMembers
    this.#breathe = breathe
    this.#signal = signal
  }

  /** The next member's header, undefined at the end. Throws LimitError for oversized extended headers. */
  async next(): Promise<RawEntry | undefined> {
    for (;;) {
      await this.#count()
      const at = this.at
      const left = this.#source.size - at
      if (left < TAR_BLOCK) {
        this.#endOfBytes(left)
        return undefined
      }
      const block = await this.#read(at)
      if (block[0] === 0 && isZeroBlock(block)) {
        if (await this.#passEndMark()) continue
        return undefined
      }
      const header = readHeader(block)
      if (header.checksum === 'bad' && !(await this.#isPlausible(header))) {
        this.#defects.add('error', 'tar-bad-header', `no tar header at byte ${at}; what follows is not read`, at)
        return undefined
      }
      if (((block[124] ?? 0) & 0x80) !== 0) this.#traits.add('base-256')
      if (!/[0-6xgLK]/.test(header.type)) this.#traits.add('odd-type')
      if (!isMeta(header.type)) return this.#take(at, block, header)
      if (!(await this.#meta(header))) return undefined
    }
  }

  /** True when `at` is the end of the source, a zero block or a good header. */
  async isBoundary(at: number): Promise<boolean> {
    if (at === this.#source.size) return true
    if (at + TAR_BLOCK > this.#source.size) return false
    const block = await this.#read(at)
    return isZeroBlock(block) || hasGoodChecksum(block)
  }

  #read(at: number): Promise<Uint8Array> {
    return this.#source.read(at, TAR_BLOCK, this.#signal)
  }

  async #count(): Promise<void> {
    this.#headers += 1
    if (this.#headers > this.#maxHeaders) throw new LimitError('members', 'too many headers (limit members)')
    if (this.#headers % BREATH !== 0) return
    this.#breathe()
    await new Promise((resolve) => setTimeout(resolve))
  }

  #endOfBytes(left: number): void {
    const at = this.at
    if (left > 0)
      this.#defects.add('error', 'tar-truncated-header', `the archive ends inside a header, at byte ${at + left}`, at)
    else
      this.#defects.add('warning', 'tar-no-end', 'the archive has no end mark: it may be cut between two members', at)
  }

  /** A header with a wrong sum is believed when what follows its body fits. */
  async #isPlausible(header: TarHeader): Promise<boolean> {
    if (header.dialect === 'v7' || header.size === undefined) return false
    return this.isBoundary(this.at + TAR_BLOCK + (BODYLESS.has(header.type) ? 0 : padded(header.size)))
  }

  /** Passes zero blocks. True when members follow; else what follows, if anything, is noted. */
  async #passEndMark(): Promise<boolean> {
    const mark = this.at
    const { size } = this.#source
    const stop = Math.min(size, mark + TAIL_LOOK)
    let at = mark
    let block: Uint8Array = new Uint8Array(0)
    for (; at < stop; at += TAR_BLOCK) {
      block = await this.#source.read(at, Math.min(TAR_BLOCK, size - at), this.#signal)
      if (!isZeroBlock(block)) break
    }
    this.at = Math.min(at, size)
    if (at >= stop) return false
    if (looksLikeHeader(block)) {
      const isLone = at - mark < 2 * TAR_BLOCK
      const text = isLone
        ? 'a single zero block stands between members'
        : 'members follow behind the end mark; most tools do not see them'
      this.#defects.add('warning', isLone ? 'tar-lone-zero-block' : 'tar-members-after-end', text, at)
      return true
    }
    const text = `${size - at} bytes behind the end mark are not part of the archive`
    this.#defects.add('info', 'tar-trailing-data', text, at)
    return false
  }

  /** Reads an extended header and keeps what it says; false when it cannot be had. */
  async #meta(header: TarHeader): Promise<boolean> {
    const start = this.at + TAR_BLOCK
    const { size, type } = header
    if (size === undefined || size > this.#source.size - start) {
      const text = `the extended header at byte ${this.at} is cut or has no valid size; what follows is not read`
      this.#defects.add('error', 'tar-truncated-body', text, this.at)
      return false
    }
    const isText = type === 'L' || type === 'K'
    const limit = isText ? 'pathLength' : 'paxHeader'
    if (size > limits[limit])
      throw new LimitError(limit, `an extended header of ${size} bytes is too large (limit ${limit})`)
    const body = await this.#source.read(start, size, this.#signal)
    this.at = start + padded(size)
    if (isText) this.#traits.add('gnu-long-name')
    if (type === 'g') this.#traits.add('pax-global')
    if (type === 'L') this.#longName = untilNul(body)
    else if (type === 'K') this.#longLink = untilNul(body)
    else this.#pax(type, body, start)
    return true
  }

  #pax(type: string, body: Uint8Array, start: number): void {
    const { records, brokenAt } = readPax(body)
    if (brokenAt !== undefined) {
      const where = start + brokenAt
      this.#defects.add(
        'warning',
        'tar-pax-record',
        `a pax record at byte ${where} is malformed; it and those behind it are ignored`,
        where,
      )
    }
    const target = type === 'g' ? this.#global : this.#local
    for (const { key, value } of records) {
      target.set(key, value)
      const isNumber = paxInteger(value) !== undefined
      if (OVERRIDES.test(key) || isNumber || value.includes(NEWLINE)) this.#traits.add('pax-override')
    }
    if (type !== 'g') this.#localList = records
  }

  #take(at: number, block: Uint8Array, header: TarHeader): RawEntry {
    const entry = {
      at,
      block,
      header,
      records: this.#records(),
      recordList: this.#localList,
      longName: this.#longName,
      longLink: this.#longLink,
    }
    this.#local = new Map()
    this.#localList = []
    this.#longName = undefined
    this.#longLink = undefined
    return entry
  }

  /** Local pax records over global ones; an empty value takes a global one back (POSIX). */
  #records(): ReadonlyMap<string, Uint8Array> {
    const merged = this.#global.size === 0 ? this.#local : new Map([...this.#global, ...this.#local])
    for (const [key, value] of merged) if (value.length === 0) merged.delete(key)
    return merged
  }
}

function isMeta(type: string): boolean {
  return type === 'x' || type === 'X' || type === 'g' || type === 'L' || type === 'K'
}

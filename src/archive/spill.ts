/**
 * Where inflated bytes live. gzip and zstd give no random access, so an archive is inflated once, from front to back,
 * into a spill that can be read at any offset. Small ones stay in memory; larger ones move on to the origin's
 * private file system or, where there is none (file://, plain http), to a Blob that the browser keeps on disk.
 */
import { OpenError } from '../base/errors.ts'
import { blobSource } from './byte-sources.ts'
import { MemorySpill } from './memory-spill.ts'
import type { ByteSource } from './source.ts'
import type { UnpackSink } from './unpack-types.ts'

/** A finished spill. `close` is idempotent. */
export interface Spill {
  readonly kind: 'opfs' | 'blob' | 'memory'
  readonly source: ByteSource
  close(): Promise<void>
}

/** A spill being written, front to back. */
export interface SpillWriter extends UnpackSink {
  finish(): Promise<Spill>
  /** Gives the room back without a spill. Idempotent; also after `finish`, where it does nothing. */
  discard(): Promise<void>
}

/** Makes spills. */
export interface SpillStore {
  create(): SpillWriter
  /** Sets the bytes that all spills together may take in memory from now on. */
  limit(budget: number): void
}

/** Something large that a spill can move to. */
export interface SpillBacking {
  open(): Promise<SpillWriter>
}

export interface SpillOptions {
  /** Largest spill that stays in memory although there is a backing; 64 MiB unless told otherwise. */
  readonly small?: number
  /** Bytes all spills together may take in memory; 512 MiB unless told otherwise. */
  readonly budget?: number
  /** Where larger ones go; without it everything has to fit the budget. */
  readonly backing?: SpillBacking | undefined
}

const MIB = 1024 * 1024

/** A store that keeps small spills in memory and moves larger ones to its backing. */
export function makeSpillStore(options: SpillOptions = {}): SpillStore {
  const account = { used: 0, budget: options.budget ?? 512 * MIB }
  return {
    create: () => new TieredWriter(account, options.small ?? 64 * MIB, options.backing),
    limit: (budget) => {
      account.budget = budget
    },
  }
}

/** Memory taken by all spills of a store. */
interface Account {
  used: number
  budget: number
}

class TieredWriter implements SpillWriter {
  readonly #account: Account
  readonly #small: number
  readonly #backing: SpillBacking | undefined
  #memory = new MemorySpill()
  #large: SpillWriter | undefined
  #isFinished = false

  constructor(account: Account, small: number, backing: SpillBacking | undefined) {
    this.#account = account
    this.#small = small
    this.#backing = backing
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#large && this.#mustMove(bytes.length)) await this.#move()
    if (this.#large) return this.#large.write(bytes)
    this.#account.used += bytes.length
    this.#memory.append(bytes)
  }

  #mustMove(more: number): boolean {
    const fits = this.#account.used + more <= this.#account.budget
    if (this.#backing) return !fits || this.#memory.size + more > this.#small
    if (fits) return false
    throw noRoom(`More than ${Math.floor(this.#account.budget / MIB)} MiB would have to be kept in memory`)
  }

  async #move(): Promise<void> {
    this.#large = await this.#backing?.open()
    for (const piece of this.#memory.pieces()) await this.#large?.write(piece)
    this.#release()
  }

  #release(): void {
    this.#account.used -= this.#memory.size
    this.#memory = new MemorySpill()
  }

  async reset(): Promise<void> {
    this.#release()
    const large = this.#large
    this.#large = undefined
    await large?.discard()
  }

  async finish(): Promise<Spill> {
    this.#isFinished = true
    if (this.#large) return this.#large.finish()
    let isOpen = true
    const close = () => {
      if (isOpen) this.#release()
      isOpen = false
      return Promise.resolve()
    }
    return { kind: 'memory', source: this.#memory.source(), close }
  }

  async discard(): Promise<void> {
    if (!this.#isFinished) await this.reset()
  }
}

/** The error for an archive that cannot be held, whatever the store. */
export function noRoom(why: string): OpenError {
  return new OpenError(
    'no-room',
    `There is no room for the unpacked archive. ${why}.`,
    'Unpack the archive yourself and drop the plain tar, which is read in place; or free disk space.',
  )
}

/** Spills to a Blob made from a stream: the browser decides where it lives, which stays bounded in memory. */
export const blobBacking: SpillBacking = {
  open: () => Promise.resolve(new BlobWriter()),
}

class BlobWriter implements SpillWriter {
  #pipe: TransformStream<Uint8Array, Uint8Array> | undefined
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined
  #blob: Promise<Blob> | undefined

  async write(bytes: Uint8Array): Promise<void> {
    const writer = this.#start()
    try {
      await writer.ready
      await writer.write(bytes)
    } catch {
      throw noRoom('The browser refused to keep more')
    }
  }

  #start(): WritableStreamDefaultWriter<Uint8Array> {
    if (this.#writer) return this.#writer
    this.#pipe = new TransformStream()
    this.#blob = new Response(this.#pipe.readable as ReadableStream<Uint8Array<ArrayBuffer>>).blob()
    this.#blob.catch(() => undefined)
    this.#writer = this.#pipe.writable.getWriter()
    return this.#writer
  }

  async finish(): Promise<Spill> {
    const writer = this.#start()
    try {
      await writer.close()
      const blob = await this.#blob
      if (!blob) throw new Error('no blob')
      return { kind: 'blob', source: blobSource(blob), close: () => Promise.resolve() }
    } catch {
      throw noRoom('The browser could not keep it')
    }
  }

  async reset(): Promise<void> {
    await this.#writer?.abort().catch(() => undefined)
    this.#writer = undefined
  }

  discard(): Promise<void> {
    return this.reset()
  }
}

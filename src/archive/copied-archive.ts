/** An archive of which some members can be kept as a copy in a faster place, while it is open. */
import { BlobReader } from './blob-reader.ts'
import { Buffers } from './buffers.ts'
import { partSource } from './byte-sources.ts'
import type { Member, OpenedArchive } from './member.ts'
import type { ByteSource } from './source.ts'
import type { Spill, SpillBacking } from './spill.ts'

/** Bytes copied at a time. */
const CHUNK = 4 * 1024 * 1024

export interface CopyOptions {
  readonly signal: AbortSignal
  /** Bytes copied, and in all. */
  readonly onProgress: (done: number, total: number) => void
}

export class CopiedArchive {
  readonly archive: OpenedArchive
  #copy: { readonly spill: Spill; readonly sources: ReadonlyMap<number, ByteSource> } | undefined

  constructor(archive: OpenedArchive) {
    this.archive = {
      ...archive,
      open: (member) => this.#source(archive, member),
      close: async () => {
        await this.drop()
        await archive.close()
      },
    }
  }

  /** Bytes that are copied. */
  get copied(): number {
    return this.#copy?.spill.source.size ?? 0
  }

  /**
   * Copies members, one behind the other, and reads them from there from now on. Nothing is left when it fails.
   * `backing` holds bytes elsewhere when it has written them: their buffer is used again.
   */
  async copy(members: readonly Member[], backing: SpillBacking, { signal, onProgress }: CopyOptions): Promise<void> {
    await this.drop()
    const places: { readonly index: number; readonly offset: number; readonly size: number }[] = []
    const bodies = members.map((member) => ({ member, body: this.archive.open(member) }))
    const total = bodies.reduce((sum, { body }) => sum + body.size, 0)
    const writer = await backing.open()
    const buffers = new Buffers()
    let done = 0
    try {
      for (const { member, body } of bodies) {
        places.push({ index: member.index, offset: done, size: body.size })
        const blob = body.blob?.()
        const reader = blob ? new BlobReader(blob, buffers) : body
        for (let at = 0; at < body.size; at += CHUNK) {
          const bytes = await reader.read(at, Math.min(CHUNK, body.size - at), signal)
          signal.throwIfAborted()
          await writer.write(bytes)
          buffers.giveBack(bytes.buffer)
          done += bytes.length
          onProgress(done, total)
        }
      }
      const spill = await writer.finish()
      const sources = places.map(({ index, offset, size }) => [index, partSource(spill.source, offset, size)] as const)
      this.#copy = { spill, sources: new Map(sources) }
    } catch (error) {
      await writer.discard()
      throw error
    }
  }

  /** Deletes the copy; members are read from where they were. */
  async drop(): Promise<void> {
    const copy = this.#copy
    this.#copy = undefined
    await copy?.spill.close()
  }

  /** A source that reads wherever the member is just now. */
  #source(archive: OpenedArchive, member: Member): ByteSource {
    const original = archive.open(member)
    const now = (): ByteSource => this.#copy?.sources.get(member.index) ?? original
    return {
      size: original.size,
      read: (offset, length, signal) => now().read(offset, length, signal),
      get blob() {
        return now().blob
      },
      get file() {
        return now().file
      },
    }
  }
}

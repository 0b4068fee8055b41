/** Writing memory to files: to the disk as it is read where the browser can, else as a download. */
import type { ViewContext } from '../../app/context.ts'
import { isAbort } from '../../base/errors.ts'
import type { MemoryDamage, MemoryFileFormat, MemoryFileQuery, SpaceRef } from '../../model/memory.ts'
import type { MenuItem } from '../../ui/menu.ts'
import { errorText, formatBytes } from './format.ts'
import { pickFile, saveBlob, saveStream } from './save.ts'

/** A part of an address space that can be saved; the whole space when it has no range. */
export interface SaveScope {
  /** `Selection`, `Mapping`, `Whole process`. Evidence text is allowed. */
  readonly label: string
  readonly range: MemoryFileQuery['range']
}

type Format = readonly [format: MemoryFileFormat, label: string, ending: string]

const PACKED: Format = ['packed', 'stored bytes, one after the other', 'bin']
const HEX_DUMP: Format = ['hexdump', 'hex dump as text', 'txt']
const SPARSE: Format = ['sparse', 'bytes at their place, gaps as zeros', 'sparse.bin']
/** Of a whole space, whose gaps no file system has room for (128 TiB in any process of 64 bits). */
const MAPPINGS: Format = ['mappings', 'a file for each mapping, as tar', 'tar']

const MAPS: Readonly<Partial<Record<MemoryFileFormat, string>>> = {
  packed: 'stored bytes',
  sparse: 'bytes at their place',
  mappings: 'files in the tar',
}

interface Saved {
  readonly bytes: number
  /** A sentence on what is not in the file; begins with a space. */
  readonly note?: string
}

export class MemorySave {
  readonly #ctx: ViewContext
  #controller: AbortController | undefined
  busy = $state(false)
  written = $state(0)
  total = $state<number | undefined>()
  /** What came of it, in words. */
  words = $state('')
  failure = $state<string | undefined>()

  constructor(ctx: ViewContext) {
    this.#ctx = ctx
  }

  cancel(): void {
    this.#controller?.abort()
  }

  /** Every format for each of the parts. */
  items(space: SpaceRef, scopes: readonly SaveScope[]): readonly MenuItem[] {
    return scopes.flatMap(({ label, range }) => {
      const query = (format: MemoryFileFormat): MemoryFileQuery => ({ space, format, ...(range ? { range } : {}) })
      const name = fileName(space, range)
      const placed = range ? SPARSE : MAPPINGS
      const files = [PACKED, placed, HEX_DUMP].map(([format, words, ending], index): MenuItem => ({
        label: `${label}: ${words}`,
        icon: 'download',
        separated: index === 0,
        run: () => void this.#save(query(format), `${name}.${ending}`),
      }))
      const maps = [PACKED, placed].map(([format]): MenuItem => ({
        label: `${label}: JSON map of the ${MAPS[format] ?? ''}`,
        icon: 'download',
        run: () => void this.#saveRanges(query(format), `${name}.${format}.json`),
      }))
      return [...files, ...maps]
    })
  }

  #save(query: MemoryFileQuery, name: string): Promise<void> {
    return this.#run(name, async (signal) => {
      const { client, checkpoint } = this.#ctx
      const file = await pickFile(name)
      if (!file) {
        const { blob, damage } = await client.memoryBlob(checkpoint.id, query)
        signal.throwIfAborted()
        saveBlob(name, blob)
        return { bytes: blob.size, note: damageText(damage, query) }
      }
      const { size, stream, damage } = await client.memoryStream(checkpoint.id, query)
      this.total = size
      await saveStream(file, stream, { signal, onBytes: (bytes) => (this.written = bytes) })
      return { bytes: this.written, note: damageText(damage, query) }
    })
  }

  #saveRanges(query: MemoryFileQuery, name: string): Promise<void> {
    return this.#run(name, async (signal) => {
      const blob = await this.#ctx.client.memoryRanges(this.#ctx.checkpoint.id, query)
      signal.throwIfAborted()
      saveBlob(name, blob)
      return { bytes: blob.size }
    })
  }

  async #run(name: string, work: (signal: AbortSignal) => Promise<Saved>): Promise<void> {
    this.cancel()
    const controller = new AbortController()
    this.#controller = controller
    this.busy = true
    this.written = 0
    this.words = ''
    this.total = this.failure = undefined
    try {
      const { bytes, note = '' } = await work(controller.signal)
      this.words = `Saved ${name}: ${formatBytes(bytes)}.${note}`
    } catch (error) {
      if (!isAbort(error)) this.failure = errorText(error)
    } finally {
      if (this.#controller === controller) this.busy = false
    }
  }
}

function damageText({ first, bytes }: MemoryDamage, { format }: MemoryFileQuery): string {
  if (first === undefined) return ''
  const what = format === 'packed' || format === 'hexdump' ? 'left out' : 'zeros stand in their place'
  return ` ${formatBytes(bytes)} from 0x${first.toString(16)} on are in compressed blocks that are damaged: ${what}. The JSON map lists them.`
}

/** Of numbers only: whose memory, and from where to where. */
function fileName(space: SpaceRef, range: MemoryFileQuery['range']): string {
  const owner = space.kind === 'process' ? `memory-${space.pid}` : `shared-${space.shmid}`
  if (!range) return owner
  return `${owner}-${range.address.toString(16)}-${(range.address + range.length).toString(16)}`
}

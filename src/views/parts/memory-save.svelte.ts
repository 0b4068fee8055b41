/** Writing memory to files: to the disk as it is read where the browser can, else as a download. */
import type { ViewContext } from '../../app/context.ts'
import { isAbort } from '../../base/errors.ts'
import type { MemoryFileFormat, MemoryFileQuery, SpaceRef } from '../../model/memory.ts'
import type { MenuItem } from '../../ui/menu.ts'
import { errorText, formatBytes } from './format.ts'
import { pickFile, saveBlob, saveStream } from './save.ts'

/** A part of an address space that can be saved; the whole space when it has no range. */
export interface SaveScope {
  /** `Selection`, `Mapping`, `Whole process`. Evidence text is allowed. */
  readonly label: string
  readonly range: MemoryFileQuery['range']
}

const FORMATS: readonly (readonly [format: MemoryFileFormat, label: string, ending: string])[] = [
  ['packed', 'stored bytes, one after the other', 'bin'],
  ['sparse', 'bytes at their place, gaps as holes', 'sparse.bin'],
  ['hexdump', 'hex dump as text', 'txt'],
]

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
      const files = FORMATS.map(([format, words, ending], index): MenuItem => ({
        label: `${label}: ${words}`,
        icon: 'download',
        separated: index === 0,
        run: () => void this.#save(query(format), `${name}.${ending}`),
      }))
      const maps = (['packed', 'sparse'] as const).map((format): MenuItem => ({
        label: `${label}: JSON map of the ${format === 'packed' ? 'stored bytes' : 'file with holes'}`,
        icon: 'download',
        run: () => void this.#saveRanges(query(format), `${name}.${format}.json`),
      }))
      return [...files, ...maps]
    })
  }

  #save(query: MemoryFileQuery, name: string): Promise<void> {
    return this.#run(name, async (signal) => {
      const { id } = this.#ctx.checkpoint
      const file = await pickFile(name)
      if (!file) {
        const { blob } = await this.#ctx.client.memoryBlob(id, query)
        signal.throwIfAborted()
        saveBlob(name, blob)
        return blob.size
      }
      const { size, stream } = await this.#ctx.client.memoryStream(id, query)
      this.total = size
      await saveStream(file, stream, { signal, onBytes: (bytes) => (this.written = bytes) })
      return this.written
    })
  }

  #saveRanges(query: MemoryFileQuery, name: string): Promise<void> {
    return this.#run(name, async (signal) => {
      const blob = await this.#ctx.client.memoryRanges(this.#ctx.checkpoint.id, query)
      signal.throwIfAborted()
      saveBlob(name, blob)
      return blob.size
    })
  }

  async #run(name: string, work: (signal: AbortSignal) => Promise<number>): Promise<void> {
    this.cancel()
    const controller = new AbortController()
    this.#controller = controller
    this.busy = true
    this.written = 0
    this.words = ''
    this.total = this.failure = undefined
    try {
      const bytes = await work(controller.signal)
      this.words = `Saved ${name}: ${formatBytes(bytes)}`
    } catch (error) {
      if (!isAbort(error)) this.failure = errorText(error)
    } finally {
      if (this.#controller === controller) this.busy = false
    }
  }
}

/** Of numbers only: whose memory, and from where to where. */
function fileName(space: SpaceRef, range: MemoryFileQuery['range']): string {
  const owner = space.kind === 'process' ? `memory-${space.pid}` : `shared-${space.shmid}`
  if (!range) return owner
  return `${owner}-${range.address.toString(16)}-${(range.address + range.length).toString(16)}`
}

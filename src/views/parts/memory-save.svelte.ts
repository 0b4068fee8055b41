/** Writing memory to files: to the disk as it is read where the browser can, else as a download. */
import type { ViewContext } from '../../app/context.ts'
import type { MemoryFileFormat, MemoryFileQuery, SpaceRef } from '../../model/memory.ts'
import type { MenuItem } from '../../ui/menu.ts'
import { FileSave } from './file-save.svelte.ts'
import { formatBytes } from './format.ts'
import { saveBlob } from './save.ts'

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
  readonly file = new FileSave()
  /** What came of it, in words. */
  words = $state('')

  constructor(ctx: ViewContext) {
    this.#ctx = ctx
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

  async #save(query: MemoryFileQuery, name: string): Promise<void> {
    this.words = ''
    const { client, checkpoint } = this.#ctx
    const bytes = await this.file.save(name, {
      blob: async () => {
        const { blob } = await client.memoryBlob(checkpoint.id, query)
        return { about: blob.size, blob }
      },
      stream: async () => {
        const { size, stream } = await client.memoryStream(checkpoint.id, query)
        return { about: size, size, stream }
      },
    })
    this.#say(name, bytes)
  }

  async #saveRanges(query: MemoryFileQuery, name: string): Promise<void> {
    this.words = ''
    const bytes = await this.file.run(async (signal) => {
      const blob = await this.#ctx.client.memoryRanges(this.#ctx.checkpoint.id, query)
      signal.throwIfAborted()
      saveBlob(name, blob)
      return blob.size
    })
    this.#say(name, bytes)
  }

  #say(name: string, bytes: number | undefined): void {
    if (bytes !== undefined) this.words = `Saved ${name}: ${formatBytes(bytes)}`
  }
}

/** Of numbers only: whose memory, and from where to where. */
function fileName(space: SpaceRef, range: MemoryFileQuery['range']): string {
  const owner = space.kind === 'process' ? `memory-${space.pid}` : `shared-${space.shmid}`
  if (!range) return owner
  return `${owner}-${range.address.toString(16)}-${(range.address + range.length).toString(16)}`
}

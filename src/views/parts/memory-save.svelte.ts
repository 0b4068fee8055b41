/** Writing memory to files: to the disk as it is read where the browser can, else as a download. */
import type { ViewContext } from '../../app/context.ts'
import type { MemoryDamage, MemoryFileFormat, MemoryFileQuery, SpaceRef } from '../../model/memory.ts'
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
  /** Undefined when it was not known before all was written. */
  readonly bytes: number | undefined
  /** A sentence on what is not in the file; begins with a space. */
  readonly note?: string
}

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

  async #save(query: MemoryFileQuery, name: string): Promise<void> {
    this.words = ''
    const { client, checkpoint } = this.#ctx
    const saved = await this.file.save(name, {
      blob: async () => {
        const { blob, damage } = await client.memoryBlob(checkpoint.id, query)
        return { about: { bytes: blob.size, note: damageText(damage, query) }, blob }
      },
      stream: async () => {
        const { size, stream, damage } = await client.memoryStream(checkpoint.id, query)
        return { about: { bytes: size, note: damageText(damage, query) }, size, stream }
      },
    })
    this.#say(name, saved)
  }

  async #saveRanges(query: MemoryFileQuery, name: string): Promise<void> {
    this.words = ''
    const saved = await this.file.run(async (signal) => {
      const blob = await this.#ctx.client.memoryRanges(this.#ctx.checkpoint.id, query)
      signal.throwIfAborted()
      saveBlob(name, blob)
      return { bytes: blob.size }
    })
    this.#say(name, saved)
  }

  #say(name: string, saved: Saved | undefined): void {
    if (saved) this.words = `Saved ${name}: ${formatBytes(saved.bytes ?? this.file.written)}.${saved.note ?? ''}`
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

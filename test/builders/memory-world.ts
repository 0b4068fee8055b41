/** Archives with one process and whatever memory a test gives it, as the page opens them. */
import { makeSpillStore } from '../../src/archive/spill.ts'
import type { Checkpoint } from '../../src/model/checkpoint.ts'
import type { MemorySegment } from '../../src/model/memory.ts'
import type { OpenEvent } from '../../workers/contract.ts'
import { Analysis } from '../../workers/analysis.ts'
import { image, minimal, type RecordInit } from './image.ts'
import { inputFile } from './sources.ts'
import { tar, type TarEntry } from './tar.ts'

export const PAGE = 4096

/** A private anonymous mapping unless said otherwise. */
export function vma(page: number, pages: number, more: RecordInit = {}): RecordInit {
  const place = { start: BigInt(page * PAGE), end: BigInt((page + pages) * PAGE) }
  return { ...minimal('vma_entry'), ...place, prot: 3, flags: 0x22, status: 0x201, ...more }
}

export interface MemoryWorld {
  readonly label: string
  readonly vmas: readonly RecordInit[]
  readonly files: Readonly<Record<string, Uint8Array | { readonly link: string }>>
  /** Images of the process that are left out. */
  readonly without?: readonly string[]
  /** Folder of the images. */
  readonly dir?: string
  readonly inventory?: RecordInit
  /** No process tree: what a pre-dump leaves. */
  readonly isPreDump?: boolean
  readonly containerId?: string
}

/** The archive as a tar; process 1 is alive. */
function memoryTar(world: MemoryWorld): Uint8Array {
  const { vmas, files, dir = 'checkpoint', inventory = {}, isPreDump = false, containerId, without = [] } = world
  const tc = { ...minimal('task_core_entry'), task_state: 1, comm: 'x' }
  const process: Record<string, Uint8Array> = {
    'pstree.img': image('PSTREE', [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }]),
    'core-1.img': image('CORE', [{ mtype: 1, tc, thread_core: minimal('thread_core_entry') }]),
    'mm-1.img': image('MM', [{ ...minimal('mm_entry'), vmas }]),
  }
  const members = {
    'inventory.img': image('INVENTORY', [{ img_version: 2, ...inventory }]),
    ...(isPreDump ? {} : process),
  }
  const entries: TarEntry[] = Object.entries<Uint8Array | { readonly link: string }>({ ...members, ...files })
    .filter(([name]) => !without.includes(name))
    .map(([name, file]) =>
      'link' in file ? { name: `${dir}/${name}`, type: '2', link: file.link } : { name: `${dir}/${name}`, body: file },
    )
  if (containerId !== undefined) entries.push({ name: 'config.dump', body: JSON.stringify({ id: containerId }) })
  return tar(...entries)
}

/** A session with its checkpoints by label, as the page keeps them. */
export class MemorySession {
  readonly analysis = new Analysis('test', makeSpillStore())
  readonly byLabel = new Map<string, Checkpoint>()
  #requests = 0

  async open(world: MemoryWorld): Promise<Checkpoint> {
    await this.analysis.open(++this.#requests, [inputFile(world.label, memoryTar(world))], (event: OpenEvent) => {
      if (event.kind === 'checkpoint' || event.kind === 'changed') this.#take(event.checkpoint)
    })
    return this.get(world.label)
  }

  async close(label: string): Promise<void> {
    for (const checkpoint of await this.analysis.close(this.get(label).id)) this.#take(checkpoint)
    this.byLabel.delete(label)
  }

  get(label: string): Checkpoint {
    const checkpoint = this.byLabel.get(label)
    if (!checkpoint) throw new Error(`nothing opened as ${label}`)
    return checkpoint
  }

  codes(label: string): string[] {
    return this.get(label).diagnostics.map(({ code }) => code)
  }

  read(label: string, address: number, length: number): Promise<readonly MemorySegment[]> {
    return this.analysis.readMemory(this.get(label).id, { kind: 'process', pid: 1 }, BigInt(address), length)
  }

  #take(checkpoint: Checkpoint): void {
    this.byLabel.set(checkpoint.archive.label, checkpoint)
  }
}

/** One entry for each byte: its value, or the kind of its gap. */
export function flatten(segments: readonly MemorySegment[]): (number | string)[] {
  return segments.flatMap((segment): (number | string)[] =>
    'bytes' in segment ? [...segment.bytes] : Array.from({ length: segment.length }, () => segment.kind),
  )
}

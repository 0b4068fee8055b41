/** Checkpoints of one process with the memory that a test wants: as members of a tar, and on disk. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { image, minimal } from './image.ts'
import { tarHeader, tarMember } from './tar.ts'

/** A mapping, private and anonymous, or of a file when it has an id. */
export interface MadeMapping {
  readonly start: bigint
  /** Bytes. */
  readonly size: number
  /** sys/mman.h bits; 3 (read, write) unless given. */
  readonly prot?: number
}

/** Stored pages, in the order in which they stand in the pages image. */
export interface MadeRun {
  readonly start: bigint
  readonly pages: number
}

/** All members but the pages image, which is `checkpoint/pages-1.img`. */
export function memoryMembers(
  mappings: readonly MadeMapping[],
  runs: readonly MadeRun[],
): readonly { readonly name: string; readonly body: Uint8Array }[] {
  const vmas = mappings.map(({ start, size, prot = 3 }) => ({
    ...{ start, end: start + BigInt(size), pgoff: 0n, shmid: 0n, prot, flags: 0x22, status: 0x201, fd: -1n },
  }))
  const root = { ...minimal('inventory_entry'), img_version: 2, root_ids: minimal('task_kobj_ids_entry') }
  const core = {
    ...{ mtype: 1, thread_info: minimal('thread_info_x86') },
    tc: { ...minimal('task_core_entry'), task_state: 1, comm: 'made' },
  }
  const pagemap = runs.map(({ start, pages }) => ({
    ...{ vaddr: start, nr_pages: BigInt(pages), compat_nr_pages: 0, flags: 4 },
  }))
  return Object.entries({
    'inventory.img': image('INVENTORY', [root]),
    'pstree.img': image('PSTREE', [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }]),
    'core-1.img': image('CORE', [core]),
    'mm-1.img': image('MM', [{ ...minimal('mm_entry'), vmas }]),
    'pagemap-1.img': image('PAGEMAP', [{ pages_id: 1 }, ...pagemap]),
  }).map(([name, body]) => ({ name: `checkpoint/${name}`, body }))
}

const PAGE = 4096
const START = 0x7f00_0000_0000n
/** Pages made once and written again and again. */
const PORTION = 64 * 1024 * 1024

/**
 * Writes a checkpoint of one process with that much memory, filled by `pages` portion by portion; gives where its pages
 * begin in the file.
 */
export function writeMemoryArchive(path: string, size: number, pages: (size: number) => Uint8Array): number {
  const members = memoryMembers([{ start: START, size }], [{ start: START, pages: size / PAGE }])
  const file = openSync(path, 'w')
  let at = 0
  const write = (bytes: Uint8Array): void => {
    at += writeSync(file, bytes, 0, bytes.length, at)
  }
  try {
    for (const member of members) write(tarMember(member))
    write(tarHeader({ name: 'checkpoint/pages-1.img', size }))
    const begin = at
    const portion = pages(Math.min(size, PORTION))
    for (let done = 0; done < size; done += portion.length) write(portion.subarray(0, size - done))
    write(new Uint8Array(2 * 512))
    return begin
  } finally {
    closeSync(file)
  }
}

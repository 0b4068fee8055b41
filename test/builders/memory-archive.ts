/** Archives with a lot of memory, on disk. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { image, minimal } from './image.ts'
import { tarHeader, tarMember } from './tar.ts'

const PAGE = 4096
const START = 0x7f00_0000_0000n
/** Pages made once and written again and again. */
const PORTION = 64 * 1024 * 1024

/**
 * Writes a checkpoint of one process with that much memory, filled by `pages` portion by portion; gives where its pages
 * begin in the file.
 */
export function writeMemoryArchive(path: string, size: number, pages: (size: number) => Uint8Array): number {
  const vma = {
    start: START,
    end: START + BigInt(size),
    pgoff: 0n,
    shmid: 0n,
    prot: 3,
    flags: 0x22,
    status: 0x201,
    fd: -1n,
  }
  const count = BigInt(size / PAGE)
  const members = {
    'inventory.img': image('INVENTORY', [
      { ...minimal('inventory_entry'), img_version: 2, root_ids: minimal('task_kobj_ids_entry') },
    ]),
    'pstree.img': image('PSTREE', [{ pid: 1, ppid: 0, pgid: 1, sid: 1, threads: [1] }]),
    'core-1.img': image('CORE', [
      {
        mtype: 1,
        tc: { ...minimal('task_core_entry'), task_state: 1, comm: 'bench' },
        thread_info: minimal('thread_info_x86'),
      },
    ]),
    'mm-1.img': image('MM', [{ ...minimal('mm_entry'), vmas: [vma] }]),
    'pagemap-1.img': image('PAGEMAP', [
      { pages_id: 1 },
      { vaddr: START, nr_pages: count, compat_nr_pages: 0, flags: 4 },
    ]),
  }
  const file = openSync(path, 'w')
  let at = 0
  const write = (bytes: Uint8Array): void => {
    at += writeSync(file, bytes, 0, bytes.length, at)
  }
  try {
    for (const [name, body] of Object.entries(members)) write(tarMember({ name: `checkpoint/${name}`, body }))
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

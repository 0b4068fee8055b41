/** A small valid image of every type that has records, with the bytes that follow them. */
import { imageType } from '../../src/criu/image-types.ts'
import { concat, image, minimal, padded, record, type RecordInit } from './image.ts'

const text = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value))

const SPECIAL: Readonly<Record<string, readonly RecordInit[]>> = {
  PIPES_DATA: [
    { pipe_id: 7, bytes: 5, $extra: text('hello') },
    { pipe_id: 8, bytes: 0 },
    { pipe_id: 9, bytes: 1, size: 65536, $extra: text('!') },
  ],
  FIFO_DATA: [{ pipe_id: 7, bytes: 2, $extra: text('\0\n') }],
  SK_QUEUES: [
    { id_for: 3, length: 4, scm: [{ type: 1, rights: [4, 5] }], $extra: text('ping') },
    { id_for: 3, length: 0 },
  ],
  TCP_STREAM: [{ ...minimal('tcp_stream_entry'), inq_len: 3, outq_len: 4, unsq_len: 2, $extra: text('in.out.') }],
  GHOST_FILE: [
    { ...minimal('ghost_file_entry'), mode: 0o100644, chunks: true, size: 12288n },
    { $message: 'ghost_chunk_entry', len: 3n, off: 0n, $extra: text('abc') },
    { $message: 'ghost_chunk_entry', len: 2n, off: 8192n, $extra: text('yz') },
  ],
  IPCNS_SHM: [
    { ...minimal('ipc_shm_entry'), size: 6n, $extra: padded(text('shared'), 4) },
    { ...minimal('ipc_shm_entry'), size: 4096n, in_pagemaps: true },
    { ...minimal('ipc_shm_entry'), size: 4n, $extra: text('next') },
  ],
  IPCNS_MSG: [
    {
      ...minimal('ipc_msg_entry'),
      qbytes: 100,
      qnum: 2,
      $extra: concat([
        record('ipc_msg', { mtype: 5n, msize: 3 }),
        padded(text('one'), 8),
        record('ipc_msg', { mtype: 6n, msize: 8 }),
        text('eight ch'),
      ]),
    },
    { ...minimal('ipc_msg_entry'), qbytes: 1, qnum: 0 },
  ],
  IPCNS_SEM: [
    { ...minimal('ipc_sem_entry'), nsems: 3, $extra: padded(Uint8Array.of(1, 0, 2, 1, 3, 0), 8) },
    { ...minimal('ipc_sem_entry'), nsems: 4, $extra: Uint8Array.of(4, 0, 5, 0, 6, 0, 7, 0) },
  ],
  BPFMAP_DATA: [{ map_id: 1, keys_bytes: 4, values_bytes: 2, count: 2, $extra: text('keysva') }],
  PAGEMAP: [{ pages_id: 4 }, { vaddr: 0x400000n, compat_nr_pages: 0, flags: 4, nr_pages: 2n }],
  SHMEM_PAGEMAP: [{ pages_id: 5 }, { vaddr: 0n, compat_nr_pages: 3, flags: 4 }],
  INVENTORY: [{ img_version: 2 }],
}

export function exampleRecords(name: string): readonly RecordInit[] {
  const { message } = imageType(name)
  return SPECIAL[name] ?? (message === undefined ? [] : [minimal(message)])
}

export function exampleOf(name: string, version: '1.0' | '1.1' = '1.1'): Uint8Array {
  return image(name, exampleRecords(name), version)
}

/** Files of the origin's private file system through synchronous handles, which exist in workers only. */
import { checkRange } from './byte-sources.ts'
import type { FilePart } from './source.ts'

/** The parts of FileSystemSyncAccessHandle in use (the DOM types leave it out: it is worker-only). */
export interface SyncHandle {
  /** Absent in browsers that give a file to one handle at a time. */
  readonly mode?: string
  read(buffer: Uint8Array, options: { at: number }): number
  write(buffer: Uint8Array, options: { at: number }): number
  flush(): void
  close(): void
}

export type SyncFile = FileSystemFileHandle & {
  createSyncAccessHandle(options?: { mode: 'read-only' }): Promise<SyncHandle>
}

/** Opens a file beside others that read it; undefined where the browser has no such mode, or the file is being written. */
export async function openToRead(file: FilePart['handle']): Promise<SyncHandle | undefined> {
  try {
    const handle = await (file as SyncFile).createSyncAccessHandle({ mode: 'read-only' })
    if (handle.mode === 'read-only') return handle
    handle.close()
  } catch {
    // The owner of the file reads for others then.
  }
  return undefined
}

/** Fills a buffer with the bytes at `offset` of a file of `size` bytes. */
export function readInto(handle: SyncHandle, size: number, offset: number, bytes: Uint8Array): void {
  checkRange(size, offset, bytes.length)
  for (let done = 0; done < bytes.length;) {
    const count = handle.read(bytes.subarray(done), { at: offset + done })
    if (count <= 0) throw new DOMException('the file is shorter than it was written', 'NotReadableError')
    done += count
  }
}

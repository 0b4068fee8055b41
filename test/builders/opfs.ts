/** The private file system and Web Locks of a browser, as far as spills use them, in memory. */
import type { OpfsEnvironment } from '../../src/archive/opfs-spill.ts'

export class FakeFolder {
  readonly folders = new Map<string, FakeFolder>()
  readonly files = new Map<string, { bytes: number[]; isOpen: boolean }>()
  readonly quota: { left: number }

  constructor(quota: { left: number } = { left: Infinity }) {
    this.quota = quota
  }

  getDirectoryHandle(name: string): Promise<FakeFolder> {
    const folder = this.folders.get(name) ?? new FakeFolder(this.quota)
    this.folders.set(name, folder)
    return Promise.resolve(folder)
  }

  getFileHandle(name: string): Promise<object> {
    const file = this.files.get(name) ?? { bytes: [], isOpen: false }
    this.files.set(name, file)
    const { quota } = this
    const handle = {
      read(buffer: Uint8Array, { at }: { at: number }) {
        const part = file.bytes.slice(at, at + buffer.length)
        buffer.set(part)
        return part.length
      },
      write(buffer: Uint8Array, { at }: { at: number }) {
        if (quota.left < buffer.length) throw new DOMException('full', 'QuotaExceededError')
        quota.left -= buffer.length
        for (const [i, byte] of buffer.entries()) file.bytes[at + i] = byte
        return buffer.length
      },
      flush() {
        return undefined
      },
      close() {
        file.isOpen = false
      },
    }
    const createSyncAccessHandle = () => {
      file.isOpen = true
      return Promise.resolve(handle)
    }
    return Promise.resolve({ createSyncAccessHandle })
  }

  removeEntry(name: string): Promise<void> {
    if (!this.files.delete(name) && !this.folders.delete(name))
      return Promise.reject(new DOMException('none', 'NotFoundError'))
    return Promise.resolve()
  }

  async *keys(): AsyncGenerator<string> {
    await Promise.resolve()
    yield* this.folders.keys()
  }
}

/** An environment around `root`; `held` are names of locks that other sessions hold. */
export function fakeOpfs(root: FakeFolder, held = new Set<string>()): OpfsEnvironment {
  type Callback = (lock: object | null) => unknown
  const request = (name: string, first: Callback | { ifAvailable?: boolean }, second?: Callback): Promise<unknown> => {
    const callback = typeof first === 'function' ? first : second
    const isHeld = held.has(name)
    if (!isHeld) held.add(name)
    const result = Promise.resolve(callback?.(isHeld ? null : { name }))
    return result.finally(() => held.delete(name))
  }
  return {
    storage: { getDirectory: () => Promise.resolve(root as unknown as FileSystemDirectoryHandle) },
    locks: { request } as unknown as OpfsEnvironment['locks'],
  }
}

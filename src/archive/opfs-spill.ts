/**
 * Spills in the origin's private file system, through synchronous access handles, which exist in workers only and
 * read in microseconds where a dropped file takes milliseconds. Each session has a folder of its own and holds a Web
 * Lock named after it; folders whose lock nobody holds are left over from a crash and are removed at start.
 */
import { isAbort } from '../base/errors.ts'
import { checkRange } from './byte-sources.ts'
import { openToRead, readInto, type SyncFile, type SyncHandle } from './opfs-file.ts'
import { noRoom } from './spill.ts'
import type { Spill, SpillBacking, SpillWriter } from './spill.ts'

/** What is needed of the browser; tests hand in their own. */
export interface OpfsEnvironment {
  readonly storage: { getDirectory(): Promise<FileSystemDirectoryHandle> }
  readonly locks: Pick<LockManager, 'request'>
}

const ROOT = 'cryoscope-spill'
/** Writes are gathered to this size: small ones cost ten times as much per byte. */
const GATHER = 4 * 1024 * 1024
/** Attempts to remove a file that threads still have open which were just ended, and milliseconds between them. */
const ATTEMPTS = 20
const PAUSE = 100

/** The private file system as a backing; undefined where it, its synchronous handles or Web Locks are missing. */
export async function opfsBacking(
  environment: Partial<OpfsEnvironment> = navigator,
): Promise<SpillBacking | undefined> {
  const { storage, locks } = environment
  if (!storage || !locks) return undefined
  try {
    const top = await storage.getDirectory()
    const root = await top.getDirectoryHandle(ROOT, { create: true })
    const session = `session-${randomName()}`
    await holdLock(locks, session)
    const folder = await root.getDirectoryHandle(session, { create: true })
    await probe(folder)
    await removeLeftovers(root, locks, session)
    let count = 0
    return { open: () => OpfsWriter.create(folder, `spill-${count++}`) }
  } catch (error) {
    // A browser that forbids it (private windows, file://) throws SecurityError or the like: another store serves.
    if (isAbort(error)) throw error
    return undefined
  }
}

function randomName(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Resolves once the lock is held; it is kept until the worker ends. */
function holdLock(locks: OpfsEnvironment['locks'], session: string): Promise<void> {
  return new Promise((resolve, reject) => {
    locks
      .request(`${ROOT}/${session}`, () => {
        resolve()
        return new Promise<never>(() => undefined)
      })
      .catch(reject)
  })
}

/** Fails where synchronous handles are missing. */
async function probe(folder: FileSystemDirectoryHandle): Promise<void> {
  const file = (await folder.getFileHandle('probe', { create: true })) as SyncFile
  const handle = await file.createSyncAccessHandle()
  handle.close()
  await folder.removeEntry('probe')
}

async function removeLeftovers(
  root: FileSystemDirectoryHandle,
  locks: OpfsEnvironment['locks'],
  own: string,
): Promise<void> {
  const names: string[] = []
  for await (const name of (root as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name)
  for (const name of names) {
    if (name === own) continue
    await locks.request(`${ROOT}/${name}`, { ifAvailable: true }, async (lock) => {
      if (lock) await root.removeEntry(name, { recursive: true }).catch(() => undefined)
    })
  }
}

class OpfsWriter implements SpillWriter {
  readonly #folder: FileSystemDirectoryHandle
  readonly #name: string
  readonly #file: SyncFile
  #handle: SyncHandle
  readonly #gathered = new Uint8Array(GATHER)
  #held = 0
  #written = 0
  #state: 'writing' | 'finished' | 'gone' = 'writing'

  private constructor(folder: FileSystemDirectoryHandle, name: string, file: SyncFile, handle: SyncHandle) {
    this.#folder = folder
    this.#name = name
    this.#file = file
    this.#handle = handle
  }

  static async create(folder: FileSystemDirectoryHandle, name: string): Promise<OpfsWriter> {
    const file = (await folder.getFileHandle(name, { create: true })) as SyncFile
    return new OpfsWriter(folder, name, file, await file.createSyncAccessHandle())
  }

  write(bytes: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;) {
        const part = bytes.subarray(at, at + GATHER - this.#held)
        this.#gathered.set(part, this.#held)
        this.#held += part.length
        at += part.length
        if (this.#held === GATHER) this.#flush()
      }
      return Promise.resolve()
    } catch (error) {
      return Promise.reject(describeWriteError(error))
    }
  }

  #flush(): void {
    for (let at = 0; at < this.#held;) {
      const count = this.#handle.write(this.#gathered.subarray(at, this.#held), { at: this.#written })
      if (count <= 0) throw new DOMException('nothing was written', 'QuotaExceededError')
      this.#written += count
      at += count
    }
    this.#held = 0
  }

  /** The file is closed and opened again to be read, together with other threads where the browser can. */
  async finish(): Promise<Spill> {
    try {
      this.#flush()
    } catch (error) {
      throw describeWriteError(error)
    }
    this.#handle.close()
    const shared = await openToRead(this.#file)
    this.#handle = shared ?? (await this.#file.createSyncAccessHandle())
    this.#state = 'finished'
    const size = this.#written
    const read = (offset: number, length: number, signal?: AbortSignal) =>
      new Promise<Uint8Array>((resolve) => {
        signal?.throwIfAborted()
        checkRange(size, offset, length)
        const bytes = new Uint8Array(length)
        readInto(this.#handle, size, offset, bytes)
        resolve(bytes)
      })
    const file = shared && { handle: this.#file, offset: 0 }
    return { kind: 'opfs', source: { size, read, file }, close: () => this.#remove() }
  }

  async reset(): Promise<void> {
    await this.#remove()
  }

  async discard(): Promise<void> {
    if (this.#state === 'writing') await this.#remove()
  }

  async #remove(): Promise<void> {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    this.#handle.close()
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const failure: unknown = await this.#folder.removeEntry(this.#name).catch((error: unknown) => error)
      if (!(failure instanceof DOMException) || failure.name !== 'NoModificationAllowedError') return
      await new Promise((resolve) => setTimeout(resolve, PAUSE))
    }
  }
}

function describeWriteError(error: unknown): Error {
  if (error instanceof Error && error.name === 'QuotaExceededError')
    return noRoom('The browser allows this page no more disk space')
  return error instanceof Error ? error : new Error(String(error))
}

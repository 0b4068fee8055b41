/**
 * js-untar as a second opinion on small plain tars. It runs in a worker of its own that is ended after every
 * archive, with a timeout and a bound on messages: it trusts its input and can loop without end. Its files are
 * compared, never shown.
 */

/** What is needed of a Worker; the page's build and the tests each make their own. */
export interface UntarWorker {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message' | 'error', listener: (event: { readonly data?: unknown }) => void): void
  terminate(): void
}

/** A file as js-untar reports it. */
export interface UntarFile {
  readonly name: string
  readonly type: string
  readonly size: number
}

/** Reads a whole tar; rejects when the library fails, takes too long or reports too many files. */
export type UntarReader = (bytes: Uint8Array, expectedFiles: number) => Promise<UntarFile[]>

/** Longest time for one archive, in milliseconds. */
const TIMEOUT = 10_000

/** A reader that starts a fresh worker for each archive. */
export function makeUntarReader(startWorker: () => UntarWorker, timeout = TIMEOUT): UntarReader {
  return (bytes, expectedFiles) =>
    new Promise<UntarFile[]>((resolve, reject) => {
      const files: UntarFile[] = []
      const worker = startWorker()
      const timer = setTimeout(() => {
        end(() => {
          reject(new Error(`no answer within ${timeout} ms`))
        })
      }, timeout)
      const end = (settle: () => void) => {
        clearTimeout(timer)
        worker.terminate()
        settle()
      }
      const fail = (text: string) => {
        end(() => {
          reject(new Error(text))
        })
      }
      worker.addEventListener('error', () => {
        fail('it failed')
      })
      worker.addEventListener('message', ({ data }) => {
        const message = toRecord(data)
        if (message['type'] === 'extract') files.push(toFile(message['data']))
        else if (message['type'] === 'complete') {
          end(() => {
            resolve(files)
          })
        } else if (message['type'] === 'error') fail('it reports an error')
        if (files.length > expectedFiles + 1) fail('it reports more files than there are')
      })
      const copy = bytes.slice()
      worker.postMessage({ type: 'extract', buffer: copy.buffer }, [copy.buffer])
    })
}

function toRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function toFile(value: unknown): UntarFile {
  const { name, type, buffer } = toRecord(value)
  return {
    name: typeof name === 'string' ? name : '',
    type: typeof type === 'string' ? type : '',
    size: buffer instanceof ArrayBuffer ? buffer.byteLength : -1,
  }
}

import { once } from 'node:events'
import { createServer } from 'node:net'

/** What the core set needs of a browser that playwright-core cannot drive. */
export interface Driver {
  /** Goes to an address and waits until it has loaded. */
  goto(url: string): Promise<void>
  /** Runs the body of an async function in the page, with `argument` as its one argument; gives its JSON value. */
  run(body: string, argument: unknown): Promise<unknown>
  close(): Promise<void>
}

/** Resolves with `value` when a process's output matches, rejects with all of its output when it does not in time. */
export function said(
  process: { readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream },
  pattern: RegExp,
  patience = 30_000,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    const timer = setTimeout(() => {
      reject(new Error(`it did not start in time: ${output}`))
    }, patience)
    const listen = (data: unknown): void => {
      output += String(data)
      const found = pattern.exec(output)
      if (!found) return
      clearTimeout(timer)
      resolve(found[1] ?? '')
    }
    process.stdout.on('data', listen)
    process.stderr.on('data', listen)
  })
}

/** A port of this machine that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

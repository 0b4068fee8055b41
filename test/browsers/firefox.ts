/** Firefox through WebDriver BiDi (W3C), which it speaks itself: a socket, numbered commands, their answers. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { said, type Driver } from './driver.ts'

export const FIREFOX = '/usr/bin/firefox-esr'

interface Answer {
  readonly id?: number
  readonly type: 'success' | 'error' | 'event'
  readonly result?: Readonly<Record<string, unknown>>
  readonly message?: string
}

/** What only Firefox's driver can do. */
interface FirefoxDriver extends Driver {
  /** Sets files of the disk on the file input that a CSS selector names. */
  setFiles(selector: string, paths: readonly string[]): Promise<void>
}

export async function startFirefox(program: string, extra: readonly string[] = []): Promise<FirefoxDriver> {
  const profile = mkdtempSync(join(tmpdir(), 'firefox-'))
  const own = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0']
  const process_ = spawn(program, [...own, ...extra], { env: { ...process.env, HOME: profile } })
  const ended = new Promise((resolve) => process_.once('exit', resolve))
  const address = await said(process_, /WebDriver BiDi listening on (ws:\/\/\S+)/)
  const socket = new WebSocket(`${address}/session`)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = reject
  })
  const waiting = new Map<number, (answer: Answer) => void>()
  socket.onmessage = ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer)
  }
  let count = 0
  async function send(method: string, params: object): Promise<Readonly<Record<string, unknown>>> {
    const id = ++count
    const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const { type, result, message } = await answer
    if (type === 'error' || !result) throw new Error(`${method}: ${message ?? 'no result'}`)
    return result
  }
  await send('session.new', { capabilities: {} })
  const { context } = await send('browsingContext.create', { type: 'tab' })
  return {
    async goto(url) {
      await send('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    async run(body, argument) {
      const result = await send('script.callFunction', {
        functionDeclaration: `async (text) => JSON.stringify(await (async (argument) => { ${body} })(JSON.parse(text)))`,
        arguments: [{ type: 'string', value: JSON.stringify(argument) }],
        target: { context },
        awaitPromise: true,
      })
      if (result['type'] === 'exception') throw new Error(JSON.stringify(result['exceptionDetails']))
      const { value } = result['result'] as { value?: string }
      return value === undefined ? undefined : (JSON.parse(value) as unknown)
    },
    async setFiles(selector, paths) {
      const locator = { type: 'css', value: selector }
      const { nodes } = await send('browsingContext.locateNodes', { context, locator })
      const [element] = nodes as readonly { readonly sharedId: string }[]
      await send('input.setFiles', { context, element: { sharedId: element?.sharedId }, files: paths })
    },
    async close() {
      socket.close()
      process_.kill()
      await ended
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

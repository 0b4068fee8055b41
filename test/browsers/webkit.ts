/** WebKitGTK's MiniBrowser through WebKitWebDriver, which speaks WebDriver (W3C) over HTTP; on a screen of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort, said, type Driver } from './driver.ts'

export async function startWebKit(program: string, screenProgram: string): Promise<Driver> {
  // Xvfb picks a free display and writes its number to the file descriptor it is told.
  const screen = spawn(screenProgram, ['-displayfd', '1', '-screen', '0', '1280x800x24', '-nolisten', 'tcp'])
  const display = await said(screen, /(\d+)\n/)
  const port = await freePort()
  const driver = spawn(program, [`--port=${port}`, '--host=127.0.0.1'], {
    env: { ...process.env, DISPLAY: `:${display}`, WEBKIT_DISABLE_COMPOSITING_MODE: '1', LIBGL_ALWAYS_SOFTWARE: '1' },
  })
  async function send(method: string, path: string, body?: object): Promise<unknown> {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) }
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
    const { value } = (await response.json()) as { value: unknown }
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`)
    return value
  }
  async function begin(tries: number): Promise<string> {
    try {
      const { sessionId } = (await send('POST', '/session', { capabilities: {} })) as { sessionId: string }
      return `/session/${sessionId}`
    } catch (error) {
      const isStarting = error instanceof TypeError && tries > 0
      if (!isStarting) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
      return begin(tries - 1)
    }
  }
  const session = await begin(50)
  await send('POST', `${session}/timeouts`, { script: 60_000, pageLoad: 60_000 })
  return {
    async goto(url) {
      await send('POST', `${session}/url`, { url })
    },
    async run(body, argument) {
      const script = `const [argument, done] = arguments;
        (async (argument) => { ${body} })(argument).then((value) => done({ value }), (error) => done({ error: String(error) }))`
      const answer = (await send('POST', `${session}/execute/async`, { script, args: [argument] })) as {
        value?: unknown
        error?: string
      }
      if (answer.error !== undefined) throw new Error(answer.error)
      return answer.value
    },
    async close() {
      await send('DELETE', session)
      driver.kill()
      screen.kill()
      await Promise.all([once(driver, 'exit'), once(screen, 'exit')])
    },
  }
}

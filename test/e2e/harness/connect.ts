/** Tries to send something out of a page or worker, by every way that there is. */
import type { Worker } from 'playwright-core'

/** An address that would be noticed: the port of nothing on this machine. */
const ELSEWHERE = 'http://127.0.0.1:9/'

/** Whether each way was refused by the policy: `refused …` or `open …` with the way's name. */
export function tryToConnect(realm: Pick<Worker, 'evaluate'>, own: string): Promise<string[]> {
  return realm.evaluate(
    async ([elsewhere, home]) => {
      const violations: string[] = []
      addEventListener('securitypolicyviolation', (event) => violations.push(event.blockedURI))
      /** A connection that fails for want of a listener there has still been made: only the policy's word counts. */
      const attempt = async (name: string, action: () => unknown) => {
        const before = violations.length
        let failure = ''
        try {
          await action()
        } catch (error) {
          failure = String(error)
        }
        for (let wait = 0; wait < 100 && violations.length === before; wait++)
          await new Promise((resolve) => setTimeout(resolve, 20))
        return `${violations.length > before ? 'refused' : 'open'} ${name} ${failure}`
      }
      const scope = globalThis as typeof globalThis & { importScripts?: unknown }
      const found = [
        await attempt('fetch elsewhere', () => fetch(elsewhere)),
        await attempt('fetch own', () => fetch(home)),
        await attempt('XMLHttpRequest', () => {
          const request = new XMLHttpRequest()
          request.open('POST', elsewhere)
          request.send('x')
        }),
        await attempt('WebSocket', () => new WebSocket(elsewhere.replace('http', 'ws'))),
        await attempt('EventSource', () => new EventSource(elsewhere)),
      ]
      if ('document' in scope) {
        found.push(
          await attempt('beacon', () => navigator.sendBeacon(elsewhere, 'x')),
          await attempt('image', () => {
            new Image().src = `${elsewhere}pixel.png`
          }),
          await attempt('frame', () => {
            const frame = document.createElement('iframe')
            frame.src = elsewhere
            document.body.append(frame)
          }),
          await attempt('form', () => {
            const form = document.createElement('form')
            form.action = elsewhere
            document.body.append(form)
            form.submit()
          }),
        )
      }
      return found
    },
    [ELSEWHERE, own] as const,
  )
}

/**
 * Offline use: registers the service worker that the build writes (.ci/site.mjs). A new version is announced and taken
 * only when the person asks for it, since that reloads the page and closes the open checkpoints.
 */
import { Workbox } from 'workbox-window'
import { trustedUrl } from '../base/trusted-url.ts'

/**
 * Starts it. Does nothing where there are no service workers (files opened from disk, plain http other than localhost)
 * and in development, where there is no sw.js. `onUpdate` is called when a new version waits, with the function that
 * switches to it.
 */
export function registerOffline(onUpdate: (switchOver: () => void) => void): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const worker = new Workbox(trustedUrl('./sw.js'))
  worker.addEventListener('waiting', () => {
    onUpdate(() => {
      worker.addEventListener('controlling', () => {
        location.reload()
      })
      worker.messageSkipWaiting()
    })
  })
  // Without it the page works just the same, only not offline (private windows refuse service workers).
  worker.register().catch(() => undefined)
}

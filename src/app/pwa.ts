/**
 * Offline use: registers the service worker that the build writes (.ci/site.mjs). A new version is announced and taken
 * only when the person asks for it, since that reloads the page and closes the open checkpoints.
 */
import { Workbox } from 'workbox-window'
import { serviceWorkerUrl } from '../base/own-scripts.ts'

/**
 * Starts it. Does nothing where there are no service workers (plain http other than localhost), nor where there is no sw.js: in the portable
 * file and in development. `onUpdate` is called when a new version waits, with the function that
 * switches to it.
 */
export function registerOffline(onUpdate: (switchOver: () => void) => void): void {
  if (import.meta.env.MODE !== 'production' || !('serviceWorker' in navigator)) return
  const worker = new Workbox(serviceWorkerUrl(location.href))
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

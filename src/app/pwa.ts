/**
 * Offline use: registers the service worker that the build writes (.ci/site.mjs). A new version is announced and taken
 * only when the person asks for it, since that reloads the page and closes the open checkpoints.
 */
import { Workbox } from 'workbox-window'
import { serviceWorkerUrl } from '../base/own-scripts.ts'

/** Every page of the site holds this Web Lock, shared, so that they can be counted. */
const PAGE_LOCK = 'cryoscope-page'

/** Switches to the new version by reloading; gives the reason when that cannot be done now. */
export type SwitchOver = () => Promise<string | undefined>

/**
 * Starts it. Does nothing where there are no service workers (plain http other than localhost), nor where there is no
 * sw.js: in the portable file and in development. `onUpdate` is called when a new version waits.
 */
export function registerOffline(onUpdate: (switchOver: SwitchOver) => void): void {
  if (import.meta.env.MODE !== 'production' || !('serviceWorker' in navigator)) return
  void navigator.locks.request(PAGE_LOCK, { mode: 'shared' }, () => new Promise<never>(() => undefined))
  const worker = new Workbox(serviceWorkerUrl(location.href))
  worker.addEventListener('waiting', () => {
    onUpdate(async () => {
      // Taking it removes the files of this version, which another page may not have loaded yet.
      const { held = [] } = await navigator.locks.query()
      if (held.filter(({ name }) => name === PAGE_LOCK).length > 1)
        return 'Cryoscope is open in another window too, which would lose its program. Close that one first.'
      worker.addEventListener('controlling', () => {
        location.reload()
      })
      worker.messageSkipWaiting()
      return undefined
    })
  })
  // Without it the page works just the same, only not offline (private windows refuse service workers).
  worker.register().catch(() => undefined)
}

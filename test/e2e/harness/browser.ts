/** Starts the Chromium that the tests and measurements use. */
import { chromium, type Browser, type BrowserContext } from 'playwright-core'
import { ensureChromium } from '../../../.ci/setup.mjs'

/** Nothing but the page under test may talk to the network; the sandbox is off since tests often run as root. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launch(extra: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: ensureChromium(), args: [...ARGUMENTS, ...extra] })
}

/**
 * The same with a profile of its own, which is kept in a folder: installed applications need one, and without one the
 * private file system is that of a private window, tens of times slower.
 */
export function launchProfile(folder: string, extra: readonly string[] = []): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: ensureChromium(),
    args: [...ARGUMENTS, ...extra],
    viewport: { width: 1280, height: 800 },
  })
}

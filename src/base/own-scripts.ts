/**
 * The one Trusted Types policy, of the page and of its workers. Scripts (worker, service worker) are the only
 * dangerous values that the page makes, and they are of this site or they are refused.
 *
 * Workers start from blob: URLs, since such a worker is bound by the policy of the page that made it, wherever the
 * page came from. A worker started from the address of a file is bound by that file's own headers only, and by nothing
 * on hosts that send none (CSP 3, 4.2 "initialize a global object's CSP list"; measured in Chromium, Firefox, WebKit).
 */

type Kind = 'worker' | 'service worker'

interface Rules {
  createScriptURL(script: string, kind: Kind): string
}

/** What of Trusted Types is used here; not every browser has it. Typed as strings, since that is what `Worker` takes. */
interface TrustedTypes {
  createPolicy(name: string, rules: Rules): Rules
}

/**
 * In the portable file a worker's `?worker&url` import gives its code: there is no file to load it from. It is a classic
 * script there, since pages opened from disk have no origin that the modules of a blob: URL could share.
 */
const isPortable = import.meta.env.MODE === 'portable'

function ownUrl(url: string): string {
  const { origin, href } = new URL(url, globalThis.origin)
  if (origin !== globalThis.origin) throw new TypeError('a script of another origin is refused')
  return href
}

function workerUrl(script: string): string {
  const code = isPortable ? script : `import ${JSON.stringify(ownUrl(script))}`
  return URL.createObjectURL(new Blob([code], { type: 'text/javascript' }))
}

const rules: Rules = {
  createScriptURL: (script, kind) => (kind === 'worker' ? workerUrl(script) : ownUrl(script)),
}
const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
const policy = trustedTypes?.createPolicy('app-url', rules) ?? rules

/** A blob: URL is made once per script and kept: workers that scan memory are started again and again. */
const made = new Map<string, string>()

/** Starts a worker. `script` is what importing it with `?worker&url` gives. */
export function startWorker(script: string, name: string): Worker {
  const url = made.get(script) ?? policy.createScriptURL(script, 'worker')
  made.set(script, url)
  return new Worker(url, { type: isPortable ? 'classic' : 'module', name })
}

/** The address of the site's service worker, in the form that registration takes; `page` is the address of the page. */
export function serviceWorkerUrl(page: string): string {
  return policy.createScriptURL(new URL('./sw.js', page).href, 'service worker')
}

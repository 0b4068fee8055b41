/**
 * What the site is served with. The content security policy is the proof that nothing leaves the page: it may connect
 * to nowhere, run only its own files, and load no picture, font or worker from elsewhere. The one exception is the
 * service worker, which must be able to fetch the site's own files to keep them for offline use.
 *
 * The policy also stands in the page's <meta> element, for hosts that send no headers: workers start from blob: URLs
 * and inherit it (base/own-scripts.ts). Headers add what a <meta> element cannot say, `frame-ancestors` and isolation.
 */

/** @type {readonly (readonly [string, string])[]} */
const DIRECTIVES = [
  ['default-src', "'none'"],
  ['script-src', "'self'"],
  ['style-src', "'self'"],
  ['worker-src', "'self' blob:"],
  ['connect-src', "'none'"],
  ['img-src', "'self' data: blob:"],
  ['font-src', "'self'"],
  ['manifest-src', "'self'"],
  ['base-uri', "'none'"],
  ['form-action', "'none'"],
  ['frame-ancestors', "'none'"],
  ['require-trusted-types-for', "'script'"],
  ['trusted-types', 'svelte-trusted-html app-url'],
]

/** @param {readonly (readonly [string, string])[]} directives */
const join = (directives) => directives.map((directive) => directive.join(' ')).join('; ')

/** Policy of the page and of its workers. */
export const pagePolicy = join(DIRECTIVES)

/** Policy for a <meta> element, where `frame-ancestors` has no meaning and browsers complain about it. */
export const metaPolicy = join(DIRECTIVES.filter(([name]) => name !== 'frame-ancestors'))

/** Policy of sw.js alone: it fetches the site's own files. */
export const serviceWorkerPolicy = join(
  DIRECTIVES.map(([name, value]) => (name === 'connect-src' ? [name, "'self'"] : [name, value])),
)

/** Policy of the portable file, which is all in one: nothing at all is loaded. @param {string} script @param {string} style hashes */
export function portablePolicy(script, style) {
  /** @type {Readonly<Record<string, string | undefined>>} */
  const own = { 'script-src': script, 'style-src': style, 'worker-src': 'blob:', 'img-src': 'data: blob:' }
  const left = DIRECTIVES.filter(([name]) => !['frame-ancestors', 'font-src', 'manifest-src'].includes(name))
  return join(left.map(([name, value]) => [name, own[name] ?? value]))
}

/** @type {Readonly<Record<string, string>>} */
const COMMON = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** Headers of one file of the site. @param {string} path path in the site, `/` first @returns {Record<string, string>} */
export function headersFor(path) {
  return {
    ...COMMON,
    'Content-Security-Policy': path === '/sw.js' ? serviceWorkerPolicy : pagePolicy,
    'Cache-Control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    // It has a policy of its own and is meant to be kept, not to be opened from here.
    ...(path === '/cryoscope.html' ? { 'Content-Disposition': 'attachment' } : {}),
  }
}

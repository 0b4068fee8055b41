/**
 * The one Trusted Types policy, of the page and of its workers. Script addresses (worker, service worker) are the only dangerous values that
 * the page makes, and they are of this site or they are refused.
 */

/** What of Trusted Types is used here; not every browser has it. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): { toString(): string } }
}

function ownUrl(url: string): string {
  const { origin, href } = new URL(url, location.href)
  if (origin !== location.origin) throw new TypeError('a script of another origin is refused')
  return href
}

const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
const policy = trustedTypes?.createPolicy('app-url', { createScriptURL: ownUrl })

/**
 * The address of a script of this site in the form that `new Worker` and service worker registration accept under the
 * content security policy. Typed as a string, since that is what their types take.
 */
export function trustedUrl(url: string): string {
  return (policy?.createScriptURL(url) ?? ownUrl(url)) as string
}

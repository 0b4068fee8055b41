/**
 * What may be the name of something. Each check gives undefined for a legal name, or the reason why it is none, with
 * the place of the symbol that spoils it. Rules: RFC 1123 as Kubernetes applies it, the reference grammar of
 * distribution (image references), the names that engines give.
 */
import { visibleText } from '../base/text.ts'
import { describeSymbol } from './symbols.ts'
import { parseVersion } from './version.ts'

export type Check = (text: string) => string | undefined

/** Where the first symbol that `allowed` does not take stands, in words. */
function stranger(text: string, allowed: RegExp, rule: string): string | undefined {
  const symbols = Array.from(text)
  const index = symbols.findIndex((symbol) => !allowed.test(symbol))
  const symbol = symbols[index]
  if (symbol === undefined) return undefined
  if (/[A-Z]/.test(symbol) && allowed.test(symbol.toLowerCase()))
    return `Character ${index + 1} is the capital ${symbol}: ${rule}.`
  return `Character ${index + 1} is ${describeSymbol(symbol)}: ${rule}.`
}

/** RFC 1123 label: names of namespaces and containers. */
function label(what: string): Check {
  return (text) => {
    const rule = `${what} has only a–z, 0–9 and hyphens`
    if (text.includes('://')) return `This is an id or address, not a name: ${rule}.`
    if (text.includes('/')) return `A name has no slash: give only the last part.`
    return (
      stranger(text, /[a-z0-9-]/, rule) ??
      (/^-|-$/.test(text)
        ? `A hyphen stands at its ${text.startsWith('-') ? 'start' : 'end'}: ${what} cannot.`
        : undefined) ??
      tooLong(text, 63, what)
    )
  }
}

/** RFC 1123 subdomain: names of pods and nodes. */
function subdomain(what: string): Check {
  return (text) => {
    const rule = `${what} has only a–z, 0–9, hyphens and dots`
    if (text.includes('://')) return `This is an address, not a name: ${rule}.`
    if (text.includes('/')) return `A name has no slash: give only the last part.`
    return (
      stranger(text, /[a-z0-9.-]/, rule) ??
      (text.split('.').some((part) => part === '' || /^-|-$/.test(part))
        ? `Every part between dots begins and ends with a letter or digit.`
        : undefined) ??
      tooLong(text, 253, what)
    )
  }
}

function tooLong(text: string, most: number, what: string): string | undefined {
  return text.length > most ? `It has ${text.length} characters: ${what} has at most ${most}.` : undefined
}

export const namespaceName = label('The name of a namespace')
export const containerName = label('The name of a container in a pod')
export const podName = subdomain('The name of a pod')
export const nodeName = subdomain('The name of a node')

/** A host, with the account for ssh before it where that is not one's own: `root@node-1`. */
export function sshAddress(text: string): string | undefined {
  const at = text.indexOf('@')
  if (at >= 0 && !/^[A-Za-z_][\w.-]*$/.test(text.slice(0, at)))
    return 'What stands before @ must be an account of the node, such as root.'
  return hostName(hostOf(text))
}

/** The host of such an address. */
export function hostOf(address: string): string {
  return address.slice(address.indexOf('@') + 1)
}

/** Host name, IPv4 address, or IPv6 address with or without brackets. */
function hostName(text: string): string | undefined {
  if (text.includes('://') || text.includes('/')) return 'Give the host alone, without https:// and path.'
  if (/^\[?[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*\]?$/i.test(text)) return ipv6(text)
  if (/:\d+$/.test(text)) return 'Give the host without a port: the kubelet’s is 10250.'
  return subdomain('A host')(text.toLowerCase())
}

function ipv6(text: string): string | undefined {
  const groups = text.replace(/^\[|\]$/g, '').split('::')
  const count = groups.flatMap((half) => half.split(':').filter((group) => group !== ''))
  const isWhole = groups.length === 1 ? count.length === 8 : groups.length === 2 && count.length < 8
  return isWhole && count.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? undefined : 'This is no IPv6 address.'
}

/** Names and ids of containers outside Kubernetes, and names of their checkpoints. */
export function engineName(text: string): string | undefined {
  if (text.includes('://')) return 'Give the id alone, without what stands before ://.'
  if (/^[^A-Za-z0-9]/.test(text))
    return `It begins with ${describeSymbol(Array.from(text)[0] ?? '')}: a letter or digit must come first.`
  return stranger(text, /[\w.-]/, 'a name or id has only letters, digits, _ . and -') ?? tooLong(text, 255, 'It')
}

const DOMAIN =
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:]+\])(?::\d{1,5})?$/i

export function registryName(text: string): string | undefined {
  if (text.includes('://')) return 'Give the registry without https://.'
  if (text.includes('/')) return 'Give the host alone; the path belongs to the image reference.'
  return DOMAIN.test(text)
    ? undefined
    : (stranger(text, /[A-Za-z0-9.:[\]-]/, 'a registry is host[:port]') ?? 'A registry is host[:port].')
}

/** A reference as distribution parses it: [registry/]path[:tag][@digest]. */
export function imageReference(text: string): string | undefined {
  if (text.includes('://')) return 'Give the reference without a transport such as docker://.'
  const bad = stranger(text, /[A-Za-z0-9._/:@[\]-]/, 'an image reference has only letters, digits and . _ - / : @')
  if (bad !== undefined) return bad
  const [name = '', digest, more] = text.split('@')
  if (more !== undefined || (digest !== undefined && !/^[A-Za-z][\w.+-]*:[0-9a-f]{32,}$/.test(digest)))
    return 'What follows @ must be one digest, such as sha256: and 64 hex digits.'
  const [, path = '', tag] = /^(.*?)(?::([^/]*))?$/.exec(name) ?? []
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag))
    return 'A tag has letters, digits, _ . -, at most 128 of them, and begins with none of . and -.'
  const { registry, repository } = splitReference(path)
  if (registry !== undefined && !DOMAIN.test(registry))
    return `${visibleText(registry)} is no registry: host[:port] is.`
  if (/[A-Z]/.test(repository)) return 'Capitals are allowed in the registry and in the tag only.'
  if (!repository.split('/').every((part) => /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/.test(part)))
    return 'Parts between slashes begin and end with a letter or digit, and have only single . or _ between them.'
  return tooLong(path, 255, 'A reference')
}

/** The registry of a reference: its first part when that has a dot or a port or is `localhost`. */
export function splitReference(reference: string): {
  readonly registry: string | undefined
  readonly repository: string
} {
  const at = reference.indexOf('/')
  const first = reference.slice(0, Math.max(at, 0))
  const isRegistry = at > 0 && (/[.:[]/.test(first) || first === 'localhost' || /[A-Z]/.test(first))
  return isRegistry
    ? { registry: first, repository: reference.slice(at + 1) }
    : { registry: undefined, repository: reference }
}

/** A path: everything is legal but NUL. */
export function filePath(text: string): string | undefined {
  if (text.includes('\0')) return 'A path cannot hold NUL.'
  if (text.length > 4095) return 'Linux has no paths of more than 4095 bytes.'
  return /(?:^|\/)\.{0,2}$/.test(text) ? 'Give a file, not a folder.' : undefined
}

export function absolutePath(text: string): string | undefined {
  return text.startsWith('/') ? filePath(text) : 'Give the whole path, from / on.'
}

/** Seconds. The kubelet answers 404 when its `timeout` is no number. */
export function seconds(text: string): string | undefined {
  if (!/^\d+$/.test(text)) return 'Give whole seconds: the kubelet answers 404 to anything else.'
  return Number(text) < 1 || Number(text) > 86_400 ? 'Give 1 to 86400 seconds.' : undefined
}

/** A version as people copy it: `2.2.1`, `v1.34.0`, or with the engine before it (`containerd://2.2.1`, as kubectl shows). */
export function bareVersion(text: string): string {
  return text.trim().replace(/^[a-z-]{1,20}:\/\//, '')
}

/** The engine that stands before the version when it is copied from kubectl: `cri-o://1.34.0`. */
export function engineNamed(version: string): 'containerd' | 'CRI-O' | undefined {
  const [, name] = /^\s*(containerd|cri-o):\/\//.exec(version) ?? []
  return name === undefined ? undefined : name === 'cri-o' ? 'CRI-O' : 'containerd'
}

export function versionNumber(text: string): string | undefined {
  return parseVersion(bareVersion(text)) ? undefined : 'This is no version: give it as 2.2.1 or v1.34.0.'
}

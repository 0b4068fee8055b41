/** Where the person is: the hash of the URL as reactive state, and references as parts of it. Back and forward work. */
import type { Ref } from '../model/ref.ts'
import { memoryParts, parseMemory } from './memory-ref.ts'
import { EMPTY_ROUTE, formatRoute, parseRoute, type Route } from './route.ts'

/** Ids of each kind of reference, in the order in which they stand in the URL; places in memory have their own form. */
const REF_IDS = {
  process: ['pid'],
  thread: ['pid', 'tid'],
  fd: ['pid', 'fd'],
  file: ['id'],
  socket: ['id'],
  mount: ['ns', 'id'],
  member: ['index', 'record'],
} as const satisfies Record<Exclude<Ref['kind'], 'memory'>, readonly string[]>

/** A reference as parts of a route. */
export function refParts(ref: Ref): string[] {
  if (ref.kind === 'memory') return memoryParts(ref)
  const ids = ref as unknown as Readonly<Record<string, number | undefined>>
  const parts: string[] = [ref.kind]
  for (const name of REF_IDS[ref.kind]) {
    const id = ids[name]
    if (id !== undefined) parts.push(String(id))
  }
  return parts
}

/** The reference that route parts spell, or undefined. Only `record` of a member may be left out. */
export function parseRef(parts: readonly string[]): Ref | undefined {
  const [kind = '', ...rest] = parts
  if (kind === 'memory') return parseMemory(rest)
  if (!Object.hasOwn(REF_IDS, kind)) return undefined
  const names: readonly string[] = REF_IDS[kind as keyof typeof REF_IDS]
  if (rest.length > names.length || rest.some((part) => !/^\d{1,15}$/.test(part))) return undefined
  if (rest.length < names.length && !(kind === 'member' && rest.length === 1)) return undefined
  return { kind, ...Object.fromEntries(rest.map((part, i) => [names[i], Number(part)])) } as Ref
}

export class Router {
  route = $state.raw<Route>(EMPTY_ROUTE)
  /** The hash that `route` was read from. */
  #hash = ''

  constructor() {
    this.#read()
  }

  /** Follows the URL; returns the function that stops it. */
  listen(): () => void {
    const read = (): void => {
      this.#read()
    }
    addEventListener('hashchange', read)
    return () => {
      removeEventListener('hashchange', read)
    }
  }

  /**
   * Goes there: `replace` leaves no step to go back to. It is dropped when the person has just followed a link of which the
   * page has not been told yet: what is replaced is no longer where they are.
   */
  go(route: Partial<Route>, replace = false): void {
    const hash = formatRoute(route)
    if (replace && location.hash !== this.#hash) return
    if (replace) history.replaceState(undefined, '', hash)
    else history.pushState(undefined, '', hash)
    this.#read()
  }

  #read(): void {
    this.#hash = location.hash
    this.route = parseRoute(location.hash) ?? EMPTY_ROUTE
  }
}

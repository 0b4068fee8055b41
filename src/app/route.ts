/**
 * The page's address: `#/v1/<checkpoint>/<view>/<ref…>?name=value`. It holds positions and what a person typed, never a file
 * name or text from evidence, so a link can be passed on. `checkpoint` names content, so that it means the same archive
 * wherever it is opened; the id that a checkpoint has in one visit is understood too. `-` stands for none.
 */
export interface Route {
  /** Name of the checkpoint's content, or its id; undefined on pages that need none. */
  readonly checkpoint: string | undefined
  /** Lower-kebab id of the view; undefined: the first page. */
  readonly view: string | undefined
  /** Parts of the reference to the selected thing. */
  readonly ref: readonly string[]
  readonly query: Readonly<Record<string, string>>
}

export const EMPTY_ROUTE: Route = { checkpoint: undefined, view: undefined, ref: [], query: {} }

const VERSION = 'v1'
const MAX_HASH = 8192
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/

/** Whether a route names a checkpoint by the id of one visit, which says nothing about what is in it. */
export function isSessionId(name: string): boolean {
  return /^c\d{1,9}$/.test(name)
}

/** Reads a hash. Anything that is not an address of this version gives undefined. */
export function parseRoute(hash: string): Route | undefined {
  if (hash === '' || hash === '#' || hash === '#/') return EMPTY_ROUTE
  if (hash.length > MAX_HASH || !hash.startsWith('#/')) return undefined
  const mark = hash.indexOf('?')
  const path = mark < 0 ? hash.slice(2) : hash.slice(2, mark)
  const [version, checkpoint, view, ...ref] = path.split('/').map(decode)
  if (version !== VERSION) return undefined
  const parts = ref.filter((part) => part !== '')
  if ([checkpoint, view, ...parts].some((part) => part === undefined))
    return { ...EMPTY_ROUTE, ...known(checkpoint, view) }
  return {
    ...known(checkpoint, view),
    ref: parts.filter((part) => part !== undefined),
    query: mark < 0 ? {} : Object.fromEntries(new URLSearchParams(hash.slice(mark + 1))),
  }
}

function known(checkpoint: string | undefined, view: string | undefined): Pick<Route, 'checkpoint' | 'view'> {
  return {
    checkpoint: checkpoint !== undefined && NAME.test(checkpoint) ? checkpoint : undefined,
    view: view !== undefined && NAME.test(view) ? view : undefined,
  }
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** Writes a hash that `parseRoute` reads back. Empty query values are left out. */
export function formatRoute(route: Partial<Route>): string {
  const { checkpoint, view, ref = [], query = {} } = route
  if (checkpoint === undefined && view === undefined) return '#/'
  const parts = [VERSION, checkpoint ?? '-', ...(view === undefined ? [] : [view, ...ref])].map(encodeURIComponent)
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString()
  return `#/${parts.join('/')}${search === '' ? '' : `?${search}`}`
}

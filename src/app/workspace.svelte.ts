/** What the frame and the screens see of session and route: the bridge between state and what is drawn. */
import { present } from '../model/absent.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { Ref } from '../model/ref.ts'
import { hasRef, refWords } from '../query/has-ref.ts'
import { views } from '../views/index.ts'
import type { ViewDefinition } from '../views/view.ts'
import type { DiagnosticCount } from './frame.ts'
import type { ViewClient, ViewContext } from './context.ts'
import type { SwitchOver } from './pwa.ts'
import { formatRoute, isSessionId, type Route } from './route.ts'
import { parseRef, refParts, type Router } from './router.svelte.ts'
import type { Session } from './session.svelte.ts'
import { Settings } from './settings.svelte.ts'

export class Workspace {
  readonly session: Session
  readonly router: Router
  readonly settings = new Settings()

  /** Set when a new version of the page waits: switches to it. */
  update = $state.raw<SwitchOver | undefined>(undefined)

  constructor(session: Session, router: Router) {
    this.session = session
    this.router = router
    session.onListed = (id, before) => {
      this.#arrive(id, before)
    }
    session.onClosing = (id) => {
      if (this.checkpoint?.id !== id) return
      const isLast = session.checkpoints.length === 1
      this.router.go(isLast ? {} : { view: 'checkpoints' })
    }
  }

  /** An address that was followed before its archive was open, and that arrivals have led away from. */
  awaited = $state.raw<Route | undefined>(undefined)
  /** Whether what is being opened has led to the place that was awaited. */
  #isPlaced = false

  /** The checkpoint that the URL names. */
  get checkpoint(): Checkpoint | undefined {
    const { checkpoint } = this.router.route
    return checkpoint === undefined ? undefined : this.session.find(checkpoint)
  }

  /** The screen that the URL names, if it can be shown. */
  get view(): ViewDefinition | undefined {
    const { view } = this.router.route
    const found = view === undefined ? undefined : views.find(view)
    return found && (found.always || this.checkpoint) ? found : undefined
  }

  href(viewId: string, ref?: Ref, checkpoint = this.checkpoint?.id): string {
    return formatRoute({ checkpoint: this.#linkName(checkpoint), view: viewId, ref: ref ? refParts(ref) : [] })
  }

  /** The screen that shows things of this kind: the one at hand if it can. */
  viewOf(ref: Ref): ViewDefinition | undefined {
    const shows = (view: ViewDefinition): boolean => view.reveals.includes(ref.kind)
    return this.view && shows(this.view) ? this.view : views.all().find(shows)
  }

  go(viewId: string, ref?: Ref, checkpoint = this.checkpoint?.id): void {
    this.router.go({ checkpoint: this.#linkName(checkpoint), view: viewId, ref: ref ? refParts(ref) : [] })
  }

  #linkName(id: string | undefined): string | undefined {
    const found = this.session.find(id)
    return found ? this.session.linkName(found) : id
  }

  /** Writes the address of something open in its one form: with the name that links have for it, and a screen. */
  settleAddress(): void {
    const { route } = this.router
    if (!this.checkpoint) return
    const whole = { ...route, checkpoint: this.#linkName(this.checkpoint.id), view: route.view ?? 'overview' }
    if (whole.checkpoint !== route.checkpoint || whole.view !== route.view) this.router.go(whole, true)
  }

  /** What to do about an address whose checkpoint is not open, in words. */
  get notOpen(): string | undefined {
    const { checkpoint, view } = this.router.route
    if (checkpoint === undefined || this.session.find(checkpoint)) return undefined
    if (!isSessionId(checkpoint))
      return 'The address points to a checkpoint that is not open. Open its archive to get there.'
    const number = `The address says ${checkpoint}, a checkpoint's number in one visit, and not which archive it was.`
    const screen = view === undefined ? undefined : views.find(view)?.title
    if (screen === undefined || this.session.checkpoints.length > 0) return number
    return `${number} It leads to ${screen} of the first archive that you open.`
  }

  /** What the URL points to, in words, when it is not in the checkpoint at hand. */
  get missingThing(): string | undefined {
    const { checkpoint } = this
    const ref = parseRef(this.router.route.ref)
    return ref && checkpoint?.state === 'ready' && !hasRef(checkpoint, ref) ? refWords(ref) : undefined
  }

  /** Defects of the checkpoint at hand, for the top bar. Notes are counted only when there is nothing worse. */
  get diagnosticCount(): DiagnosticCount | undefined {
    const { checkpoint } = this
    if (!checkpoint || checkpoint.diagnostics.length === 0) return undefined
    for (const worst of ['error', 'warning', 'info'] as const) {
      const count = checkpoint.diagnostics.filter(({ severity }) => severity === worst).length
      if (count > 0) return { count, worst, href: this.href('diagnostics') }
    }
    return undefined
  }

  /**
   * Shows what was just opened: the place in it that an address pointed to, else its overview, or the list of several. An
   * address by id names no content, so that only its screen is shown, of the first that is opened.
   */
  #arrive(id: string, before: number): void {
    const { route } = this.router
    const { checkpoints } = this.session
    if (before === 0) this.#isPlaced = false
    const named = this.session.find(route.checkpoint)
    if (route.checkpoint !== undefined && (!named || named.id === id)) this.awaited = route
    const { awaited } = this
    const byId = awaited?.checkpoint !== undefined && isSessionId(awaited.checkpoint)
    const isMeant = byId ? checkpoints.length === 1 : awaited && this.session.find(awaited.checkpoint)?.id === id
    if (byId || isMeant) this.awaited = undefined
    if (awaited && isMeant && views.find(awaited.view ?? '')) {
      const place = byId ? { view: awaited.view, query: awaited.query } : awaited
      this.router.go({ ...place, checkpoint: this.#linkName(id) }, awaited === route)
      this.#isPlaced = true
    } else if (before === 0) this.go('overview', undefined, id)
    else if (!this.#isPlaced) this.go('checkpoints')
  }

  /** What the screens are given. Its reads of evidence wait for the worker. */
  context(): ViewContext {
    const { session, router, settings } = this
    const checkpoint = (): Checkpoint | undefined => this.checkpoint
    const client = new Proxy({} as ViewClient, {
      get:
        (_, name: keyof ViewClient) =>
        async (...given: unknown[]): Promise<unknown> => {
          const worker = await session.client
          return (worker[name] as (...given: unknown[]) => Promise<unknown>)(...given)
        },
    })
    return {
      get checkpoint() {
        const open = checkpoint()
        if (!open) throw new Error('a screen that needs a checkpoint is mounted without one')
        return open
      },
      get current() {
        return checkpoint()?.id
      },
      get checkpoints() {
        return session.checkpoints
      },
      get selected() {
        return parseRef(router.route.ref)
      },
      get filter() {
        return router.route.query['filter'] ?? ''
      },
      set filter(text) {
        const { route } = router
        if (text !== (route.query['filter'] ?? ''))
          router.go({ ...route, query: { ...route.query, filter: text } }, true)
      },
      get query() {
        return router.route.query
      },
      set query(query) {
        router.go({ ...router.route, query }, true)
      },
      settings,
      client,
      href: (viewId, ref, checkpointId) => this.href(viewId, ref, checkpointId),
      select: (ref) => {
        const { route } = router
        router.go({ ...route, ref: ref ? refParts(ref) : [] }, router.route.ref.length > 0 && ref !== undefined)
      },
      go: (viewId, ref) => {
        this.go(viewId, ref)
      },
      reveal: (ref) => {
        const view = this.viewOf(ref)
        if (view) this.go(view.id, ref)
      },
      pick: (id) => {
        this.go('overview', undefined, id)
      },
      close: (id) => {
        void session.close(id)
      },
    }
  }
}

/** Time and engine of a checkpoint, for the switcher. */
export function choiceNote(checkpoint: Checkpoint, session: Session): string {
  const { checkpointed, engine } = checkpoint.metadata
  const again = session.linkName(checkpoint) !== checkpoint.fingerprint ? `opened again as ${checkpoint.id}` : undefined
  return [utcText(present(checkpointed.value)), present(engine.value), again]
    .filter((text) => text !== undefined)
    .join(' ')
}

function utcText(recorded: string | undefined): string | undefined {
  const date = new Date(recorded ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? recorded : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

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
import { formatRoute } from './route.ts'
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
  }

  /** The checkpoint that the URL names; the first one when it names none. */
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

  /** Shows what was just opened, unless the URL already pointed to a place in it. */
  #arrive(id: string, before: number): void {
    if (before > 0) this.go('checkpoints')
    else if (this.session.checkpoints.length > 1 || !this.view || !this.checkpoint) this.go('overview', undefined, id)
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
  const again = session.linkName(checkpoint) === checkpoint.id ? `opened again as ${checkpoint.id}` : undefined
  return [utcText(present(checkpointed.value)), present(engine.value), again]
    .filter((text) => text !== undefined)
    .join(' ')
}

function utcText(recorded: string | undefined): string | undefined {
  const date = new Date(recorded ?? Number.NaN)
  return Number.isNaN(date.getTime()) ? recorded : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

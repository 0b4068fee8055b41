/** One search or one gathering of strings: what was asked for, how far it is, what came of it. */
import { isAbort } from '../../base/errors.ts'
import type { AddressRange, MappingKind, SearchScope, SearchSummary } from '../../model/search.ts'
import { errorText } from '../parts/format.ts'
import type { SearchWish } from './search-link.ts'

export type RunState = 'idle' | 'running' | 'done' | 'cancelled' | 'failed'

/** Milliseconds between two looks of the table at what came in. */
const PAUSE = 200

/** The choice of memory, as a form holds it. */
export class ScopeChoice {
  where = $state<SearchScope['where']>('all')
  /** Of the process that is chosen. */
  range = $state.raw<AddressRange | undefined>()
  kinds = $state.raw<readonly MappingKind[]>([])
  writable = $state(false)
  executable = $state(false)

  get scope(): SearchScope {
    const { where } = this
    return where === 'shared' ? { where } : this.wish
  }

  /** All that is chosen. */
  get wish(): Pick<SearchWish, 'where' | 'range' | 'kinds' | 'writable' | 'executable'> {
    const { where, range, kinds, writable, executable } = this
    return { where, range, kinds, writable, executable }
  }

  set({ where, range, kinds, writable, executable }: SearchWish): void {
    this.where = where
    this.range = range
    this.kinds = kinds
    this.writable = writable
    this.executable = executable
  }

  /** Another owner of memory, all of it. */
  pick(where: SearchScope['where']): void {
    this.where = where
    this.range = undefined
  }

  /** One mapping and nothing else. */
  narrow(pid: number, range: AddressRange): void {
    this.where = pid
    this.range = range
    this.kinds = []
    this.writable = false
    this.executable = false
  }

  toggle(kind: MappingKind): void {
    this.kinds = this.kinds.includes(kind) ? this.kinds.filter((other) => other !== kind) : [...this.kinds, kind]
  }
}

/** Something that runs, tells rows as it goes and can be cancelled. */
export class Run<Row> {
  status = $state<RunState>('idle')
  rows = $state.raw<readonly Row[]>([])
  /** Bytes looked at, and to look at. */
  done = $state(0)
  total = $state(0)
  found = $state(0)
  /** What the person has to know: patterns that were stopped, memory that was not read. */
  notes = $state.raw<readonly string[]>([])
  summary = $state.raw<SearchSummary | undefined>()
  /** Milliseconds that it took. */
  took = $state(0)
  /** Why it failed. */
  failure = $state('')
  #arrived: Row[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  #controller: AbortController | undefined

  /** Starts afresh; what ran before is cancelled. */
  async start(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.cancel()
    const controller = new AbortController()
    this.#controller = controller
    this.#clear()
    this.status = 'running'
    const begun = performance.now()
    try {
      await work(controller.signal)
      if (this.#controller === controller) this.status = 'done'
    } catch (error) {
      if (this.#controller !== controller) return
      this.status = isAbort(error) ? 'cancelled' : 'failed'
      if (!isAbort(error)) this.failure = errorText(error)
    } finally {
      if (this.#controller === controller) {
        this.#publish()
        this.took = performance.now() - begun
      }
    }
  }

  cancel(): void {
    if (this.status === 'running') this.#controller?.abort()
  }

  /** Rows that came in; the table looks at them a few times a second. The first ones are shown at once. */
  add(rows: readonly Row[]): void {
    const isFirst = this.rows.length === 0 && this.#arrived.length === 0
    for (const row of rows) this.#arrived.push(row)
    if (isFirst) this.#publish()
    else
      this.#timer ??= setTimeout(() => {
        this.#publish()
      }, PAUSE)
  }

  end(summary: SearchSummary): void {
    this.summary = summary
    this.found = summary.found
    this.notes = [...this.notes, ...summary.notes.filter((note) => !this.notes.includes(note))]
  }

  #publish(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#arrived.length > 0) this.rows = [...this.rows, ...this.#arrived]
    this.#arrived = []
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#arrived = []
    this.rows = []
    this.done = 0
    this.total = 0
    this.found = 0
    this.notes = []
    this.summary = undefined
    this.failure = ''
  }
}

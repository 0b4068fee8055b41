/**
 * The page's state: which checkpoints are open, what is being opened, what failed. Views read it and call its verbs; the
 * checkpoints themselves are frozen plain data from the analysis worker.
 */
import type { InputFile, Progress } from '../archive/member.ts'
import { isAbort } from '../base/errors.ts'
import type { Checkpoint } from '../model/checkpoint.ts'
import type { AnalysisClient } from '../../workers/client.ts'
import type { OpenEvent, Tuning } from '../../workers/contract.ts'

/** One `open` under way: cancelled as a whole. */
export interface Opening {
  readonly key: number
  readonly label: string
  readonly progress: Progress | undefined
  /** When the phase at hand began, as `performance.now` gives it. */
  readonly since: number
  readonly cancel: () => void
}

/** An input that could not be opened, shown until dismissed. */
export interface Failure {
  readonly key: number
  readonly label: string
  readonly code: string
  readonly message: string
  readonly advice: string
}

/** The opening with what was last heard of it. */
function advanced(opening: Opening, { label, progress }: Extract<OpenEvent, { kind: 'progress' }>): Opening {
  const goesOn = opening.label === label && opening.progress?.phase === progress.phase
  return { ...opening, label, progress, since: goesOn ? opening.since : performance.now() }
}

export class Session {
  checkpoints = $state.raw<readonly Checkpoint[]>([])
  openings = $state.raw<readonly Opening[]>([])
  failures = $state.raw<readonly Failure[]>([])
  /** A defect of our own, with details to copy; the session goes on where it can. */
  crash = $state.raw<string | undefined>(undefined)
  /** Called when a checkpoint is first listed, with the number of those that the same `open` gave before it. */
  onListed: (id: string, before: number) => void = () => undefined
  /** Called before a checkpoint goes. */
  onClosing: (id: string) => void = () => undefined
  readonly #connect: () => Promise<AnalysisClient>
  #client: Promise<AnalysisClient> | undefined
  #keys = 0

  constructor(connect: () => Promise<AnalysisClient>) {
    this.#connect = connect
  }

  /** The worker, started when first needed. */
  get client(): Promise<AnalysisClient> {
    return (this.#client ??= this.#connect())
  }

  /** Starts the worker ahead of its first use. */
  start(): void {
    this.client.catch((error: unknown) => {
      this.report(error)
    })
  }

  /** What of the machine the worker may use. */
  tune(tuning: Tuning): void {
    this.client
      .then((client) => client.tune(tuning))
      .catch((error: unknown) => {
        this.report(error)
      })
  }

  /** By id, or by the name that links have for it. Of several with the same content that is the first, or the nth. */
  find(name: string | undefined): Checkpoint | undefined {
    const [content = '', nth = '1'] = (name ?? '').split('.')
    const same = this.checkpoints.filter(({ fingerprint }) => fingerprint === content)
    return this.checkpoints.find(({ id }) => id === name) ?? same[Number(nth) - 1] ?? same[0]
  }

  /** What links call it: the fingerprint of its content, with a number from the second of the same content on. */
  linkName({ id, fingerprint }: Checkpoint): string {
    const same = this.checkpoints.filter((other) => other.fingerprint === fingerprint)
    const nth = same.findIndex((other) => other.id === id) + 1
    return nth > 1 ? `${fingerprint}.${nth}` : fingerprint
  }

  /** Opens what was dropped; resolves with the ids of the checkpoints that came of it, in order. */
  async open(files: readonly InputFile[]): Promise<readonly string[]> {
    if (files.length === 0) return []
    performance.mark('cryoscope:drop')
    const key = ++this.#keys
    const controller = new AbortController()
    const cancel = (): void => {
      controller.abort()
    }
    const label = files.length === 1 ? (files[0]?.path ?? '') : `${files.length} files`
    this.openings = [...this.openings, { key, label, progress: undefined, since: performance.now(), cancel }]
    const ids: string[] = []
    try {
      const client = await this.client
      await client.openFiles(
        files,
        (event) => {
          this.#receive(key, event, ids)
        },
        controller.signal,
      )
    } catch (error) {
      if (!isAbort(error)) this.report(error)
    } finally {
      this.openings = this.openings.filter((opening) => opening.key !== key)
    }
    return ids
  }

  async close(id: string): Promise<void> {
    this.#remove(id)
    for (const changed of await (await this.client).close(id)) this.#replace(changed)
  }

  dismissAll(): void {
    this.failures = []
  }

  dismiss(key: number): void {
    this.failures = this.failures.filter((failure) => failure.key !== key)
  }

  /** Says that something was left out of what was dropped. */
  note(message: string): void {
    const failure = { label: 'Some files were left out', code: 'left-out', message, advice: '' }
    this.failures = [...this.failures, { ...failure, key: ++this.#keys }]
  }

  report(error: unknown): void {
    this.crash = error instanceof Error ? (error.stack ?? error.message) : String(error)
  }

  #receive(key: number, event: OpenEvent, ids: string[]): void {
    switch (event.kind) {
      case 'progress':
        this.openings = this.openings.map((opening) => (opening.key === key ? advanced(opening, event) : opening))
        break
      case 'indexed':
        performance.mark('cryoscope:index', { detail: event.cost })
        break
      case 'checkpoint':
        this.#take(event.checkpoint, ids)
        performance.mark(event.checkpoint.state === 'ready' ? 'cryoscope:ready' : 'cryoscope:overview', {
          detail: event.cost,
        })
        break
      case 'changed':
        this.#replace(event.checkpoint)
        break
      case 'closed':
        this.#remove(event.id)
        break
      case 'failed':
        this.failures = [...this.failures, { ...event, key: ++this.#keys }]
    }
  }

  #take(checkpoint: Checkpoint, ids: string[]): void {
    if (ids.includes(checkpoint.id)) this.#replace(checkpoint)
    else {
      this.checkpoints = [...this.checkpoints, checkpoint]
      ids.push(checkpoint.id)
      this.onListed(checkpoint.id, ids.length - 1)
    }
  }

  #remove(closed: string): void {
    this.onClosing(closed)
    this.checkpoints = this.checkpoints.filter(({ id }) => id !== closed)
  }

  #replace(checkpoint: Checkpoint): void {
    this.checkpoints = this.checkpoints.map((old) => (old.id === checkpoint.id ? checkpoint : old))
  }
}

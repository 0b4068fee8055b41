/** The traced value of a screen: it belongs to what was selected when it was chosen, and goes with it. */
import type { Ref } from '../../model/ref.ts'
import type { TraceTarget } from './trace.ts'

export class Tracing {
  readonly #selected: () => Ref | undefined
  #kept = $state.raw<{ readonly place: string; readonly target: TraceTarget } | undefined>()

  constructor(selected: () => Ref | undefined) {
    this.#selected = selected
  }

  get target(): TraceTarget | undefined {
    return this.#kept?.place === this.#place() ? this.#kept.target : undefined
  }

  readonly show = (target: TraceTarget): void => {
    this.#kept = { place: this.#place(), target }
  }

  clear(): void {
    this.#kept = undefined
  }

  #place(): string {
    return JSON.stringify(this.#selected() ?? null)
  }
}

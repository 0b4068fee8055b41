/** Work in small steps: a generator that yields after each. All at once, or in turns with whatever else the thread does. */
export type Steps<T> = Generator<undefined, T, undefined>

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

/** Milliseconds of work between two turns. */
const TURN = 8

/** Undefined when it was aborted. */
export async function inTurns<T>(steps: Steps<T>, signal: AbortSignal): Promise<T | undefined> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve))
    const begun = performance.now()
    while (performance.now() - begun < TURN) {
      if (signal.aborted) return undefined
      const { done, value } = steps.next()
      if (done === true) return value
    }
  }
}

/** Height of a table's rows, one for all tables: the application provides it, tables ask for it. */
import { getContext, setContext } from 'svelte'

const KEY = Symbol('row height')
const UNLESS_PROVIDED = 24

/** `height` in pixels; reactive when it reads reactive state. */
export function provideRowHeight(height: () => number): void {
  setContext(KEY, height)
}

export function providedRowHeight(): () => number {
  return getContext<(() => number) | undefined>(KEY) ?? (() => UNLESS_PROVIDED)
}

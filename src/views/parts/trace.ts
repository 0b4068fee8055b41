/** A value whose place in the archive can be shown. */
import type { Maybe } from '../../model/absent.ts'
import type { Fact, Origin, Trace } from '../../model/origin.ts'
import type { CellValue } from '../../ui/cell.ts'
import { maybeCell } from './format.ts'

/** What the foot of the detail pane shows: bytes of one value. */
export interface TraceTarget {
  /** What the value is called. */
  readonly label: string
  readonly trace: Trace
}

/** One line of a definition list. */
export interface FactRow {
  readonly label: string
  readonly cell: CellValue
  readonly trace: Trace | undefined
  /** Hover text of the label: what it means. */
  readonly help?: string
}

/** A line from a Fact. */
export function factRow<T>(label: string, fact: Fact<T>, cell: (value: T) => CellValue, help?: string): FactRow {
  return row(label, maybeCell(fact.value, cell), fact.from, help)
}

/** A line from a value and where it stands: a record, and the field path inside it. */
export function valueRow<T>(
  label: string,
  value: Maybe<T>,
  cell: (value: T) => CellValue,
  origin?: Origin,
  path?: string,
): FactRow {
  return row(label, maybeCell(value, cell), origin && traceOf(origin, path))
}

/** A line that is told, not recorded as such. */
export function row(label: string, cell: CellValue, trace?: Trace, help?: string): FactRow {
  return { label, cell, trace, ...(help === undefined ? {} : { help }) }
}

export function traceOf(origin: Origin, path?: string): Trace {
  return path === undefined ? { origin } : { origin, path }
}

/** Same bytes, same path. */
export function sameTrace(a: Trace | undefined, b: Trace | undefined): boolean {
  if (!a || !b) return a === b
  return (
    a.path === b.path &&
    a.origin.member === b.origin.member &&
    a.origin.record === b.origin.record &&
    a.origin.offset === b.origin.offset &&
    a.origin.length === b.origin.length
  )
}

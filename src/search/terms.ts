/** What a person typed, as patterns; faults with their place in the field. */
import type { SearchTerm, TermError } from '../model/search.ts'
import { parseIocs } from '../scan/ioc.ts'
import { compile, type CompiledSet, type Pattern } from '../scan/pattern.ts'

export type ReadTerm =
  | {
      readonly kind: 'patterns'
      readonly patterns: readonly Pattern[]
      /** What the hits of each are called. */
      readonly labels: readonly string[]
      readonly set: CompiledSet
    }
  | { readonly kind: 'refused'; readonly errors: readonly TermError[] }

function patternOf(term: Exclude<SearchTerm, { kind: 'list' }>): Pattern {
  if (term.kind !== 'text') return term
  return { ...term, utf8: true, utf16le: term.utf16 ?? false, utf16be: term.utf16 ?? false }
}

function labelOf(pattern: Pattern): string {
  return (
    pattern.label ?? (pattern.kind === 'text' ? pattern.text : pattern.kind === 'hex' ? pattern.hex : pattern.source)
  )
}

/** Patterns of a term, compiled; all faults when there are any. */
export function readTerm(term: SearchTerm): ReadTerm {
  const list = term.kind === 'list' ? parseIocs(term.list) : { patterns: [patternOf(term)], errors: [] }
  if (list.errors.length > 0) return { kind: 'refused', errors: list.errors }
  const compiled = compile(list.patterns)
  if (compiled.kind === 'refused') {
    const errors = compiled.errors.map(({ at, message }) => ({ line: undefined, at, message }))
    return { kind: 'refused', errors }
  }
  return { kind: 'patterns', patterns: list.patterns, labels: list.patterns.map(labelOf), set: compiled.set }
}

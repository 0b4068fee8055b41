/** A regular expression that is ready to run over bytes: its RegExp objects and all that is known about it. */
import { scanLimits } from '../limits.ts'
import { makeNeedle, type Form, type Needle } from '../needle.ts'
import type { SourceError } from '../hex.ts'
import { anchorsOf, type Anchor } from './anchors.ts'
import type { RegexNode } from './ast.ts'
import { emitRegex } from './emit.ts'
import { factsOf, standIn, type RegexFacts } from './facts.ts'

export interface ByteRegex {
  /** Index of the pattern that it belongs to. */
  readonly pattern: number
  readonly form: Form
  readonly facts: RegexFacts
  /** What may stand for the bytes from 0x80 on (facts.ts). */
  readonly standIn: 0 | 0x7f | undefined
  /** Source for `RegExp`; code units are bytes. */
  readonly source: string
  /** Literals one of which every match contains, and the needles for them (`pattern` is the index here). */
  readonly anchors: readonly Anchor[]
  readonly needles: readonly Needle[]
}

/** Makes a byte regex of a tree. Expressions that match no bytes, or nothing at all, are refused. */
export function makeByteRegex(pattern: number, form: Form, node: RegexNode): ByteRegex | SourceError {
  const facts = factsOf(node)
  if (facts.min === 0)
    return { at: 0, message: 'this matches the empty text, so everywhere: use + in place of *, or name a byte' }
  if (facts.min > scanLimits.match) return { at: 0, message: `a match would be longer than ${scanLimits.match} bytes` }
  const source = emitRegex(node)
  try {
    new RegExp(source, 'g').exec('')
  } catch {
    return { at: 0, message: 'this expression is too large' }
  }
  const anchors = anchorsOf(node) ?? []
  const needles = anchors.map(({ value, mask }, i) =>
    makeNeedle(i, form, Uint8Array.from(value), Uint8Array.from(mask)),
  )
  return { pattern, form, facts, standIn: standIn(node), source, anchors, needles }
}

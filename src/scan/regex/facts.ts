/** What can be said about a regular expression without running it. */
import type { ByteSet, RegexNode } from './ast.ts'

export interface RegexFacts {
  /** Shortest and longest match in bytes; the longest may be Infinity. */
  readonly min: number
  readonly max: number
  /** Bytes before the match, and behind its end, that decide whether it is one. May be Infinity. */
  readonly behind: number
  readonly ahead: number
}

const zero: RegexFacts = { min: 0, max: 0, behind: 0, ahead: 0 }

/** Product in which nothing times infinity is nothing. */
function times(count: number, length: number): number {
  return count === 0 || length === 0 ? 0 : count * length
}

/** Lengths and contexts of the expression; upper bounds where they are not exact. */
export function factsOf(node: RegexNode): RegexFacts {
  switch (node.kind) {
    case 'set':
      return { ...zero, min: 1, max: 1 }
    case 'word-edge':
      return { ...zero, behind: 1, ahead: 1 }
    case 'back':
      return { ...zero, max: Infinity }
    case 'group':
      return factsOf(node.item)
    case 'look': {
      const { max, behind, ahead } = factsOf(node.item)
      return node.behind ? { ...zero, behind: max + behind, ahead } : { ...zero, behind, ahead: max + ahead }
    }
    case 'repeat': {
      const item = factsOf(node.item)
      return { ...item, min: times(node.min, item.min), max: times(node.max, item.max) }
    }
    case 'seq': {
      const items = node.items.map(factsOf)
      return {
        min: items.reduce((sum, item) => sum + item.min, 0),
        max: items.reduce((sum, item) => sum + item.max, 0),
        behind: items.reduce((most, item) => Math.max(most, item.behind), 0),
        ahead: items.reduce((most, item) => Math.max(most, item.ahead), 0),
      }
    }
    case 'alt': {
      const options = node.options.map(factsOf)
      return {
        min: options.reduce((least, option) => Math.min(least, option.min), Infinity),
        max: options.reduce((most, option) => Math.max(most, option.max), 0),
        behind: options.reduce((most, option) => Math.max(most, option.behind), 0),
        ahead: options.reduce((most, option) => Math.max(most, option.ahead), 0),
      }
    }
  }
}

/** Calls `visit` with every set of the expression, also those in assertions. */
function eachSet(node: RegexNode, visit: (set: ByteSet) => void): void {
  if (node.kind === 'set') visit(node.set)
  else if (node.kind === 'seq') for (const item of node.items) eachSet(item, visit)
  else if (node.kind === 'alt') for (const option of node.options) eachSet(option, visit)
  else if (node.kind === 'repeat' || node.kind === 'group' || node.kind === 'look') eachSet(node.item, visit)
}

/**
 * A byte below 0x80 that may stand for all bytes from 0x80 on because no set of the expression tells them apart:
 * 0x00 or 0x7f; undefined when there is none and the expression needs the exact bytes. (Text of bytes below 0x80 is
 * made several times faster, and no class of `\b` contains any of these.)
 */
export function standIn(node: RegexNode): 0 | 0x7f | undefined {
  let nul = repeatable(node)
  let del = nul
  eachSet(node, (set) => {
    const high = set.subarray(0x80)
    const uniform = high.every((flag) => flag === high[0])
    nul &&= uniform && set[0] === high[0]
    del &&= uniform && set[0x7f] === high[0]
  })
  return nul ? 0 : del ? 0x7f : undefined
}

/** False when there are back references: they compare bytes themselves. */
function repeatable(node: RegexNode): boolean {
  if (node.kind === 'back') return false
  if (node.kind === 'seq') return node.items.every(repeatable)
  if (node.kind === 'alt') return node.options.every(repeatable)
  if (node.kind === 'repeat' || node.kind === 'group' || node.kind === 'look') return repeatable(node.item)
  return true
}

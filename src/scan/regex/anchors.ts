/**
 * Literals that a regular expression cannot match without. Finding them first with the byte matchers saves running the
 * expression where it cannot match: `[\w.]+@[\w.]+` is tried only around an `@`.
 */
import { frequencyOf } from '../byte-frequency.ts'
import { scanLimits } from '../limits.ts'
import { possible } from '../needle.ts'
import type { ByteSet, RegexNode } from './ast.ts'
import { factsOf } from './facts.ts'

/** A literal, and what may stand between the start of a match and it. */
export interface Anchor {
  readonly value: readonly number[]
  readonly mask: readonly number[]
  /** Least and most bytes before the literal; the most may be Infinity. */
  readonly beforeMin: number
  readonly beforeMax: number
  /** Bytes that may stand there. */
  readonly before: ByteSet
}

interface Choice {
  readonly anchors: readonly Anchor[]
  /** Estimated places per byte of memory where one of them stands. */
  readonly density: number
}

/** Denser literals save nothing. */
const DENSEST = 1 / 250
/** Literals need not be longer. */
const LONGEST = 32
const emptySet = new Uint8Array(256)
const fullSet = new Uint8Array(256).fill(1)

function union(a: ByteSet, b: ByteSet): ByteSet {
  return a.map((flag, byte) => flag | (b[byte] ?? 0))
}

/** The set as value and mask when it has at most four bytes and is exactly what value and mask describe. */
function maskedByte(set: ByteSet): { value: number; mask: number } | undefined {
  let and = 0xff
  let or = 0
  let count = 0
  for (let byte = 0; byte < 256; byte++) {
    if (set[byte] === 0) continue
    and &= byte
    or |= byte
    count += 1
  }
  const mask = ~(and ^ or) & 0xff
  return count > 0 && count <= 4 && possible(mask) === count ? { value: and, mask } : undefined
}

/** All bytes that the expression can consume. */
function consumed(node: RegexNode): ByteSet {
  switch (node.kind) {
    case 'set':
      return node.set
    case 'seq':
      return node.items.map(consumed).reduce(union, emptySet)
    case 'alt':
      return node.options.map(consumed).reduce(union, emptySet)
    case 'group':
    case 'repeat':
      return consumed(node.item)
    case 'back':
      return fullSet
    case 'look':
    case 'word-edge':
      return emptySet
  }
}

/** Items one after the other, groups and short fixed repetitions opened. */
function flatten(node: RegexNode, into: RegexNode[]): RegexNode[] {
  if (into.length > 200) into.push(node)
  else if (node.kind === 'seq') for (const item of node.items) flatten(item, into)
  else if (node.kind === 'group') flatten(node.item, into)
  else if (node.kind === 'repeat' && node.min > 0 && node.min <= LONGEST) {
    for (let i = 0; i < node.min; i++) flatten(node.item, into)
    if (node.max > node.min) into.push({ ...node, min: 0, max: node.max - node.min })
  } else into.push(node)
  return into
}

function density(value: readonly number[], mask: readonly number[]): number {
  return value.reduce((product, byte, i) => product * frequencyOf(byte, mask[i] ?? 0xff), 1)
}

function better(a: Choice | undefined, b: Choice | undefined): Choice | undefined {
  return !a || (b && b.density < a.density) ? b : a
}

function choose(node: RegexNode): Choice | undefined {
  if (node.kind === 'alt') {
    const options = node.options.map(choose)
    const anchors = options.flatMap((option) => option?.anchors ?? [])
    if (options.includes(undefined) || anchors.length > scanLimits.regexAnchors) return undefined
    return { anchors, density: options.reduce((sum, option) => sum + (option?.density ?? 0), 0) }
  }
  let best: Choice | undefined
  let beforeMin = 0
  let beforeMax = 0
  let before: ByteSet = emptySet
  let run: { value: number[]; mask: number[]; anchor: Pick<Anchor, 'before' | 'beforeMin' | 'beforeMax'> } | undefined
  const closeRun = (): void => {
    if (run) {
      const { value, mask, anchor } = run
      best = better(best, { anchors: [{ value, mask, ...anchor }], density: density(value, mask) })
    }
    run = undefined
  }
  for (const item of flatten(node, [])) {
    const byte = item.kind === 'set' ? maskedByte(item.set) : undefined
    if (byte) {
      run ??= { value: [], mask: [], anchor: { before, beforeMin, beforeMax } }
      run.value.push(byte.value)
      run.mask.push(byte.mask)
      if (run.value.length === LONGEST) closeRun()
    } else if (item.kind !== 'look' && item.kind !== 'word-edge') {
      closeRun()
      const inner = item.kind === 'alt' ? choose(item) : undefined
      if (inner) {
        const anchors = inner.anchors.map((anchor) => ({
          ...anchor,
          before: union(before, anchor.before),
          beforeMin: beforeMin + anchor.beforeMin,
          beforeMax: beforeMax + anchor.beforeMax,
        }))
        best = better(best, { anchors, density: inner.density })
      }
    }
    const { min, max } = factsOf(item)
    beforeMin += min
    beforeMax += max
    before = union(before, consumed(item))
  }
  closeRun()
  return best
}

/** The rarest set of literals one of which every match contains; none when all are common. */
export function anchorsOf(node: RegexNode): readonly Anchor[] | undefined {
  const choice = choose(node)
  return choice && choice.density <= DENSEST ? choice.anchors : undefined
}

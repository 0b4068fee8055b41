/** Which matcher looks for which needles. */
import type { Needle } from '../needle.ts'
import { horspoolMatcher } from './horspool.ts'
import { manyMatcher } from './many.ts'
import type { Matcher } from './matcher.ts'
import { rarestByteMatcher } from './rarest-byte.ts'

/** Needles with anchors of similar length share a pass: a short one would shorten everyone's skips. */
const CLASSES = [2, 4, 7, 12]
/** Needles that may have matchers of their own. */
const SINGLES = 8

function singleMatcher(needle: Needle): Matcher {
  const horspool = horspoolMatcher(needle)
  const rarest = rarestByteMatcher(needle)
  const single = rarest && rarest.cost < horspool.cost ? rarest : horspool
  if (needle.anchorEnd - needle.anchorStart < 2 || single.cost < 0.5) return single
  const many = manyMatcher([needle])
  return many.cost < single.cost && !doubleZero(needle) ? many : single
}

/** Two zero bytes in a row are the commonest pair of all. */
function doubleZero({ value, anchorStart, anchorEnd }: Needle): boolean {
  for (let i = anchorStart + 1; i < anchorEnd; i++) if (value[i - 1] === 0 && value[i] === 0) return true
  return false
}

interface Plan {
  readonly matchers: readonly Matcher[]
  readonly cost: number
}

function planOf(matchers: readonly Matcher[]): Plan {
  return { matchers, cost: matchers.reduce((sum, { cost }) => sum + cost, 0) }
}

/** The cheaper of a matcher for each needle and one for all. All anchors have at least two bytes. */
function planGroup(group: readonly Needle[]): Plan {
  if (group.length === 0) return planOf([])
  if (group.length > SINGLES) return planOf([manyMatcher(group)])
  const singles = planOf(group.map(singleMatcher))
  const many = planOf(group.length > 1 ? [manyMatcher(group)] : singles.matchers)
  return many.cost < singles.cost ? many : singles
}

/** Matchers that together find every needle. */
export function chooseMatchers(needles: readonly Needle[]): readonly Matcher[] {
  const classes = CLASSES.map((): Needle[] => [])
  const alone: Matcher[] = []
  const grouped: Needle[] = []
  for (const needle of needles) {
    const length = needle.anchorEnd - needle.anchorStart
    const group = classes[CLASSES.findLastIndex((least) => length >= least)]
    if (!group || doubleZero(needle)) alone.push(singleMatcher(needle))
    else {
      group.push(needle)
      grouped.push(needle)
    }
  }
  const byClass = planOf(classes.flatMap((group) => planGroup(group).matchers))
  const together = planGroup(grouped)
  return [...alone, ...(together.cost < byClass.cost ? together : byClass).matchers]
}

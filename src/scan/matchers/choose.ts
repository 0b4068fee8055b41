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

/** Matchers that together find every needle. */
export function chooseMatchers(needles: readonly Needle[]): readonly Matcher[] {
  const classes = CLASSES.map((): Needle[] => [])
  const matchers: Matcher[] = []
  for (const needle of needles) {
    const length = needle.anchorEnd - needle.anchorStart
    const group = classes[CLASSES.findLastIndex((least) => length >= least)]
    if (!group || (needles.length > 1 && doubleZero(needle))) matchers.push(singleMatcher(needle))
    else group.push(needle)
  }
  for (const group of classes) {
    if (group.length === 0) continue
    const singles = group.length <= SINGLES ? group.map(singleMatcher) : undefined
    const many = group.length > 1 ? manyMatcher(group) : undefined
    const sum = singles?.reduce((total, { cost }) => total + cost, 0) ?? Infinity
    if (many && many.cost < sum) matchers.push(many)
    else matchers.push(...(singles ?? []))
  }
  return matchers
}

/** The picture of where the bytes are. */
import type { ViewContext } from '../../app/context.ts'
import { largestShares, type Area, type Share } from '../../ui/share.ts'
import { counted, formatBytes } from '../parts/format.ts'

/** Areas drawn at most; the rest is one. */
const MOST = 24

/** Groups of members as shares; each leads to its largest member. */
export function sizeShares(ctx: ViewContext): readonly Share[] {
  const { members, sizes } = ctx.checkpoint
  const shares = sizes.groups.map(({ label, bytes, members: inside }, place): Share => {
    const largest = inside.reduce<number | undefined>(
      (best, index) => (best === undefined || (members[index]?.size ?? 0) > (members[best]?.size ?? 0) ? index : best),
      undefined,
    )
    return {
      label,
      value: bytes,
      shown: formatBytes(bytes),
      area: ((place % 6) + 1) as Area,
      href: ctx.href('contents', largest === undefined ? undefined : { kind: 'member', index: largest }),
    }
  })
  return largestShares(shares, MOST, (count, value) => ({
    label: counted(count, 'further group'),
    value,
    shown: formatBytes(value),
    area: 6,
    href: ctx.href('contents'),
  }))
}

/** The picture of where the bytes are. */
import type { ViewContext } from '../../app/context.ts'
import { largestShares, type Area, type Share } from '../../ui/share.ts'
import { counted, formatBytes } from '../parts/format.ts'

/** Areas drawn at most; the rest is one. */
const MOST = 24
const MOST_MEMBERS = 80

/** Colour of the group at a place in the list, the same in both pictures; small groups at the end share the grey. */
function areaOf(place: number): Area {
  return Math.min(place + 1, 6) as Area
}

/** What the archive has around its members. */
function around(ctx: ViewContext, shares: readonly Share[]): Share[] {
  const rest = ctx.checkpoint.archive.unpackedSize - shares.reduce((sum, { value }) => sum + value, 0)
  if (rest <= 0) return []
  const shown = formatBytes(rest)
  return [{ label: 'Headers and padding', value: rest, shown, area: 6, href: ctx.href('contents') }]
}

/** The largest members, each in the colour of its group. */
export function memberShares(ctx: ViewContext): readonly Share[] {
  const { members, sizes } = ctx.checkpoint
  const shares = sizes.groups.flatMap(({ members: inside }, place) =>
    inside.flatMap((index): Share[] => {
      const member = members[index]
      if (!member) return []
      return [
        {
          label: member.name.split('/').at(-1) ?? member.name,
          value: member.size,
          shown: formatBytes(member.size),
          area: areaOf(place),
          href: ctx.href('contents', { kind: 'member', index }),
        },
      ]
    }),
  )
  return largestShares([...shares, ...around(ctx, shares)], MOST_MEMBERS, (count, value) => ({
    label: counted(count, 'further member'),
    value,
    shown: formatBytes(value),
    area: 6,
    href: ctx.href('contents'),
  }))
}

/** Groups of members as shares, each leads to its largest member. */
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
      area: areaOf(place),
      href: ctx.href('contents', largest === undefined ? undefined : { kind: 'member', index: largest }),
    }
  })
  return largestShares([...shares, ...around(ctx, shares)], MOST, (count, value) => ({
    label: counted(count, 'further group'),
    value,
    shown: formatBytes(value),
    area: 6,
    href: ctx.href('contents'),
  }))
}
